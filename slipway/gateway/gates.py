"""How much may go on at once: connections, streams, rate, and how many things a sandbox may hold.

Each limit has its own sentence. Asks the engine, changes nothing in it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any
from urllib.parse import quote

import h11

from slipway.gateway import holdings
from slipway.gateway.engine import Engine
from slipway.gateway.limits import Limits
from slipway.gateway.policy import Allowed
from slipway.gateway.refusal import Refusal
from slipway.gateway.sentences import HOST_NETWORK

_STREAMS = frozenset({"stream", "hijack"})
_GONE = "The engine of this sandbox doesn't answer. It may be starting again: wait a moment, then try again."


class Bucket:
    """A rate: `rate` a second on average, `burst` at once. `clock` gives seconds."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Gates:
    """The limits of section 3 that need to know what else is going on."""

    def __init__(self, limits: Limits, engine: Engine, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._engine = engine
        self._busy: Counter[str] = Counter()
        self._walks = Bucket(limits.walks, _WALKS, clock)
        self._locks = {name: asyncio.Lock() for name in _ONE_BY_ONE}

    @asynccontextmanager
    async def passage(self, allowed: Allowed, container: str) -> AsyncIterator[None]:
        """Let one call through while it lasts; raises Refusal (429) when too much goes on or too much is there.

        `container` is the id of the container that the call is about, or "".
        """
        kind = "streams" if allowed.route.flow in _STREAMS else allowed.route.flow
        self._check_busy(kind)
        starting = allowed.route.name in _STARTS
        self._busy[kind] += 1
        try:
            async with self._locks.get(allowed.route.name, nullcontext()):
                await self._check_holdings(allowed, container)
                self._busy["starting"] += starting
                try:
                    yield
                finally:
                    self._busy["starting"] -= starting
        finally:
            self._busy[kind] -= 1

    def _check_busy(self, kind: str) -> None:
        most = {
            "streams": self._limits.streams,
            "wait": self._limits.waits,
            "events": self._limits.events,
            "build": self._limits.builds,
            "upload": self._limits.uploads,
            "download": self._limits.downloads,
        }.get(kind)
        if most is not None and self._busy[kind] >= most:
            raise Refusal(429, _BUSY[kind].format(most=most), f"limit:{kind}")
        if kind == "walk" and not self._walks.take():
            raise Refusal(429, _WALK, "limit:walks")

    async def let_go(self, container: str) -> None:
        """A container that may not start, and was to remove itself, is removed, as the engine does when a start fails.

        Else `docker run --rm` would wait for a removal that never comes.
        """
        found = await self._engine.container(container) if container else {}
        waiting = (found.get("State") or {}).get("Status") == "created"
        if waiting and (found.get("HostConfig") or {}).get("AutoRemove"):
            with suppress(OSError, h11.ProtocolError):
                await self._engine.give_up(container)

    async def check_networks(self, networks: tuple[str, ...]) -> None:
        """Refuse (403) a network that is no bridge: the host's own has an id too, which stands in no list of names."""
        for ref in networks:
            found = await self._asked(f"/networks/{ref}")
            if isinstance(found, dict) and (
                found.get("Driver", "bridge") != "bridge" or found.get("Name") in ("host", "none")
            ):
                raise Refusal(403, HOST_NETWORK, "network:driver")

    async def _check_holdings(self, allowed: Allowed, container: str) -> None:
        match allowed.route.name:
            case "container.create":
                holdings.containers(await self._asked("/containers/json?all=1"), self._limits)
                await self._check_volumes(allowed.json or {})
            case "container.start" | "container.restart":
                await self._check_running(container)
            case "container.exec":
                holdings.execs(await self._inspected(), self._limits)
            case "volume.create":
                holdings.one_volume(await self._asked("/volumes"), self._limits)
            case "network.create":
                holdings.networks(await self._asked("/networks"), self._limits)
            case "image.tag" | "image.build" | "image.pull":
                holdings.images(await self._asked("/images/json"), self._limits)

    async def _check_volumes(self, body: dict[str, Any]) -> None:
        image = await self._asked(f"/images/{quote(body['Image'], safe='')}/json")
        if holdings.wants_volumes(body) or ((image or {}).get("Config") or {}).get("Volumes"):
            holdings.volumes(await self._asked("/volumes"), body, image, self._limits)

    async def _check_running(self, container: str) -> None:
        there = await self._asked("/containers/json")
        holdings.running(there, self._busy["starting"], container, self._limits)

    async def _inspected(self) -> list[Any]:
        there = await self._asked("/containers/json")
        ids = [row["Id"] for row in there if isinstance(row, dict) and "Id" in row] if isinstance(there, list) else []
        return [*await asyncio.gather(*(self._engine.container(one) for one in ids))]

    async def _asked(self, target: str) -> Any:
        """Without an answer nothing can be promised, so nothing passes."""
        try:
            return await self._engine.ask(target)
        except ConnectionError:
            raise Refusal(503, _GONE, "engine:silent") from None


_STARTS = frozenset({"container.start", "container.restart"})
_ONE_BY_ONE = frozenset({"container.create", "container.exec", "volume.create", "network.create"})
"""Made one after the other, so that two at once can't both be the last; a pull or a build would be waited for."""

_WALKS = 4
_WALK = "docker system df walks the whole disk, so it is answered every other second at most. Wait a moment."
_BUSY = {
    "streams": "{most} terminals, logs or stats are open in this sandbox already. Close one (Ctrl-C), then try again.",
    "wait": "{most} commands wait for containers in this sandbox already. End one (Ctrl-C), then try again.",
    "events": "{most} docker events commands run in this sandbox already. End one with Ctrl-C.",
    "download": "{most} copies out of containers are on their way in this sandbox already. Wait for one to end.",
    "upload": "{most} copies into containers are on their way in this sandbox already. Wait for one to end.",
    "build": "{most} builds run in this sandbox already. Wait for one to end.",
}
TOO_FAST = "That was a lot of commands at once. Wait a moment, then go on."
