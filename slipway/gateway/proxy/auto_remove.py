"""Removes containers created with --rm whose start the gateway refuses.

The engine removes such a container when its start fails, and `docker run --rm` waits for that. When the gateway refuses
the start in the engine's place, it must do the same. It remembers these containers from their creation, so that a flood
of starts causes no queries to the engine.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

import h11

from slipway.gateway.engine_client import EngineClient

_MAX_REMEMBERED = 1000


class AutoRemove:
    """Remembers each container's id by the names that a client may use."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._ids: OrderedDict[str, str] = OrderedDict()

    def remember(self, id: str, name: str) -> None:
        """Note that a container with --rm was created."""
        self._ids |= {ref: id for ref in (id, name) if ref}
        while len(self._ids) > _MAX_REMEMBERED:
            self._ids.popitem(last=False)

    async def remove(self, ref: str) -> None:
        """Remove the container, once, after its start was refused. The engine keeps it if it runs after all."""
        id = self._ids.pop(ref, "")
        self._ids.pop(id, "")
        if id:
            with suppress(OSError, h11.ProtocolError):
                await self._engine.remove_container(id)
