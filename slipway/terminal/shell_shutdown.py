"""How a shell is ended: at once, or as soon as there is a connection to it; and whether a new one is to follow.

Guarded by the terminal's lock. Knows shells, and nothing of clients or input.
"""

from __future__ import annotations

import threading

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.threads import start_thread


class ShellShutdown:
    """`requested` is set from the request to end the shell until it has ended.

    `restart_requested` is set when the next shell was requested in the meantime.
    """

    def __init__(self) -> None:
        self.requested = self.restart_requested = False
        self._removal: threading.Thread | None = None

    def request(self, shell: AttachedShell | None) -> None:
        """End this shell, once, and remove its container; without a connection, end the next one that is attached."""
        self.requested = True
        if shell and not (self._removal and self._removal.is_alive()):
            self._removal = start_thread(shell.remove)

    def on_attached(self, shell: AttachedShell) -> None:
        """End a shell that was requested to end while there was no connection to it."""
        if self.requested:
            self.request(shell)

    def reset(self) -> None:
        """Forget the request: the shell has ended, and the next one is about to start."""
        self.requested = self.restart_requested = False
        self._removal = None
