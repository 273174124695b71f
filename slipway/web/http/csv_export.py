"""Reports as tables for a spreadsheet: their columns, their rows, and the CSV that holds them. Knows no people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response

from slipway.core.classroom.activity import Activity
from slipway.web.http.step_titles import StepTitles

ROOM = (
    *("name", "lesson", "step", "state", "began", "passed", "seconds"),
    *("mistakes", "hints", "solutions", "commands", "what went wrong"),
)
MINE = ("at", "lesson", "step", "what", "text")
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection")."""


def row(name: str, told: dict[str, Any]) -> list[Any]:
    """Of ROOM: one learner at one step, as Titles.told has it."""
    shown = told | {
        "name": name,
        "began": _time(told["began"]),
        "passed": _time(told["passed"]),
        "seconds": "" if told["seconds"] is None else round(told["seconds"]),
        "mistakes": len(told["mistakes"]),
        "what went wrong": " | ".join(told["mistakes"]),
    }
    return [shown[key] for key in ROOM]


def nothing(name: str) -> list[Any]:
    """Of ROOM: whoever has joined and come to no step."""
    return [name, *("" for _ in ROOM[1:])]


def deed(one: Activity, titles: StepTitles) -> list[Any]:
    """Of MINE: one thing that somebody did."""
    return [_time(one.at), *titles.of(one.lesson, one.step), one.kind, one.text]


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The table as a file to download; what a spreadsheet would run is text in it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([_harmless(each) for each in row] for row in rows)
    mark = "\ufeff"  # or Excel reads it as Latin-1
    found = Response(mark + file.getvalue(), content_type="text/csv; charset=utf-8")
    found.headers["Content-Disposition"] = f'attachment; filename="slipway-{name}.csv"'
    return found


def _time(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
