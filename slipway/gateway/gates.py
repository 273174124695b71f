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

_STREAMS = frozenset({"stream", "hijack"})


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
        }.get(kind)
        if most is not None and self._busy[kind] >= most:
            raise Refusal(429, _BUSY[kind].format(most=most), f"limit:{kind}")
        self._busy[kind] += 1
        try:
            async with self._counted(allowed.route.name):
                yield
        finally:
            self._busy[kind] -= 1

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
            yield

    async def _check_count(self, name: str) -> None:
        target, count, limit, sentence = _COUNTED[name]
        there = await self._engine.get(target)
        most = getattr(self._limits, limit)
        if there is not None and count(there) >= most:
            raise Refusal(429, sentence.format(most=most), f"limit:{limit}")


def _own_networks(networks: list[dict[str, Any]]) -> int:
    return sum(network.get("Name") not in ("bridge", "host", "none") for network in networks)


def _volumes(answer: dict[str, Any]) -> int:
    return len(answer.get("Volumes") or [])


_FULL_IMAGES = "This sandbox holds {most} images already. Remove some with docker rmi or docker image prune."
_RUNNING = "{most} containers run in this sandbox already. Stop some with docker stop first."
_COUNTED: dict[str, tuple[str, Callable[[Any], int], str, str]] = {
    "container.create": (
        "/containers/json?all=1",
        len,
        "containers",
        "This sandbox holds {most} containers already. Remove some with docker rm, or all stopped ones with "
        "docker container prune.",
    ),
    "running": ("/containers/json", len, "running", _RUNNING),
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
    "image.tag": ("/images/json", len, "images", _FULL_IMAGES),
    "image.build": ("/images/json", len, "images", _FULL_IMAGES),
    "image.pull": ("/images/json", len, "images", _FULL_IMAGES),
}
_BUSY = {
    "streams": "{most} terminals, logs or stats are open in this sandbox already. Close one (Ctrl-C), then try again.",
    "wait": "{most} commands wait for containers in this sandbox already. End one (Ctrl-C), then try again.",
    "events": "{most} docker events commands run in this sandbox already. End one with Ctrl-C.",
    "build": "{most} builds run in this sandbox already. Wait for one to end.",
}
TOO_FAST = "That was a lot of commands at once. Wait a moment, then go on."
TOO_MANY = "Too many connections to this sandbox's engine are open at once. End some commands, then go on."
