"""How much output may be in flight to a page: as much as it draws in a twentieth of a second, by its own measure.

Less in flight means that Ctrl-C is answered sooner: what is in flight is drawn before the prompt. Pure.
"""

from __future__ import annotations

ACKNOWLEDGED_AT_ONCE = 32 * 1024
"""Bytes that a page acknowledges together (or after 100 ms); a window below twice as many would slow it down."""
WINDOW_SECONDS = 0.05
FAST = 16e6
"""Bytes a second from which a page is not what a flood waits for."""
MEASURE_SECONDS = 0.1
"""Seconds of uninterrupted output after which a measured rate is used."""


class FlowControl:
    """The window of one page in bytes; it begins at `limit` and follows what the page acknowledges."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._since: float | None = None
        self.window = limit
        self.is_slow = False

    def acknowledge(self, count: int, in_flight: int, now: float) -> None:
        """Note that the page has drawn `count` of the `in_flight` bytes, at second `now`."""
        if self._since is None or in_flight <= count:
            # Not busy: what it draws now says how much there was to draw, and nothing about how much it could.
            self._since, self._bytes = now, 0
            return
        self._bytes += count
        seconds = now - self._since
        if seconds >= MEASURE_SECONDS:
            rate = self._bytes / seconds
            self.window = int(min(self._limit, max(ACKNOWLEDGED_AT_ONCE * 2, rate * WINDOW_SECONDS)))
            self.is_slow = rate < FAST
            self._since, self._bytes = now, 0
