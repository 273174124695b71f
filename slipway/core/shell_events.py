"""What the shell of a terminal reports by its integration marks: command lines and exit statuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CommandTyped:
    """A command line was entered in a terminal."""

    at: float
    terminal: int
    line: str


@dataclass(frozen=True)
class CommandFinished:
    """A command exited and the prompt is back; `status` is its exit status."""

    at: float
    terminal: int
    status: int
