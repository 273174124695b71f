"""What the person at the command line reads: stages with their times, progress, and failures that say what is next.

Knows nothing about the stages themselves. On a terminal long work moves on one line; elsewhere (CI, a log) each
change is a line of its own, and rarely. Where nothing can be said (a log on a full disk, a closed pipe), the work goes
on.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO

QUIET_BETWEEN_LINES = 10.0
TAIL = 15
WIDTH = 100


class StageFailed(Exception):
    """A stage can't go on: what failed, why (the last lines of its output), and the next thing to try."""

    def __init__(self, what: str, why: str = "", then: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.then = what, why, then


@dataclass
class Console:
    """Speaks to one stream, a terminal or not."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    _progress_at: float = field(default=float("-inf"), init=False)
    _open_line: bool = field(default=False, init=False)

    def say(self, line: str) -> None:
        """One whole line."""
        self._close_line()
        self._print(f"{line}\n")

    def progress(self, line: str, part: float | None = None) -> None:
        """How far a long stage is; `part` from 0 to 1 draws a bar. May be called as often as one likes."""
        line = line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
        now = time.monotonic()
        if self.stream.isatty():
            bar = f"{'█' * round(part * 20):░<20} {part:4.0%} " if part is not None else ""
            self._print(f"\r\x1b[K  {bar}{line}")
            self._open_line = True
        elif now - self._progress_at >= QUIET_BETWEEN_LINES:
            self._progress_at = now
            done = f"{part:.0%} " if part is not None else ""
            self._print(f"  … {done}{line}\n")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Says that a stage begins, and how long it took once it is done."""
        self.say(f"● {name}")
        self._progress_at = began = time.monotonic()
        yield
        self.say(f"  done in {duration(time.monotonic() - began)}")

    def fail(self, failure: StageFailed) -> None:
        """What failed, why, and what to try next."""
        self.say(f"\n✗ {failure.what}")
        for line in failure.why.strip().splitlines()[-TAIL:]:
            self.say(f"  │ {line}")
        for line in failure.then.splitlines():
            self.say(f"  {line}")

    def _close_line(self) -> None:
        if self._open_line:
            self._print("\r\x1b[K")
            self._open_line = False

    def _print(self, text: str) -> None:
        with suppress(OSError):
            print(text, end="", file=self.stream, flush=True)


def duration(seconds: float) -> str:
    """Seconds as people say them: `0.4 s`, `12 s`, `3 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
