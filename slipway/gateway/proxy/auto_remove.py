"""Containers that were made to remove themselves (`docker run --rm`), for the case that they may not start.

The engine removes such a container when its start fails, and `docker run --rm` waits for that. Who refuses a start in
the engine's place must do the same. Which containers they are is remembered since they were made, so that a flood of
starts asks the engine nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

import h11

from slipway.gateway.engine_client import EngineClient

_MOST = 1000


class AutoRemove:
    """Remembers ids by every name that a client may use."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._ids: OrderedDict[str, str] = OrderedDict()

    def made(self, id: str, name: str) -> None:
        """A container that is to remove itself was made."""
        self._ids |= {ref: id for ref in (id, name) if ref}
        while len(self._ids) > _MOST:
            self._ids.popitem(last=False)

    async def let_go(self, ref: str) -> None:
        """Its start was refused: remove it, once. One that runs after all stays: the engine removes none by that."""
        id = self._ids.pop(ref, "")
        self._ids.pop(id, "")
        if id:
            with suppress(OSError, h11.ProtocolError):
                await self._engine.give_up(id)
