"""A read-only view of a terminal, for any number of people who follow it: its screen, at a limited rate.

A spectator never slows the shell down, is no page of the learner's, and has no size. Output that it cannot send in time
is left out: then it starts over with a snapshot of the screen. The terminal's lock guards every field; `on_screen` and
`on_status` are called by the spectator's own pump, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slipway.terminal.repaint import snapshot
from slipway.terminal.state import TerminalState
from slipway.terminal.subscriber import OnStatus, Subscriber

RATE = 256 * 1024
"""Bytes a second that are sent: more than anyone reads, and little enough for a whole class."""
MERGE = 0.01
"""Seconds after a message during which output is collected for the next one."""
MESSAGE = 32 * 1024
"""Bytes of output in one message at most."""
MAX_BEHIND = 128 * 1024
"""Bytes that may be waiting to be sent; beyond them they are left out, for a new snapshot."""
SCREEN = 512 * 1024
"""Bytes in which the beginning of what is on the screen is looked for."""

Piece = tuple[int, int, str, bool]
"""(number of the first byte, number after the last, text, whether it begins on an empty screen)."""
OnScreen = Callable[[int, int, str, bool], None]
"""Takes the parts of a `Piece`."""


class Spectator(Subscriber[Piece]):
    """One spectator; `on_close` is called with it, under the lock, when it is closed."""

    def __init__(
        self,
        state: TerminalState,
        on_screen: OnScreen,
        on_status: OnStatus,
        on_close: Callable[[Spectator], None],
    ) -> None:
        super().__init__(state, on_status)
        self._on_screen, self._on_close = on_screen, on_close
        self._sent_status: dict[str, Any] = {}

    def snapshot(self) -> tuple[int, str]:
        """Return the number of the byte after what has been sent so far, and what a latecomer must draw to see it."""
        with self._state.lock:
            output, end = self._state.output, self._decoded
            if self.generation != output.generation or end < output.ring.base:
                return end, ""
            return end, self._snapshot(end).decode(errors="replace")

    def status(self) -> dict[str, Any]:
        """Return the terminal's status and its size in characters."""
        with self._state.lock:
            return self._state.payload()

    def _has_work(self) -> bool:
        output = self._state.output
        is_new = self.generation != output.generation and bool(output.shell_id)
        return self._closed or is_new or output.ring.end > self.offset or self._sent_status != self._state.payload()

    def _next_status(self) -> dict[str, Any] | None:
        status = self._state.payload()
        before, self._sent_status = self._sent_status, status
        return None if status == before else status

    def _next_piece(self) -> Piece | None:
        output, ring = self._state.output, self._state.output.ring
        if self.generation != output.generation or ring.end - self.offset > MAX_BEHIND or self.offset < ring.base:
            return self._start_over()
        before = self._decoded
        text = self._decode(ring.read(self.offset, MESSAGE))
        return (before, self._decoded, text, False) if text else None

    def _send(self, piece: Piece) -> None:
        """Send a piece, then wait so that no more than RATE is sent."""
        self._on_screen(*piece)
        with self._state.lock:
            self._wake.wait_for(lambda: self._closed, max(MERGE, len(piece[2]) / RATE))

    def _leave(self) -> None:
        self._on_close(self)

    def _start_over(self) -> Piece:
        output = self._state.output
        self._decoder.reset()
        self.generation, self.offset = output.generation, output.ring.end
        text = self._decoder.decode(self._snapshot(self.offset))
        return self._decoded, self._decoded, text, True

    def _snapshot(self, end: int) -> bytes:
        """Return what draws the screen as it is after the byte before number `end`."""
        ring = self._state.output.ring
        start = max(ring.base, end - SCREEN)
        return snapshot(ring.read(start, end - start), complete=start == 0)
