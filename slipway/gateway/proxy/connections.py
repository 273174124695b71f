"""The open connections: active ones (a call is in progress), which are few, and idle ones, which may be closed.

A connection whose request is incomplete, or whose client lingers after the response, must not use up another client's
place: when too many are idle, the oldest is closed. Knows nothing of requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy.client import ClientConnection

_IDLE_PER_ACTIVE = 2
"""Idle connections for each that may be active. An ordinary client's request arrives in one piece."""
_TOO_MANY = "Too many connections to this sandbox's engine are open at once. End some commands, then go on."


class Connections:
    """All open connections; at most `max_active` calls are in progress at once."""

    def __init__(self, max_active: int) -> None:
        self._max_active = max_active
        # Strong references: without them the event loop may drop a connection's task before it is done.
        self._idle: dict[asyncio.Task[None], ClientConnection] = {}
        self._active: dict[asyncio.Task[None], ClientConnection] = {}

    def add(self, task: asyncio.Task[None], client: ClientConnection) -> None:
        """Add a connection that `task` serves. Closes the one that has been idle longest if there are too many."""
        if self._idle and len(self._idle) >= self._max_active * _IDLE_PER_ACTIVE:
            oldest = next(iter(self._idle))
            self._idle.pop(oldest).abort()
            oldest.cancel()
        self._idle[task] = client
        task.add_done_callback(self._discard)

    @contextmanager
    def activate(self, task: asyncio.Task[None]) -> Iterator[None]:
        """Count the connection as active meanwhile. Raises Refusal (429) if too many are."""
        if len(self._active) >= self._max_active:
            raise Refusal(429, _TOO_MANY, "limit:connections")
        client = self._active[task] = self._idle.pop(task)
        try:
            yield
        finally:
            self._idle[task] = client
            del self._active[task]

    async def close_all(self) -> None:
        """Close every connection."""
        tasks = [*self._idle, *self._active]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _discard(self, task: asyncio.Task[None]) -> None:
        self._idle.pop(task, None)
