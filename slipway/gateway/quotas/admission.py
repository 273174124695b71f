"""How much may go on at once: connections, streams, rate, and how many things a sandbox may hold.

Each limit has its own sentence. Asks the engine, changes nothing in it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any
from urllib.parse import parse_qsl, quote

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.json_objects import as_object
from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy import resource_limits
from slipway.gateway.policy.decision import Allowed
from slipway.gateway.policy.messages import HOST_NETWORK
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.quotas import image_defaults, object_quotas

_STREAMS = frozenset({"stream", "hijack"})
_GONE = "The engine of this sandbox doesn't answer. It may be starting again: wait a moment, then try again."


class TokenBucket:
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


class Admission:
    """The limits of section 3 that need to know what else is going on."""

    def __init__(self, limits: GatewayLimits, engine: EngineClient, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._engine = engine
        self._busy: Counter[str] = Counter()
        self._walks = TokenBucket(limits.walks, _WALKS, clock)
        self._locks = {name: asyncio.Lock() for name in _ONE_BY_ONE}

    @asynccontextmanager
    async def passage(self, allowed: Allowed, container: str) -> AsyncIterator[Allowed]:
        """Let one call through, as it then may go. Raises Refusal (429) when too much goes on or too much is there.

        `container` is the id of the container that the call is about, or "".
        """
        kind = "streams" if allowed.route.flow in _STREAMS else allowed.route.flow
        self._check_busy(kind)
        more = _MORE.get(allowed.route.name, "")
        self._busy[kind] += 1
        try:
            async with self._locks.get(allowed.route.name, nullcontext()):
                # Who is on their way before the engine is asked may be on no list yet, and off this one afterwards.
                passing = await self._check_holdings(allowed, container, self._busy[more])
                self._busy[more] += bool(more)
                try:
                    yield passing
                finally:
                    self._busy[more] -= bool(more)
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

    async def check_networks(self, networks: tuple[str, ...]) -> None:
        """Refuse (403) a network that is no bridge: the host's own has an id too, which stands in no list of names."""
        for ref in networks:
            status, found = await self._looked(f"/networks/{ref}")
            if not object_quotas.bridge(status, found):
                raise Refusal(403, HOST_NETWORK if status < 300 else _WHICH.format(ref=ref), "network:driver")

    async def _check_holdings(self, allowed: Allowed, container: str, coming: int) -> Allowed:
        match allowed.route.name:
            case "container.create":
                there = await self._asked("/containers/json?all=1")
                object_quotas.containers(there, self._limits)
                if object_quotas.restarts(allowed.json or {}):
                    object_quotas.restarting(await self._inspected(there), self._limits)
                return await self._of_image(allowed, allowed.json or {})
            case "container.start" | "container.restart":
                there = await self._asked("/containers/json")
                object_quotas.running(there, max(coming, self._busy["running"]), container, self._limits)
                # Once more: a name may have been given to another image between the look at it and the create.
                its = await self._engine.container(container) if container else {}
                image_defaults.workplace({}, its)
                image_defaults.ports({"HostConfig": as_object(its.get("HostConfig"))}, its)
            case "container.exec":
                found = await self._inspected(await self._asked("/containers/json"))
                object_quotas.execs(found, self._limits)
                its = next((one for one in found if one.get("Id") == container), {})
                image_defaults.workplace(allowed.json or {}, its)
            case "volume.create":
                object_quotas.one_volume(await self._asked("/volumes"), self._limits)
            case "network.create":
                object_quotas.networks(await self._asked("/networks"), self._limits)
            case "image.tag" | "image.build" | "image.pull":
                there = await self._asked("/images/json")
                object_quotas.images(there, max(coming, self._busy["images"]), _named(allowed.target), self._limits)
        return allowed

    async def _of_image(self, allowed: Allowed, body: dict[str, Any]) -> Allowed:
        """What a container takes from its image counts, and is bounded, as what it asks for itself."""
        image = await self._asked(f"/images/{quote(body['Image'], safe='')}/json")
        if object_quotas.wants_volumes(body, image):
            object_quotas.volumes(await self._asked("/volumes"), body, image, self._limits)
        image_defaults.workplace(body, image)
        image_defaults.ports(body, image)
        return allowed.saying(resource_limits.paced(body, image))

    async def _inspected(self, there: Any) -> list[dict[str, Any]]:
        rows = there if isinstance(there, list) else []
        ids = [str(row["Id"]) for row in rows if isinstance(row, dict) and row.get("Id")]
        return [*await asyncio.gather(*(self._engine.container(one) for one in ids))]

    async def _asked(self, target: str) -> Any:
        status, value = await self._looked(target)
        return value if status < 300 else None

    async def _looked(self, target: str) -> tuple[int, Any]:
        """Without an answer nothing can be promised, so nothing passes."""
        try:
            return await self._engine.look(target)
        except ConnectionError:
            raise Refusal(503, _GONE, "engine:silent") from None


def _named(target: str) -> str:
    """The name of the image that a pull or a tag is about; of a build, which may make several, none."""
    told = dict(parse_qsl(target.partition("?")[2]))
    name = told.get("fromImage") or told.get("repo", "")
    return name if not name or ":" in name.rpartition("/")[2] else f"{name}:{told.get('tag', 'latest')}"


_MORE = {
    "container.start": "running",
    "container.restart": "running",
    "image.pull": "images",
    "image.build": "images",
}
"""What there may soon be one more of, while the call lasts."""
_ONE_BY_ONE = frozenset({"container.create", "container.exec", "volume.create", "network.create"})
"""Made one after the other, so that two at once can't both be the last; a pull or a build would be waited for, so
those that are on their way are counted."""
_WHICH = "The lab can't tell which network {ref} is. Use its full name, as docker network ls shows it."

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
