"""How a terminal joins a shell that runs already: what its log knows is awaited, and its prompt coaxed out of it.

Knows lines, logs and redrawing, and no viewer. `wake` is the terminal's, and so is its lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from slipway.engine.attached_shell import DEFAULT_SIZE, AttachedShell
from slipway.terminal.input_queue import InputQueue
from slipway.terminal.output import Output

SETTLE = (0.03, 0.1, 0.3)
COAX = 0.2


class Reattachment:
    """Everything here waits, and gives up when `closed` says so."""

    def __init__(self, wake: threading.Condition, closed: Callable[[], bool]) -> None:
        self._wake, self._closed = wake, closed
        self._coaxing = False

    def past(self, line: AttachedShell, output: Output) -> bytes:
        """The log, as soon as it reaches to where the line begins: in a flood it is a megabyte behind at first."""
        for moment in SETTLE:
            past = line.read_log()
            with self._wake:
                self._wake.wait_for(self._closed, moment)
                if not output.parted(past):
                    break
        return past

    def coax(self, hands: InputQueue, output: Output) -> None:
        """Have the prompt drawn, of which the log knows nothing. A bash that is just starting misses some signals.

        A page says its size right after it came; one that says none is given the usual.
        """
        for turn in range(5):
            quiet = output.ring.end
            hands.redraw(DEFAULT_SIZE if turn else None)
            with self._wake:
                self._coaxing = True
                drawn = self._wake.wait_for(lambda: self._closed() or output.ring.end > quiet, COAX)  # noqa: B023
                self._coaxing = False
            if drawn:
                return

    def came(self) -> None:
        """There is output: whoever coaxes may look."""
        if self._coaxing:
            self._wake.notify_all()
