"""What the clients of one terminal read and wake: its output, status and size, under one lock. Knows no client."""

from __future__ import annotations

import threading
from typing import Any

from slipway.engine.attached_shell import DEFAULT_SIZE
from slipway.terminal.output import Output
from slipway.terminal.status import TerminalStatus, status_text

WINDOW = 256 * 1024
"""Bytes of output that may be in flight to one client, unless its own pace asks for less."""


class TerminalState:
    """The shared state of a terminal; `lock` guards every field.

    `wake` wakes the threads that read and run the shell; each client has a condition of its own. `active` is the client
    whose size and pace are the terminal's. `closed` is set once the terminal leaves its shell alone.
    """

    def __init__(self, number: int, window: int = WINDOW) -> None:
        self.number, self.window = number, window
        self.lock = threading.RLock()
        self.wake = threading.Condition(self.lock)
        self.output = Output()
        self.status: TerminalStatus = "starting"
        self.size = DEFAULT_SIZE
        self.client_count = 0
        self.active: object | None = None
        self.closed = False

    def payload(self) -> dict[str, Any]:
        """Return what every page needs to know to draw: the status, and the size in characters."""
        cols, rows = self.size
        return {
            "terminal": self.number,
            "state": self.status,
            "say": status_text(self.status),
            "cols": cols,
            "rows": rows,
        }
