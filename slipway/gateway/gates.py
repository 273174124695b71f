"""How much may go on at once: connections, streams, rate, and how many things a sandbox may hold.

Each limit has its own sentence. Asks the engine, changes nothing in it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

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

    def __init__(self, limits: Limits, engine: Engine) -> None:
        self._limits = limits
        self._engine = engine
        self._busy: Counter[str] = Counter()
        self._locks = {name: asyncio.Lock() for name in _COUNTED}

    @asynccontextmanager
    async def passage(self, allowed: Allowed) -> AsyncIterator[None]:
        """Let one call through while it lasts; raises Refusal (429) when too much goes on or too much is there."""
        kind = "streams" if allowed.route.flow in _STREAMS else allowed.route.flow
        most = {
            "streams": self._limits.streams,
            "wait": self._limits.waits,
            "events": self._limits.events,
            "build": self._limits.builds,
            "upload": self._limits.uploads,
        }.get(kind)
        if most is not None and self._busy[kind] >= most:
            raise Refusal(429, _BUSY[kind].format(most=most), f"limit:{kind}")
        self._busy[kind] += 1
        try:
            async with self._counted(allowed.route.name):
                yield
        finally:
            self._busy[kind] -= 1

    async def check_networks(self, networks: tuple[str, ...]) -> None:
        """Refuse (403) a network that is no bridge: the host's own has an id too, which stands in no list of names."""
        for ref in networks:
            found = await self._asked(f"/networks/{ref}")
            if isinstance(found, dict) and (
                found.get("Driver", "bridge") != "bridge" or found.get("Name") in ("host", "none")
            ):
                raise Refusal(403, HOST_NETWORK, "network:driver")

    @asynccontextmanager
    async def _counted(self, name: str) -> AsyncIterator[None]:
        if name not in _COUNTED:
            yield
            return
        async with self._locks[name]:
            await self._check_count(name)
            if name == "container.create":
                # A refused start would leave `docker run --rm` waiting for a removal that never comes.
                await self._check_count("running")
            if name in _BRIEF:
                yield
                return
        yield

    async def _check_count(self, name: str) -> None:
        target, count, limit, sentence = _COUNTED[name]
        most = getattr(self._limits, limit)
        if count(await self._asked(target)) >= most:
            raise Refusal(429, sentence.format(most=most), f"limit:{limit}")

    async def _asked(self, target: str) -> Any:
        """Without an answer nothing can be promised, so nothing passes."""
        try:
            return await self._engine.ask(target)
        except ConnectionError:
            raise Refusal(503, _GONE, "engine:silent") from None


def _several(there: Any) -> int:
    return len(there) if isinstance(there, list) else 0


def _own_networks(there: Any) -> int:
    names = [network.get("Name") for network in there] if isinstance(there, list) else []
    return sum(name not in ("bridge", "host", "none") for name in names)


def _volumes(there: Any) -> int:
    return _several(there.get("Volumes")) if isinstance(there, dict) else 0


_BRIEF = frozenset({"container.create", "volume.create", "network.create"})
"""Made one after the other, so that two at once can't both be the last; a pull or a build would be waited for."""


_FULL_IMAGES = "This sandbox holds {most} images already. Remove some with docker rmi or docker image prune."
_RUNNING = "{most} containers run in this sandbox already. Stop some with docker stop first."
_COUNTED: dict[str, tuple[str, Callable[[Any], int], str, str]] = {
    "container.create": (
        "/containers/json?all=1",
        _several,
        "containers",
        "This sandbox holds {most} containers already. Remove some with docker rm, or all stopped ones with "
        "docker container prune.",
    ),
    "running": ("/containers/json", _several, "running", _RUNNING),
    "volume.create": (
        "/volumes",
        _volumes,
        "volumes",
        "This sandbox holds {most} volumes already. Remove some with docker volume rm.",
    ),
    "network.create": (
        "/networks",
        _own_networks,
        "networks",
        "This sandbox holds {most} networks of your own already. Remove some with docker network rm.",
    ),
    "image.tag": ("/images/json", _several, "images", _FULL_IMAGES),
    "image.build": ("/images/json", _several, "images", _FULL_IMAGES),
    "image.pull": ("/images/json", _several, "images", _FULL_IMAGES),
}
_BUSY = {
    "streams": "{most} terminals, logs or stats are open in this sandbox already. Close one (Ctrl-C), then try again.",
    "wait": "{most} commands wait for containers in this sandbox already. End one (Ctrl-C), then try again.",
    "events": "{most} docker events commands run in this sandbox already. End one with Ctrl-C.",
    "upload": "{most} copies into containers are on their way in this sandbox already. Wait for one to end.",
    "build": "{most} builds run in this sandbox already. Wait for one to end.",
}
TOO_FAST = "That was a lot of commands at once. Wait a moment, then go on."
