"""Who is connected right now: calls at work, which are few, and those before and after them, who may have to go.

A request that is still on its way, or a client that was answered and lingers, costs nobody else their turn: when too
many of them stand about, the oldest is hung up on. Knows nothing of requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy.client import ClientConnection

_STANDING = 2
"""Connections that may stand about for each that may work. An honest client's request arrives in one piece."""
_TOO_MANY = "Too many connections to this sandbox's engine are open at once. End some commands, then go on."


class Connections:
    """Everybody who is connected; `most` calls may be at work at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        # Strong references: without them the loop may drop a connection's task in the middle of its work.
        self._standing: dict[asyncio.Task[None], ClientConnection] = {}
        self._working: dict[asyncio.Task[None], ClientConnection] = {}

    def enter(self, task: asyncio.Task[None], client: ClientConnection) -> None:
        """Somebody has connected; `task` serves them. The one who stands about longest may have to go for it."""
        if self._standing and len(self._standing) >= self._most * _STANDING:
            oldest = next(iter(self._standing))
            self._standing.pop(oldest).abort()
            oldest.cancel()
        self._standing[task] = client
        task.add_done_callback(self._leave)

    @contextmanager
    def work(self, task: asyncio.Task[None]) -> Iterator[None]:
        """The client's call is at work meanwhile. Raises Refusal (429) when too many are."""
        if len(self._working) >= self._most:
            raise Refusal(429, _TOO_MANY, "limit:connections")
        client = self._working[task] = self._standing.pop(task)
        try:
            yield
        finally:
            self._standing[task] = client
            del self._working[task]

    async def disperse(self) -> None:
        """Give up every connection."""
        everybody = [*self._standing, *self._working]
        for task in everybody:
            task.cancel()
        await asyncio.gather(*everybody, return_exceptions=True)

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._standing.pop(task, None)
