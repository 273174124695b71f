"""How a shell is brought to its end: at once, or as soon as there is a line to it; and whether a new one is to follow.

Guarded by its terminal's lock. Knows lines, and nothing of who watches or types.
"""

from __future__ import annotations

import threading

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.threads import spawn


class ShellShutdown:
    """`wanted` from when a shell is to end until it has; `renewed` when the next one is asked for already."""

    def __init__(self) -> None:
        self.wanted = self.renewed = False
        self._removal: threading.Thread | None = None

    def begin(self, line: AttachedShell | None) -> None:
        """End this line's shell, once, and leave no trace for the next; without a line, that of the next line."""
        self.wanted = True
        if line and not (self._removal and self._removal.is_alive()):
            self._removal = spawn(line.remove)

    def came(self, line: AttachedShell) -> None:
        """There is a line again."""
        if self.wanted:
            self.begin(line)

    def over(self) -> None:
        """The shell has ended, and the next one is on its way."""
        self.wanted = self.renewed = False
        self._removal = None
