"""What the engine itself tells: its events, a snapshot of what it holds after each silence, and the image cache after
each change of it (a pull's event names no image id)."""

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

_RETRY = 0.5
_STIRRING = frozenset({"start", "die", "exec_start", "exec_die", "pause", "unpause"})
_PAUSE = 0.05  # seconds in which the several events of one pull or removal become one look at the images


class EventWatcher:
    """Follows one engine for as long as the gateway lives."""

    def __init__(self, engine: EngineClient, journal: Journal, retold: int, use: UsageSampler | None = None) -> None:
        """`retold`: bytes of journal after which it is told again what the engine holds; `use` is told when something
        begins or ends."""
        self._engine = engine
        self._journal = journal
        self._retold = retold
        self._use = use
        self._last = 0
        # What a new connection, which asks from the last moment on, tells again. Not "later than the last": the engine
        # tells two containers that go at once in whatever order (measured: a `destroy` 2 ms late).
        self._recent: deque[tuple[Any, ...]] = deque(maxlen=256)
        self._seen = False
        self._look: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Until cancelled: connect, journal `seen`, journal each event; at a loss journal `lost` once, try again."""
        while True:
            try:
                await self._session()
                reason = "the engine ended its events"
            except (OSError, ValueError, LookupError, TypeError, AttributeError, h11.ProtocolError) as error:
                reason = str(error) or type(error).__name__
            if self._seen:
                self._seen = False
                self._journal.write("lost", reason=reason)
            await asyncio.sleep(_RETRY)

    async def _session(self) -> None:
        upstream = await EngineConnection.open(self._engine.path)
        try:
            since = f"?since={self._last // 10**9}.{self._last % 10**9:09d}" if self._last else ""
            await upstream.send_head("GET", f"/events{since}", [])
            await upstream.end()
            answer = await upstream.response()
            if answer.status_code != 200:
                raise ConnectionResetError(f"the engine answered {answer.status_code} to /events")
            await self._snapshot()
            repeating = asyncio.create_task(self._repeat())
            try:
                await self._relay(upstream)
            finally:
                repeating.cancel()
        finally:
            upstream.close()

    async def _repeat(self) -> None:
        """The journal's oldest part is thrown away when it is full; what is left must tell what there is."""
        last = self._journal.written
        while True:
            await asyncio.sleep(_RETRY)
            if self._journal.written - last >= self._retold:
                with suppress(OSError):  # an engine that is silent just now is asked again
                    await self._snapshot(repeated=True)
                    last = self._journal.written

    async def _snapshot(self, **more: bool) -> None:
        """Taken after the events are subscribed to, so that nothing falls between."""
        version = await self._engine.get("/version")
        containers = await self._engine.get("/containers/json?all=1")
        images = await self._engine.get("/images/json")
        if version is None or containers is None or images is None:
            raise ConnectionResetError("the engine did not tell what it holds")
        self._journal.write(
            "seen",
            version=version.get("Version", ""),
            containers=[_container(one) for one in containers],
            images=[_image(one) for one in images],
            **more,
        )
        self._seen = True

    async def _look_at_images(self) -> None:
        await asyncio.sleep(_PAUSE)
        self._look = None
        images = await self._engine.get("/images/json")
        if images is not None:
            self._journal.write("images", images=[_image(one) for one in images])

    async def _relay(self, upstream: EngineConnection) -> None:
        rest = b""
        async for chunk in upstream.chunks():
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > MIB:
                raise ConnectionResetError("an event of the engine is too long")
            for line in filter(None, map(bytes.strip, lines)):
                self._event(json.loads(line))

    def _event(self, event: dict[str, Any]) -> None:
        nano = int(event.get("timeNano") or 0)
        known = (nano, event.get("Type"), event.get("Action"), (event.get("Actor") or {}).get("ID"))
        if nano and known in self._recent:
            return
        self._recent.append(known)
        self._last = max(nano, self._last)
        if event.get("Action") == "top":
            return  # ours, mostly (use.py), and what a learner asks for is in the journal as a call
        self._journal.write("engine", nano / 1e9 if nano else None, event=event)
        if self._use and str(event.get("Action")).partition(":")[0] in _STIRRING:
            self._use.stir()
        if event.get("Type") == "image" and self._look is None:
            self._look = asyncio.create_task(self._look_at_images())


def _container(raw: dict[str, Any]) -> dict[str, Any]:
    ended = re.match(r"Exited \((\d+)\)", raw.get("Status") or "")
    return {
        "id": raw["Id"],
        "name": (raw.get("Names") or [""])[0].lstrip("/"),
        "image": raw.get("Image", ""),
        "command": [raw.get("Command", "")],
        "state": raw.get("State", ""),
        "created_at": raw.get("Created", 0),
        "exit_code": int(ended[1]) if ended else None,
    }


def _image(raw: dict[str, Any]) -> dict[str, Any]:
    return {"id": raw["Id"], "tags": raw.get("RepoTags") or [], "size": raw.get("Size", 0)}
