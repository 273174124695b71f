"""What a terminal showed, as asciicast v2 (docs.asciinema.org/manual/asciicast/v2): any asciinema player plays it.

The file's `timestamp` is the second at which its clock reads zero, so what it shows and what the journal tells of are
on one clock: the time of a row is `timestamp` plus its first number. Knows nothing of lessons.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

Shown = tuple[float, str]
"""When (seconds since the epoch), and what: text of the terminal, or the label of a marker."""


@dataclass(frozen=True)
class Cast:
    """One recording of a terminal; `output` and `markers` each in the order of their times."""

    title: str
    cols: int
    rows: int
    output: tuple[Shown, ...] = ()
    markers: tuple[Shown, ...] = ()


def write(cast: Cast) -> str:
    """The lines of the file."""
    rows = [(at, "o", text) for at, text in cast.output] + [(at, "m", text) for at, text in cast.markers]
    rows.sort(key=lambda row: row[0])
    since = math.floor(rows[0][0]) if rows else 0
    head = {"version": 2, "width": cast.cols, "height": cast.rows, "timestamp": since, "title": cast.title}
    lines: list[Any] = [head, *([round(at - since, 3), kind, text] for at, kind, text in rows)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read(text: str) -> Cast:
    """What `write` wrote. Raises ValueError for what is no asciicast v2 with a timestamp."""
    head, *rows = [json.loads(line) for line in text.splitlines()] or [None]
    match head:
        case {"version": 2, "width": int(cols), "height": int(rows_), "timestamp": int(since), "title": str(title)}:
            return Cast(title, cols, rows_, _of("o", rows, since), _of("m", rows, since))
        case _:
            raise ValueError("a recording of a terminal begins with the head of an asciicast v2, with its timestamp")


def lines(cast: Cast) -> int:
    """How many lines the terminal showed, its prompts and what was typed among them."""
    return "".join(text for _, text in cast.output).count("\n")


def _of(kind: str, rows: list[Any], since: int) -> tuple[Shown, ...]:
    for row in rows:
        if not (isinstance(row, list) and len(row) == 3 and row[1] in ("o", "m") and isinstance(row[2], str)):
            raise ValueError(f"no event of an asciicast: {row!r}")
    return tuple((since + at, text) for at, which, text in rows if which == kind)
