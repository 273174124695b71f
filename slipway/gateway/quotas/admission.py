"""Admits a call if the limits allow it: calls at the same time, and the number of objects in the sandbox.

Each limit has its own sentence. Queries the engine, changes nothing in it.
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
from slipway.gateway.policy.messages import ENGINE_SILENT, HOST_NETWORK
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.quotas import image_defaults, object_quotas
from slipway.gateway.token_bucket import TokenBucket

_STREAM_FLOWS = frozenset({"stream", "hijack"})


class Admission:
    """The limits of section 3 of the policy that depend on other calls and on the engine's objects."""

    def __init__(self, limits: GatewayLimits, engine: EngineClient, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._engine = engine
        self._active: Counter[str] = Counter()
        self._disk_walks = TokenBucket(limits.walks, _DISK_WALK_BURST, clock)
        self._locks = {name: asyncio.Lock() for name in _SERIALIZED}

    @asynccontextmanager
    async def admit(self, allowed: Allowed, container: str) -> AsyncIterator[Allowed]:
        """Admit a call and yield the request to send. Raises Refusal (429) if a limit is reached.

        `container` is the id of the call's container, or "".
        """
        kind = "streams" if allowed.route.flow in _STREAM_FLOWS else allowed.route.flow
        self._check_active(kind)
        creates = _CREATES.get(allowed.route.name, "")
        self._active[kind] += 1
        try:
            async with self._locks.get(allowed.route.name, nullcontext()):
                # Count pending calls before the query: one that ends meanwhile may be in neither number afterwards.
                admitted = await self._check_quotas(allowed, container, self._active[creates])
                self._active[creates] += bool(creates)
                try:
                    yield admitted
                finally:
                    self._active[creates] -= bool(creates)
        finally:
            self._active[kind] -= 1

    def _check_active(self, kind: str) -> None:
        limit = {
            "streams": self._limits.streams,
            "wait": self._limits.waits,
            "events": self._limits.events,
            "build": self._limits.builds,
            "upload": self._limits.uploads,
            "download": self._limits.downloads,
        }.get(kind)
        if limit is not None and self._active[kind] >= limit:
            raise Refusal(429, _ACTIVE_MESSAGES[kind].format(limit=limit), f"limit:{kind}")
        if kind == "walk" and not self._disk_walks.take():
            raise Refusal(429, _DISK_WALKS, "limit:walks")

    async def check_networks(self, networks: tuple[str, ...]) -> None:
        """Refuse (403) a network that is not a bridge: the host's network can be named by its id too."""
        for ref in networks:
            status, network = await self._get_with_status(f"/networks/{ref}")
            if not object_quotas.is_bridge(status, network):
                message = HOST_NETWORK if status < 300 else _AMBIGUOUS_NETWORK.format(ref=ref)
                raise Refusal(403, message, "network:driver")

    async def _check_quotas(self, allowed: Allowed, container: str, pending: int) -> Allowed:
        match allowed.route.name:
            case "container.create":
                listed = await self._get("/containers/json?all=1")
                object_quotas.check_containers(listed, self._limits)
                if object_quotas.restarts_automatically(allowed.json or {}):
                    object_quotas.check_restarting(await self._inspect_all(listed), self._limits)
                return await self._apply_image_defaults(allowed, allowed.json or {})
            case "container.start" | "container.restart":
                listed = await self._get("/containers/json")
                pending = max(pending, self._active["running"])
                object_quotas.check_running(listed, pending, container, self._limits)
                # Check the image again: its name may have moved to another image since the create was checked.
                inspected = await self._engine.inspect_container(container) if container else {}
                image_defaults.check_working_dir({}, inspected)
                host_config = as_object(inspected.get("HostConfig"))
                image_defaults.check_published_ports({"HostConfig": host_config}, inspected)
            case "container.exec":
                running = await self._inspect_all(await self._get("/containers/json"))
                object_quotas.check_execs(running, self._limits)
                inspected = next((row for row in running if row.get("Id") == container), {})
                image_defaults.check_working_dir(allowed.json or {}, inspected)
            case "volume.create":
                object_quotas.check_new_volume(await self._get("/volumes"), self._limits)
            case "network.create":
                object_quotas.check_networks(await self._get("/networks"), self._limits)
            case "image.tag" | "image.build" | "image.pull":
                listed = await self._get("/images/json")
                pending = max(pending, self._active["images"])
                object_quotas.check_images(listed, pending, _image_name(allowed.target), self._limits)
        return allowed

    async def _apply_image_defaults(self, allowed: Allowed, body: dict[str, Any]) -> Allowed:
        """Count and limit what a container takes from its image like what the create itself asks for."""
        image = await self._get(f"/images/{quote(body['Image'], safe='')}/json")
        if object_quotas.wants_volumes(body, image):
            object_quotas.check_container_volumes(await self._get("/volumes"), body, image, self._limits)
        image_defaults.check_working_dir(body, image)
        image_defaults.check_published_ports(body, image)
        return allowed.with_body(resource_limits.limit_health_check(body, image))

    async def _inspect_all(self, listed: Any) -> list[dict[str, Any]]:
        rows = listed if isinstance(listed, list) else []
        ids = [str(row["Id"]) for row in rows if isinstance(row, dict) and row.get("Id")]
        return [*await asyncio.gather(*(self._engine.inspect_container(id) for id in ids))]

    async def _get(self, target: str) -> Any:
        status, value = await self._get_with_status(target)
        return value if status < 300 else None

    async def _get_with_status(self, target: str) -> tuple[int, Any]:
        """Refuse the call if the engine does not answer: the limit can't be checked then."""
        try:
            return await self._engine.get_with_status(target)
        except ConnectionError:
            raise Refusal(503, ENGINE_SILENT, "engine:silent") from None


def _image_name(target: str) -> str:
    """Return the name of the image that a pull or a tag creates; "" for a build, which may create several."""
    query = dict(parse_qsl(target.partition("?")[2]))
    name = query.get("fromImage") or query.get("repo", "")
    return name if not name or ":" in name.rpartition("/")[2] else f"{name}:{query.get('tag', 'latest')}"


_CREATES = {
    "container.start": "running",
    "container.restart": "running",
    "image.pull": "images",
    "image.build": "images",
}
"""What a call may add one of while it lasts."""
_SERIALIZED = frozenset({"container.create", "container.exec", "volume.create", "network.create"})
"""Calls that run one at a time, so that two can't both take the last place. Pulls and builds take too long for that;
those that are pending are counted instead."""
_AMBIGUOUS_NETWORK = "The lab can't tell which network {ref} is. Use its full name, as docker network ls shows it."

_DISK_WALK_BURST = 4
_DISK_WALKS = "docker system df walks the whole disk, so it is answered every other second at most. Wait a moment."
_ACTIVE_MESSAGES = {
    "streams": "{limit} terminals, logs or stats are open in this sandbox already. Close one (Ctrl-C), then try again.",
    "wait": "{limit} commands wait for containers in this sandbox already. End one (Ctrl-C), then try again.",
    "events": "{limit} docker events commands run in this sandbox already. End one with Ctrl-C.",
    "download": "{limit} copies out of containers are on their way in this sandbox already. Wait for one to end.",
    "upload": "{limit} copies into containers are on their way in this sandbox already. Wait for one to end.",
    "build": "{limit} builds run in this sandbox already. Wait for one to end.",
}
RATE_EXCEEDED = "That was a lot of commands at once. Wait a moment, then go on."
