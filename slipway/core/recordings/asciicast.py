"""Terminal recordings as asciicast v2 (docs.asciinema.org/manual/asciicast/v2), which any asciinema player plays.

The header's `timestamp` is the second at which the file's clock reads zero, so that the recording and the journal share
one clock: the time of a row is `timestamp` plus its first number. Knows nothing of lessons.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

TimedText = tuple[float, str]
"""A moment (seconds since the epoch) and a text: output of the terminal, or the label of a marker."""


@dataclass(frozen=True)
class Cast:
    """A recording of a terminal; `output` and `markers` are each in order of time."""

    title: str
    cols: int
    rows: int
    output: tuple[TimedText, ...] = ()
    markers: tuple[TimedText, ...] = ()


def write(cast: Cast) -> str:
    """Return the text of the file."""
    rows = [(at, "o", text) for at, text in cast.output] + [(at, "m", text) for at, text in cast.markers]
    rows.sort(key=lambda row: row[0])
    since = math.floor(rows[0][0]) if rows else 0
    header = {"version": 2, "width": cast.cols, "height": cast.rows, "timestamp": since, "title": cast.title}
    lines: list[Any] = [header, *([round(at - since, 3), kind, text] for at, kind, text in rows)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read(text: str) -> Cast:
    """Return the recording in a file's text. Raises ValueError unless it is an asciicast v2 with a timestamp."""
    header, *rows = [json.loads(line) for line in text.splitlines()] or [None]
    match header:
        case {"version": 2, "width": int(cols), "height": int(rows_), "timestamp": int(since), "title": str(title)}:
            return Cast(title, cols, rows_, _rows_of("o", rows, since), _rows_of("m", rows, since))
        case _:
            raise ValueError("a terminal recording must begin with the header of an asciicast v2 with a timestamp")


def count_lines(cast: Cast) -> int:
    """Return how many lines the terminal showed, prompts and typed lines included."""
    return "".join(text for _, text in cast.output).count("\n")


def _rows_of(kind: str, rows: list[Any], since: int) -> tuple[TimedText, ...]:
    for row in rows:
        if not (isinstance(row, list) and len(row) == 3 and row[1] in ("o", "m") and isinstance(row[2], str)):
            raise ValueError(f"not an event of an asciicast: {row!r}")
    return tuple((since + at, text) for at, row_kind, text in rows if row_kind == kind)
