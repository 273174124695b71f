"""How much output may be on its way to a page: as much as it draws in a twentieth of a second, as it has shown.

Less under way means that Ctrl-C is answered sooner: what is under way has to be drawn before the prompt. Pure.
"""

from __future__ import annotations

LEAST = 32 * 1024
"""Bytes below which a window would slow the page down: it acknowledges every 32 KiB, or after 100 ms."""
AHEAD = 0.05
FAST = 16e6
"""Bytes a second from which a page is not what a flood waits for."""
SPELL = 0.1
"""Seconds of uninterrupted output after which a rate is believed."""


class FlowControl:
    """The window of one page, at most `most` bytes; it begins there and follows what the page acknowledges."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._since: float | None = None
        self.window = most
        self.slow = False

    def passed(self, count: int, under_way: int, now: float) -> None:
        """The page has drawn `count` bytes more, of the `under_way` that it had not; at second `now`."""
        if self._since is None or under_way <= count:
            # Not busy: what it draws now says how much there was to draw, and nothing about how much it could.
            self._since, self._bytes = now, 0
            return
        self._bytes += count
        spell = now - self._since
        if spell >= SPELL:
            rate = self._bytes / spell
            self.window, self.slow = int(min(self._most, max(LEAST * 2, rate * AHEAD))), rate < FAST
            self._since, self._bytes = now, 0
