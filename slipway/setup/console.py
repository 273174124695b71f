"""What a command prints: stages with their durations, progress, and failures with a hint.

Knows nothing about the stages themselves. On a terminal, progress is redrawn on one line, every second while a stage
runs; in a log (CI, a file, a terminal that can't redraw) it is a new line every LOG_INTERVAL seconds. Output that can't
be written (a full disk, a closed pipe) is dropped, and the work goes on.
"""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO

LOG_INTERVAL = 10.0
TICK = 1.0
DETAIL_LINES = 15
WIDTH = 100
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
"""Escape sequences and control characters in the output of other programs."""


class StageFailed(Exception):
    """A stage can't go on: a message, details (the last lines of a program's output), and a hint what to do next."""

    def __init__(self, message: str, details: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.details, self.hint = message, details, hint


@dataclass
class Console:
    """Prints to one stream, a terminal or not.

    `dumb` is a terminal that can't redraw a line (TERM=dumb), `colours` whether the user wants any (NO_COLOR).
    """

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    dumb: bool = False
    colours: bool = True
    _last_progress: float = field(default=float("-inf"), init=False)
    _line_open: bool = field(default=False, init=False)
    _began: float | None = field(default=None, init=False)
    _text: str = field(default="", init=False)
    _part: float | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def redraws(self) -> bool:
        """Whether a line can be drawn again."""
        return self.stream.isatty() and not self.dumb

    @property
    def coloured(self) -> bool:
        """Whether colours can and may be used."""
        return self.redraws and self.colours

    def print(self, line: str) -> None:
        """Print one line."""
        with self._lock:
            self._close_line()
            self._write(f"{line}\n")

    def progress(self, text: str, part: float | None = None) -> None:
        """Show the progress of a long stage; `part`, from 0 to 1, draws a bar. Calls may be frequent."""
        with self._lock:
            self._text, self._part = CONTROL.sub("", text).strip(), part
            self._show()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Print the stage's name, how long it takes while it runs, and its duration once it has succeeded."""
        self.print(f"● {name}")
        self._last_progress = self._began = began = time.monotonic()
        self._text, self._part = "", None
        ended = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(ended,), daemon=True)
        ticker.start()
        try:
            yield
        finally:
            ended.set()
            ticker.join()
            self._began = None
        self.print(f"  done in {duration(time.monotonic() - began)}")

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(TICK):
            with self._lock:
                self._show()

    def _show(self) -> None:
        """Draw the line of progress, or write it to the log if it is time for the next one."""
        now = time.monotonic()
        if self.redraws:
            bar = f"{'█' * round(self._part * 20):░<20} {self._part:4.0%} " if self._part is not None else ""
            elapsed = f"{now - self._began:3.0f} s  " if self._began is not None else ""
            self._write(f"\r\x1b[K{_shortened(f'  {elapsed}{bar}{self._text}', _columns())}")
            self._line_open = True
        elif now - self._last_progress >= LOG_INTERVAL:
            self._last_progress = now
            elapsed = f"{now - self._began:.0f} s  " if self._began is not None else ""
            percent = f"{self._part:.0%} " if self._part is not None else ""
            self._write(f"{_shortened(f'  … {elapsed}{percent}{self._text}'.rstrip(), WIDTH)}\n")

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


def _shortened(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _columns() -> int:
    """Return the width of a line that a terminal does not break: it could not be redrawn."""
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns - 1)


def duration(seconds: float) -> str:
    """Format seconds for people: `0.4 s`, `12 s`, `3 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
