"""The states of a terminal, and the sentences that describe them on its pages."""

from __future__ import annotations

from typing import Literal

TerminalStatus = Literal["starting", "live", "ended", "lost"]

SENTENCES: dict[TerminalStatus, str] = {
    "starting": "Starting your shell…",
    "live": "",
    "ended": "The shell has ended.",
    "lost": "The shell can't be reached at the moment. Trying again…",
}


def status_text(status: TerminalStatus, clients: int = 1) -> str:
    """Return one sentence, or "" when there is nothing to say; `clients` is the number of attached pages."""
    if status == "live" and clients > 1:
        return f"Open in {clients} places: what is typed in one shows in all."
    return SENTENCES[status]
