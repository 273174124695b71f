"""Connections by the address they came from: how many there may be, and who gives way when there are too many.

Whoever has sent no whole request yet (a head that drips, a kept connection that is silent) only stands about, and the
one that has for longest is hung up on for the next. An honest request arrives in one piece, within milliseconds. Knows
sockets, and nothing of HTTP.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from slipway.classroom.addresses import neighbourhood

SPARE = 20
"""Connections that are never given to who stands about, so that the next one is always taken, and looked at."""


class AddressLimits:
    """`most` in all, and `each` from one address."""

    def __init__(self, most: int, each: int) -> None:
        self._most, self._each = max(1, most - SPARE), each
        self._here: Counter[str] = Counter()
        self._standing: dict[Any, str] = {}

    @contextmanager
    def visit(self, sock: Any, address: str) -> Iterator[bool]:
        """As long as the connection lasts; False when there is no room for it."""
        whence = neighbourhood(address)
        if not self._room(whence):
            yield False
            return
        self._here[whence] += 1
        try:
            yield True
        finally:
            self.works(sock)
            self._here[whence] -= 1
            if not self._here[whence]:
                del self._here[whence]

    def stands(self, sock: Any, address: str) -> None:
        """From now on it is waited for a request."""
        self._standing[sock] = neighbourhood(address)

    def works(self, sock: Any) -> None:
        """A whole request has come."""
        self._standing.pop(sock, None)

    def _room(self, whence: str) -> bool:
        if self._here[whence] >= self._each:
            return self._send_away(whence)
        return self._here.total() < self._most or self._send_away()

    def _send_away(self, whence: str = "") -> bool:
        oldest = next((sock for sock, place in self._standing.items() if not whence or place == whence), None)
        if oldest is None:
            return False
        del self._standing[oldest]
        with suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)  # who reads it hears that it has ended
        return True
