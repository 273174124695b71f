"""What a command prints: stages with their durations, progress, and failures with a hint.

Knows nothing about the stages themselves. On a terminal, progress is redrawn on one line; in a log (CI, a file) it is
a new line at most every LOG_INTERVAL seconds. Output that can't be written (a full disk, a closed pipe) is dropped, and
the work goes on.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO

LOG_INTERVAL = 10.0
DETAIL_LINES = 15
WIDTH = 100


class StageFailed(Exception):
    """A stage can't go on: a message, details (the last lines of a program's output), and a hint what to do next."""

    def __init__(self, message: str, details: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.details, self.hint = message, details, hint


@dataclass
class Console:
    """Prints to one stream, a terminal or not."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    _last_progress: float = field(default=float("-inf"), init=False)
    _line_open: bool = field(default=False, init=False)

    def print(self, line: str) -> None:
        """Print one line."""
        self._close_line()
        self._write(f"{line}\n")

    def progress(self, line: str, part: float | None = None) -> None:
        """Show the progress of a long stage; `part`, from 0 to 1, draws a bar. Calls may be frequent."""
        line = line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
        now = time.monotonic()
        if self.stream.isatty():
            bar = f"{'█' * round(part * 20):░<20} {part:4.0%} " if part is not None else ""
            self._write(f"\r\x1b[K  {bar}{line}")
            self._line_open = True
        elif now - self._last_progress >= LOG_INTERVAL:
            self._last_progress = now
            percent = f"{part:.0%} " if part is not None else ""
            self._write(f"  … {percent}{line}\n")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Print the stage's name, and its duration once it has succeeded."""
        self.print(f"● {name}")
        self._last_progress = began = time.monotonic()
        yield
        self.print(f"  done in {duration(time.monotonic() - began)}")

    def fail(self, failure: StageFailed) -> None:
        """Print the failure: its message, the last lines of its details, and its hint."""
        self.print(f"\n✗ {failure.message}")
        for line in failure.details.strip().splitlines()[-DETAIL_LINES:]:
            self.print(f"  │ {line}")
        for line in failure.hint.splitlines():
            self.print(f"  {line}")

    def _close_line(self) -> None:
        if self._line_open:
            self._write("\r\x1b[K")
            self._line_open = False

    def _write(self, text: str) -> None:
        with suppress(OSError):
            print(text, end="", file=self.stream, flush=True)


def duration(seconds: float) -> str:
    """Format seconds for people: `0.4 s`, `12 s`, `3 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
