"""Reports as CSV for a spreadsheet: the columns, the rows, and the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response

from slipway.core.classroom.activity import Activity
from slipway.web.http.step_titles import StepTitles

CLASS_COLUMNS = (
    *("name", "lesson", "step", "state", "began", "passed", "seconds"),
    *("mistakes", "hints", "solutions", "commands", "what went wrong"),
)
OWN_COLUMNS = ("at", "lesson", "step", "what", "text")
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes as the beginning of a formula (OWASP, "CSV injection")."""


def class_row(name: str, step: dict[str, Any]) -> list[Any]:
    """Return one learner's work on one step (from StepTitles.describe), with CLASS_COLUMNS."""
    values = step | {
        "name": name,
        "began": _time(step["began"]),
        "passed": _time(step["passed"]),
        "seconds": "" if step["seconds"] is None else round(step["seconds"]),
        "mistakes": len(step["mistakes"]),
        "what went wrong": " | ".join(step["mistakes"]),
    }
    return [values[column] for column in CLASS_COLUMNS]


def empty_class_row(name: str) -> list[Any]:
    """Return the row of a learner who has not worked on any step, with CLASS_COLUMNS."""
    return [name, *("" for _ in CLASS_COLUMNS[1:])]


def own_row(activity: Activity, titles: StepTitles) -> list[Any]:
    """Return one activity, with OWN_COLUMNS."""
    return [_time(activity.at), *titles.of(activity.lesson, activity.step), activity.kind, activity.text]


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return the table as a file to download; what a spreadsheet would run as a formula is text in it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_escaped(value) for value in row] for row in rows)
    byte_order_mark = "\ufeff"  # otherwise Excel reads the file as Latin-1
    response = Response(byte_order_mark + file.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="slipway-{name}.csv"'
    return response


def _time(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _escaped(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_PREFIXES) else value
