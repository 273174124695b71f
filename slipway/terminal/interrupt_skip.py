"""Ctrl-C in a flood, for a page that draws more slowly than the program writes: what nobody waits for is left out.

The engine keeps a megabyte for each attached client (moby's BytesPipe), which at 2 MB/s is half a second between Ctrl-C
and the prompt. So that is read at once, kept for whoever comes later, and the page goes on near its end, told how much
was left out. Nothing else is ever left out. Not the TTY itself is held (TCOOFF): Linux drops a line's end now and then
that is being written in that very moment. The terminal's lock guards every field.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.output import Output
from slipway.terminal.repaint import ENTER, LEAVE

KEYS = frozenset((b"\x03", b"\x1a", b"\x1c"))
"""Ctrl-C, Ctrl-Z and Ctrl-\\, alone."""
MOST = 1536 * 1024
"""Bytes that are read in haste: all that the engine and the sockets hold. A program that ignores Ctrl-C writes more."""
QUIET = 0.01
"""Seconds without a byte after which the page goes on where the flood is."""
LONG = 0.5
"""Seconds in which all that was on its way comes, from a busy machine, too. Other keys end it sooner."""


class InterruptSkip:
    """Whether the line is read without waiting for the page, and until where."""

    def __init__(self) -> None:
        self._until, self._ends = 0, 0.0
        self.on = False
        self.skip: Callable[[], None] = lambda: None

    def keys(self, data: bytes, flooded: bool, output: Output, skip: Callable[[], None]) -> bool:
        """Keys are typed, `flooded` when output waits for a slow page; whether everything is to be read now.

        Not for a full-screen program, whose picture has no parts to leave out. `skip` is for that page.
        """
        self.skip = skip
        kept = output.ring.last(output.ring.end) if flooded and data in KEYS else None
        self.on = kept is not None and kept.rfind(ENTER) <= kept.rfind(LEAVE)
        self._until, self._ends = output.ring.end + MOST, time.monotonic() + LONG
        return self.on

    def hurry(self, line: AttachedShell, output: Output, wake: threading.Condition) -> None:
        """Something was read: the page goes on at the end of what came where there is a pause, or when it is over."""
        with wake:
            if not line.has_data():
                wake.wait(QUIET)
            self.on = self.on and output.ring.end < self._until and time.monotonic() < self._ends
            if not self.on or not line.has_data():
                self.skip()
