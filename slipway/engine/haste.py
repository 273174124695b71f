"""Ctrl-C in a flood, for a page that draws more slowly than the program writes: what nobody waits for is left out.

The engine keeps a megabyte for each attached client (moby's BytesPipe), which at 2 MB/s is half a second between Ctrl-C
and the prompt. So that is read at once, kept for whoever comes later, and the page goes on near its end, told how much
was left out. Nothing else is ever left out. Not the TTY itself is held (TCOOFF): Linux drops a line's end now and then
that is being written in that very moment. The terminal's lock guards every field.
"""

from __future__ import annotations

import threading

from slipway.engine.line import Line
from slipway.engine.output import Output
from slipway.engine.screen import ENTER, LEAVE

KEYS = frozenset((b"\x03", b"\x1a", b"\x1c"))
"""Ctrl-C, Ctrl-Z and Ctrl-\\, alone."""
MOST = 1536 * 1024
"""Bytes that are read in haste: all that the engine and the sockets hold. A program that ignores Ctrl-C writes more."""
QUIET = 0.012
"""Seconds without a byte after which the flood is over."""


class Haste:
    """Whether the line is read without waiting for the page, and until where."""

    def __init__(self) -> None:
        self._until: int | None = None

    @property
    def on(self) -> bool:
        return self._until is not None

    def begin(self, output: Output) -> None:
        """From now on read all there is; but for a full-screen program, whose picture has no parts to leave out."""
        kept = output.ring.last(output.ring.end)
        if kept.rfind(ENTER) <= kept.rfind(LEAVE):
            self._until = output.ring.end + MOST

    def over(self, line: Line, output: Output, wake: threading.Condition) -> bool:
        """Whether it is over just now: nothing more comes, or too much has."""
        if self._until is None:
            return False
        if not line.waits():
            wake.wait(QUIET)
        if output.ring.end < self._until and line.waits():
            return False
        self._until = None
        return True
