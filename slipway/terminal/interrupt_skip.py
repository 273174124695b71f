"""Ctrl-C in a flood of output, for a page that draws more slowly than the program writes: the rest is left out.

The engine buffers a megabyte for each attached client (moby's BytesPipe), which at 2 MB/s is half a second between
Ctrl-C and the prompt. So that megabyte is read at once and kept for later clients, and the page continues near its end
with a notice of how much was left out. Nothing else is ever left out. The TTY itself is not stopped (TCOOFF): Linux
occasionally drops the end of a line that is being written at that moment. The terminal's lock guards every field.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.repaint import ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN
from slipway.terminal.state import TerminalState

INTERRUPTS = frozenset((b"\x03", b"\x1a", b"\x1c"))
"""Ctrl-C, Ctrl-Z and Ctrl-\\, each alone."""
MAX_BYTES = 1536 * 1024
"""Bytes that are read without waiting: all that the engine and the sockets hold. A program that ignores Ctrl-C goes on
writing."""
QUIET_SECONDS = 0.01
"""How long no byte must come before the page continues where the flood is."""
MAX_SECONDS = 0.5
"""How long all that was in flight takes to arrive from a busy machine, too. Other keys end the skip earlier."""


class InterruptSkip:
    """Whether the shell is read without waiting for the page (`is_active`), and how far."""

    def __init__(self, state: TerminalState) -> None:
        self._state = state
        self._until, self._deadline = 0, 0.0
        self._skip_ahead: Callable[[], None] = lambda: None
        self.is_active = False

    def on_input(self, data: bytes, is_flooded: bool, skip_ahead: Callable[[], None]) -> bool:
        """Keys were typed, while output waited for a slow page if `is_flooded`; return whether to read everything now.

        Not for a full-screen program, whose screen has no parts to leave out. `skip_ahead` is that page's.
        """
        self._skip_ahead = skip_ahead
        ring = self._state.output.ring
        kept = ring.last(ring.end) if is_flooded and data in INTERRUPTS else None
        self.is_active = kept is not None and kept.rfind(ENTER_FULL_SCREEN) <= kept.rfind(LEAVE_FULL_SCREEN)
        self._until, self._deadline = ring.end + MAX_BYTES, time.monotonic() + MAX_SECONDS
        return self.is_active

    def after_read(self, shell: AttachedShell) -> None:
        """Something was read: let the page continue at its end if there is a pause, or the skip is over."""
        with self._state.wake:
            if not shell.has_data():
                self._state.wake.wait(QUIET_SECONDS)
            within = self._state.output.ring.end < self._until and time.monotonic() < self._deadline
            self.is_active = self.is_active and within
            if not self.is_active or not shell.has_data():
                self._skip_ahead()
