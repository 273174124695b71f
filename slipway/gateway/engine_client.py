"""The engine's socket: a fresh connection for each request, and small questions of the gateway's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import h11

from slipway.gateway.limits import MIB

CHUNK = 64 * 1024
_QUESTIONS = 8
"""How many answers are read at once: one may be as long as the labels that somebody gave an image."""


class EngineConnection:
    """One request to the engine and its answer, over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MIB)

    @classmethod
    async def open(cls, path: str) -> EngineConnection:
        """A connection to the engine's socket at `path`. Raises OSError when nobody listens."""
        return cls(*await asyncio.open_unix_connection(path, limit=CHUNK))

    async def send_head(self, method: str, target: str, headers: list[tuple[str, str]]) -> None:
        """The request's line and headers, all of them the gateway's own."""
        event = h11.Request(method=method, target=target, headers=[("Host", "docker"), *headers])
        await self._send(event)

    async def send(self, data: bytes) -> None:
        """A piece of the request's body."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """The body is complete."""
        await self._send(h11.EndOfMessage())

    async def response(self) -> h11.Response | h11.InformationalResponse:
        """The answer's head: final, or 101. Raises h11.RemoteProtocolError, OSError."""
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise ConnectionResetError("the engine closed the connection before it answered")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The answer's body, piece by piece as it comes."""
        while True:
            event = await self._next()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    def early(self) -> bytes:
        """Bytes of a tunnel that came together with the 101."""
        return self._h11.trailing_data[0]

    def close(self) -> None:
        """Leave; the engine sees its client go."""
        self.writer.close()

    async def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()

    async def _next(self) -> Any:
        while True:
            event = self._h11.next_event()
            if event is not h11.NEED_DATA:
                return event
            self._h11.receive_data(await self.reader.read(CHUNK))


class EngineClient:
    """Questions that the gateway asks the engine for itself."""

    def __init__(self, path: str, patience: float) -> None:
        self.path = path
        self._patience = patience
        self._turns = asyncio.Semaphore(_QUESTIONS)

    async def get(self, target: str, most: int = 4 * MIB) -> Any:
        """The JSON answer to `GET target`, or None: not found, not in time, not there, not JSON."""
        with suppress(ConnectionError):
            status, value = await self.look(target, most)
            return value if status < 300 else None
        return None

    async def look(self, target: str, most: int = 4 * MIB) -> tuple[int, Any]:
        """The status and the JSON of the answer to `GET target`; None for what is no JSON.

        Raises ConnectionError when the engine did not answer, not in time, not as a whole, or of a fault of its own.
        """
        try:
            async with asyncio.timeout(self._patience):
                return await self._get(target, most)
        except (OSError, h11.ProtocolError, TimeoutError) as error:
            raise ConnectionError(f"the engine did not answer {target}") from error

    async def container(self, ref: str) -> dict[str, Any]:
        """What the engine knows of a container, {} when it knows none."""
        found = await self.get(f"/containers/{quote(ref, safe='')}/json", MIB)
        return found if isinstance(found, dict) else {}

    async def give_up(self, ref: str) -> None:
        """Remove a container that was to remove itself, but may not start: so does the engine when a start fails."""
        upstream = await EngineConnection.open(self.path)
        try:
            await upstream.send_head("DELETE", f"/containers/{quote(ref, safe='')}?v=1", [("Connection", "close")])
            await upstream.end()
            await upstream.response()
        finally:
            upstream.close()

    async def _get(self, target: str, most: int) -> tuple[int, Any]:
        upstream = await EngineConnection.open(self.path)
        try:
            await upstream.send_head("GET", target, [("Connection", "close")])
            await upstream.end()
            answer = await upstream.response()
            async with self._turns:  # only now: an engine that thinks long about one must not keep the others waiting
                body = await _whole(upstream, most)
                if answer.status_code >= 500:
                    raise ConnectionError(f"the engine answered {answer.status_code}")
                return answer.status_code, _json(body)
        finally:
            upstream.close()


async def _whole(upstream: EngineConnection, most: int) -> bytearray:
    body = bytearray()
    async for chunk in upstream.chunks():
        body += chunk
        if len(body) > most:
            raise ConnectionError("the engine's answer is too long")
    return body


def _json(body: bytearray) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
