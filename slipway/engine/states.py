"""What a terminal can be, and how that is said to whoever watches it."""

from __future__ import annotations

from typing import Literal

State = Literal["starting", "live", "ended", "lost"]

SAY: dict[State, str] = {
    "starting": "Starting your shell…",
    "live": "",
    "ended": "The shell has ended.",
    "lost": "The shell can't be reached at the moment. Trying again…",
}
