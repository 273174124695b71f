"""Journals what the engine reports: its events, a snapshot of its containers and images after each reconnection, and
the image list after each change of it (a pull's event names no image id)."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from contextlib import suppress
from typing import Any

import h11

from slipway.gateway.engine_client import EngineClient, EngineConnection
from slipway.gateway.journal.journal import Journal
from slipway.gateway.journal.usage_sampler import UsageSampler
from slipway.gateway.limits import MIB

_RETRY_DELAY = 0.5
_USAGE_ACTIONS = frozenset({"start", "die", "exec_start", "exec_die", "pause", "unpause"})
_IMAGES_DELAY = 0.05
"""Seconds in which the several events of one pull or removal are combined into one image list."""


class EventWatcher:
    """Follows one engine's events for the lifetime of the gateway."""

    def __init__(
        self, engine: EngineClient, journal: Journal, snapshot_bytes: int, sampler: UsageSampler | None = None
    ) -> None:
        """`snapshot_bytes`: bytes of journal between two snapshots. `sampler` is notified when a process starts or
        ends."""
        self._engine = engine
        self._journal = journal
        self._snapshot_bytes = snapshot_bytes
        self._sampler = sampler
        self._last_nano = 0
        # Events that a new connection, which asks from the last time on, repeats. "Later than the last" would not do:
        # the engine reports two containers that end at once in any order (measured: a `destroy` 2 ms late).
        self._recent: deque[tuple[Any, ...]] = deque(maxlen=256)
        self._connected = False
        self._image_listing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Connect, journal `seen` and each event; when the connection is lost, journal `lost` once and try again."""
        while True:
            try:
                await self._watch()
                reason = "the engine ended its events"
            except (OSError, ValueError, LookupError, TypeError, AttributeError, h11.ProtocolError) as error:
                reason = str(error) or type(error).__name__
            if self._connected:
                self._connected = False
                self._journal.write("lost", reason=reason)
            await asyncio.sleep(_RETRY_DELAY)

    async def _watch(self) -> None:
        connection = await EngineConnection.open(self._engine.path)
        try:
            since = f"?since={self._last_nano // 10**9}.{self._last_nano % 10**9:09d}" if self._last_nano else ""
            await connection.send_head("GET", f"/events{since}", [])
            await connection.end()
            response = await connection.read_response()
            if response.status_code != 200:
                raise ConnectionResetError(f"the engine answered {response.status_code} to /events")
            await self._snapshot()
            repeating = asyncio.create_task(self._repeat_snapshot())
            try:
                await self._relay(connection)
            finally:
                repeating.cancel()
        finally:
            connection.close()

    async def _repeat_snapshot(self) -> None:
        """Write snapshots as the journal grows: it drops its oldest part, and the rest must show what exists."""
        last = self._journal.bytes_written
        while True:
            await asyncio.sleep(_RETRY_DELAY)
            if self._journal.bytes_written - last >= self._snapshot_bytes:
                with suppress(OSError):  # if the engine does not answer now, try again
                    await self._snapshot(repeated=True)
                    last = self._journal.bytes_written

    async def _snapshot(self, **extra: bool) -> None:
        """Take it after subscribing to the events, so that nothing is missed in between."""
        version = await self._engine.get("/version")
        containers = await self._engine.get("/containers/json?all=1")
        images = await self._engine.get("/images/json")
        if version is None or containers is None or images is None:
            raise ConnectionResetError("the engine did not list its containers and images")
        self._journal.write(
            "seen",
            version=version.get("Version", ""),
            containers=[_container(listed) for listed in containers],
            images=[_image(listed) for listed in images],
            **extra,
        )
        self._connected = True

    async def _journal_images(self) -> None:
        await asyncio.sleep(_IMAGES_DELAY)
        self._image_listing = None
        images = await self._engine.get("/images/json")
        if images is not None:
            self._journal.write("images", images=[_image(listed) for listed in images])

    async def _relay(self, connection: EngineConnection) -> None:
        rest = b""
        async for chunk in connection.chunks():
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > MIB:
                raise ConnectionResetError("an event of the engine is too long")
            for line in filter(None, map(bytes.strip, lines)):
                self._handle_event(json.loads(line))

    def _handle_event(self, event: dict[str, Any]) -> None:
        nano = int(event.get("timeNano") or 0)
        key = (nano, event.get("Type"), event.get("Action"), (event.get("Actor") or {}).get("ID"))
        if nano and key in self._recent:
            return
        self._recent.append(key)
        self._last_nano = max(nano, self._last_nano)
        if event.get("Action") == "top":
            return  # mostly the usage sampler's; a learner's own `docker top` is journalled as a call
        self._journal.write("engine", nano / 1e9 if nano else None, event=event)
        if self._sampler and str(event.get("Action")).partition(":")[0] in _USAGE_ACTIONS:
            self._sampler.notify()
        if event.get("Type") == "image" and self._image_listing is None:
            self._image_listing = asyncio.create_task(self._journal_images())


def _container(listed: dict[str, Any]) -> dict[str, Any]:
    exited = re.match(r"Exited \((\d+)\)", listed.get("Status") or "")
    return {
        "id": listed["Id"],
        "name": (listed.get("Names") or [""])[0].lstrip("/"),
        "image": listed.get("Image", ""),
        "command": [listed.get("Command", "")],
        "state": listed.get("State", ""),
        "created_at": listed.get("Created", 0),
        "exit_code": int(exited[1]) if exited else None,
    }


def _image(listed: dict[str, Any]) -> dict[str, Any]:
    return {"id": listed["Id"], "tags": listed.get("RepoTags") or [], "size": listed.get("Size", 0)}
