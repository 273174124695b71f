"""Reads a shell's output as fast as the active client can draw it.

While too much is unseen, the bytes stay in the socket, and the engine and the kernel block the program that writes.
Knows clients, and nothing of input or how a shell is opened.
"""

from __future__ import annotations

from collections.abc import Callable

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.clients import Clients
from slipway.terminal.interrupt_skip import InterruptSkip
from slipway.terminal.shell_integration import Mark
from slipway.terminal.state import TerminalState

MAX_STALL = 2.0
"""Seconds for which an active page may draw nothing, as a frozen tab does, while others want to see more."""

OnMark = Callable[[int, Mark], None]


class OutputReader:
    """`on_output` is called with the lock held after each read; `on_mark` without it, and may block."""

    def __init__(
        self,
        state: TerminalState,
        clients: Clients,
        skip: InterruptSkip,
        on_output: Callable[[], None],
        on_mark: OnMark,
    ) -> None:
        self._state, self._clients, self._skip = state, clients, skip
        self._on_output, self._on_mark = on_output, on_mark

    def read(self, shell: AttachedShell) -> None:
        """Read until the connection ends, or the terminal is closed."""
        while data := shell.read():
            with self._state.lock:
                if self._state.closed:
                    return
                self._state.output.append(data)
                self._clients.notify()
                self._on_output()
                is_paused = self._is_paused()
            self.report_marks()
            if is_paused:
                self._wait_for_clients()
            if self._skip.is_active:
                self._skip.after_read(shell)

    def report_marks(self) -> None:
        """Report the marks found. Called without the lock."""
        while mark := self._state.output.next_mark():
            self._on_mark(self._state.number, mark)

    def _wait_for_clients(self) -> None:
        """Wait for the active client to draw. A client that stalls loses its active role if there is another."""
        state, clients = self._state, self._clients
        with state.lock:
            while self._is_paused() and not state.closed:
                client = clients.active
                before = client.acknowledged if client else 0
                if state.wake.wait_for(lambda: state.closed or not self._is_paused(), MAX_STALL) or client is None:
                    return
                if client is clients.active and client.acknowledged == before and len(clients) > 1:
                    clients.activate_previous()

    def _is_paused(self) -> bool:
        """Return whether too much is unseen to read on."""
        if self._skip.is_active:
            return False
        output = self._state.output
        return output.is_buffer_full() if not output.is_joined else self._clients.is_paused()
