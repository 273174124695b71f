"""Limits on TCP connections, in all and per client address, and which one is closed when there are too many.

A connection that has not sent a whole request yet (a header that drips, a kept connection that is silent) is waiting;
the one that has waited longest is closed for the next. An honest request arrives in one piece, within milliseconds.
Knows sockets, and nothing of HTTP.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from slipway.classroom.addresses import client_network
from slipway.install.public_address import Network, contains

RESERVED = 20
"""Connections that waiting ones never get, so that the next one is always accepted, and looked at."""


class AddressLimits:
    """At most `total` connections in all, and `per_address` from one address that is no proxy.

    What comes through a proxy is limited by its request's address (forwarded_addresses.py).
    """

    def __init__(self, total: int, per_address: int, proxies: Sequence[Network] = ()) -> None:
        self._total, self._per_address, self._proxies = max(1, total - RESERVED), per_address, proxies
        self._open: Counter[str] = Counter()
        self._waiting: dict[Any, str] = {}

    @contextmanager
    def admit(self, sock: Any, address: str) -> Iterator[bool]:
        """Count a connection while it lasts. Yields False if there is no room for it."""
        origin = client_network(address)
        if not self._has_room(origin):
            yield False
            return
        self._open[origin] += 1
        try:
            yield True
        finally:
            self.request_received(sock)
            self._open[origin] -= 1
            if not self._open[origin]:
                del self._open[origin]

    def waits_for_request(self, sock: Any, address: str) -> None:
        """Note that the next request is awaited; the connection may be closed for another one."""
        self._waiting[sock] = client_network(address)

    def request_received(self, sock: Any) -> None:
        """Note that a whole request has arrived."""
        self._waiting.pop(sock, None)

    def _has_room(self, origin: str) -> bool:
        if self._open[origin] >= self._per_address and not contains(self._proxies, origin):
            return self._close_longest_waiting(origin)
        return self._open.total() < self._total or self._close_longest_waiting()

    def _close_longest_waiting(self, origin: str = "") -> bool:
        oldest = next((sock for sock, address in self._waiting.items() if not origin or address == origin), None)
        if oldest is None:
            return False
        del self._waiting[oldest]
        with suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)  # its reader notices the end
        return True
