"""What a terminal can be, and how that is said to whoever watches it."""

from __future__ import annotations

from typing import Literal

TerminalStatus = Literal["starting", "live", "ended", "lost"]

SAY: dict[TerminalStatus, str] = {
    "starting": "Starting your shell…",
    "live": "",
    "ended": "The shell has ended.",
    "lost": "The shell can't be reached at the moment. Trying again…",
}


def status_text(state: TerminalStatus, places: int = 1) -> str:
    """One sentence, or "" where there is nothing to say; `places` are the pages that watch."""
    if state == "live" and places > 1:
        return f"Open in {places} places: what is typed in one shows in all."
    return SAY[state]
