"""The clients of a terminal in the order in which they were last used, and its spectators, who affect nothing.

Guarded by the terminal's lock. Knows clients and the output that they read, and no shell.
"""

from __future__ import annotations

from collections.abc import Callable

from slipway.engine.connection import CHUNK
from slipway.terminal.client import TerminalClient
from slipway.terminal.output import RING_BYTES
from slipway.terminal.resume import ClientOffset
from slipway.terminal.spectator import Spectator
from slipway.terminal.state import TerminalState


class Clients:
    """The last client in the list is the active one: its size and its pace are the terminal's.

    `resize` is called with the columns and rows of a new active client.
    """

    def __init__(self, state: TerminalState, resize: Callable[[int, int], None]) -> None:
        self._state, self._resize = state, resize
        self._clients: list[TerminalClient] = []
        self._spectators: list[Spectator] = []
        self._last_acknowledged: int | None = None

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def active(self) -> TerminalClient | None:
        """The client whose size and pace are the terminal's."""
        return self._clients[-1] if self._clients else None

    def add(self, client: TerminalClient) -> None:
        """Add a client. A page that was just loaded becomes the active one.

        Of those that return, after a restart for example, the first becomes active: hidden pages return last. But a
        page that was never away may be the remains of the one that returns, which then takes over.
        """
        is_late = client.is_returning and self.active is not None and self.active.is_returning
        self._clients.insert(0 if is_late else len(self._clients), client)
        self._publish()
        self.notify_all()

    def add_spectator(self, spectator: Spectator) -> None:
        """Add a spectator: never active, never waited for."""
        self._spectators.append(spectator)

    def remove_spectator(self, spectator: Spectator) -> None:
        """Remove a spectator. Idempotent."""
        if spectator in self._spectators:
            self._spectators.remove(spectator)

    def activate(self, client: TerminalClient) -> None:
        """Make this the active client, unless it is already or has gone."""
        if self.active is not client and client in self._clients:
            self._clients.remove(client)
            self._clients.append(client)
            self._apply_active()

    def activate_previous(self) -> None:
        """Replace an active client that does not draw by the one that was active before it."""
        self._clients.insert(0, self._clients.pop())
        self._apply_active()

    def resize(self, client: TerminalClient, size: tuple[int, int]) -> None:
        """Set a client's size, which is the terminal's while that client is active."""
        client.size = size
        if self.active is client:
            self._set_size(size)
            self.notify()

    def remove(self, client: TerminalClient) -> None:
        """Remove a client. The last one's position is kept: output waits for its return instead of being lost."""
        if client in self._clients:
            self._clients.remove(client)
            self._last_acknowledged = None if self._clients else client.acknowledged
        self._apply_active()

    def forget_last(self) -> None:
        """Stop waiting for the return of the last client that left: another one reads now."""
        self._last_acknowledged = None

    def received(self) -> list[ClientOffset]:
        """Return what the clients that returned have received of a shell's output."""
        return [client.received for client in self._clients if client.received]

    def notify(self) -> None:
        """Wake the clients and spectators for which there is something to send."""
        for client in self._clients:
            client.notify()
        for spectator in self._spectators:
            spectator.notify()

    def notify_all(self) -> None:
        """Wake the threads that read and run the shell too: the status or the active client has changed."""
        self._state.wake.notify_all()
        self.notify()

    def is_paused(self) -> bool:
        """Return whether too much output is unseen to read on: by the active client, or by the last one that left.

        A client that has yet to find its position in the output waits only for its turn.
        """
        client, output = self.active, self._state.output
        if client:
            unseen = output.ring.end - client.acknowledged
            return client.generation != output.generation or unseen >= min(self._state.window, client.window)
        return self._last_acknowledged is not None and output.ring.end - self._last_acknowledged > RING_BYTES - CHUNK

    def _apply_active(self) -> None:
        """Give the terminal the size of the active client."""
        self._publish()
        if self.active and self.active.size:
            self._set_size(self.active.size)
        self.notify_all()

    def _set_size(self, size: tuple[int, int]) -> None:
        self._state.size = size
        self._resize(*size)

    def _publish(self) -> None:
        self._state.client_count, self._state.active = len(self._clients), self.active
