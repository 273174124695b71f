"""One quiet look at a terminal, for any number of people who follow it: what is on its screen, at a pace of its own.

An onlooker never holds the shell up, is nobody's page, and has no size. What it can't show in time it leaves out: then
it begins again with a fresh screen, from which everything on it can be drawn. The terminal's lock guards every field;
`show` and `say` are called from the onlooker's own pump, in order.
"""

from __future__ import annotations

import codecs
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from slipway.terminal.repaint import fresh

if TYPE_CHECKING:
    from slipway.terminal.terminal import Terminal

RATE = 256 * 1024
"""Bytes a second that are shown: more than anybody reads, and little enough to be sent to a whole room."""
MERGE = 0.01
"""Seconds after a message in which more is put together with what comes next."""
MESSAGE = 32 * 1024
BEHIND = 128 * 1024
"""Bytes that may be still to be shown; beyond them they are left out, for a fresh screen."""
SCREEN = 512 * 1024
"""Bytes in which the beginning of what is on the screen is looked for."""

OnScreen = Callable[[int, int, str, bool], None]
"""(number of the first byte, number after the last, text, whether it begins on an empty screen)."""
OnStatus = Callable[[dict[str, Any]], None]


class Spectator:
    """`place` is the number of the next byte to be shown."""

    def __init__(self, terminal: Terminal, show: OnScreen, say: OnStatus, leave: Callable[[Spectator], None]) -> None:
        self._terminal, self._leave = terminal, leave
        self._wake = threading.Condition(terminal.lock)
        self._show, self._say = show, say
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._told: dict[str, Any] = {}
        self._generation = 0
        self._place = 0
        self._closed = False

    def screen(self) -> tuple[int, str]:
        """What a latecomer has to draw to see what has been shown so far, and the number of the byte after it."""
        with self._terminal.lock:
            output = self._terminal.output
            end = self._place - self._held
            if self._generation != output.generation or end < output.ring.base:
                return end, ""
            return end, self._fresh(end).decode(errors="replace")

    def news(self) -> dict[str, Any]:
        """The terminal's state and its size in characters."""
        with self._terminal.lock:
            return self._terminal.sight()

    def close(self) -> None:
        with self._terminal.lock:
            self._closed = True
            self._leave(self)
            self._wake.notify_all()

    def stir(self) -> None:
        """Wake the pump if there is something for it."""
        if self._due():
            self._wake.notify_all()

    def pump(self) -> None:
        """Say and show what there is until closed: the first at once, then no faster than people read."""
        while True:
            with self._terminal.lock:
                self._wake.wait_for(self._due)
                if self._closed:
                    return
                news = self._terminal.sight()
                told, self._told = self._told, news
                shown = self._next() if news == told else None
            if news != told:
                self._say(news)
            elif shown:
                self._show(*shown)
                self._rest(len(shown[2]))

    def _rest(self, count: int) -> None:
        with self._terminal.lock:
            self._wake.wait_for(lambda: self._closed, max(MERGE, count / RATE))

    @property
    def _held(self) -> int:
        """Bytes of a character whose end is still to come."""
        return len(self._decoder.getstate()[0])

    def _due(self) -> bool:
        output = self._terminal.output
        moved = self._generation != output.generation and bool(output.shell)
        return self._closed or moved or output.ring.end > self._place or self._told != self._terminal.sight()

    def _next(self) -> tuple[int, int, str, bool] | None:
        output = self._terminal.output
        ring = output.ring
        if self._generation != output.generation or ring.end - self._place > BEHIND or self._place < ring.base:
            return self._afresh()
        before = self._place - self._held
        data = ring.read(self._place, MESSAGE)
        text = self._decoder.decode(data)
        self._place += len(data)
        return (before, self._place - self._held, text, False) if text else None

    def _afresh(self) -> tuple[int, int, str, bool]:
        output = self._terminal.output
        self._decoder.reset()
        self._generation, self._place = output.generation, output.ring.end
        text = self._decoder.decode(self._fresh(self._place))
        end = self._place - self._held
        return end, end, text, True

    def _fresh(self, end: int) -> bytes:
        """What draws the screen as it is after the byte before number `end`."""
        ring = self._terminal.output.ring
        start = max(ring.base, end - SCREEN)
        return fresh(ring.read(start, end - start), whole=start == 0)
