"""Access to the engine's socket: one connection per request, and short queries for the gateway itself."""

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
_MAX_CONCURRENT_READS = 8
"""Answers read at the same time: one may be as long as the labels that a learner gave an image."""


class EngineConnection:
    """One request to the engine and its response, over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MIB)

    @classmethod
    async def open(cls, path: str) -> EngineConnection:
        """Connect to the engine's socket at `path`. Raises OSError if nothing listens there."""
        return cls(*await asyncio.open_unix_connection(path, limit=CHUNK))

    async def send_head(self, method: str, target: str, headers: list[tuple[str, str]]) -> None:
        """Send the request line and headers; Host is added."""
        event = h11.Request(method=method, target=target, headers=[("Host", "docker"), *headers])
        await self._send(event)

    async def send(self, data: bytes) -> None:
        """Send a piece of the request's body."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """End the request's body."""
        await self._send(h11.EndOfMessage())

    async def read_response(self) -> h11.Response | h11.InformationalResponse:
        """Return the response's head: final, or 101. Raises h11.RemoteProtocolError, OSError."""
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise ConnectionResetError("the engine closed the connection before it answered")

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the response's body as it arrives."""
        while True:
            event = await self._next()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    def early_data(self) -> bytes:
        """Return the tunnel's bytes that arrived together with the 101."""
        return self._h11.trailing_data[0]

    def close(self) -> None:
        """Disconnect; the engine sees its client leave."""
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
    """The gateway's own queries to the engine. `timeout` is seconds for each."""

    def __init__(self, path: str, timeout: float) -> None:
        self.path = path
        self._timeout = timeout
        self._read_slots = asyncio.Semaphore(_MAX_CONCURRENT_READS)

    async def get(self, target: str, max_bytes: int = 4 * MIB) -> Any:
        """Return the JSON answer to `GET target`; None for an error, a timeout, or an answer that is not JSON."""
        with suppress(ConnectionError):
            status, value = await self.get_with_status(target, max_bytes)
            return value if status < 300 else None
        return None

    async def get_with_status(self, target: str, max_bytes: int = 4 * MIB) -> tuple[int, Any]:
        """Return the status and the JSON of the answer to `GET target`; None if the body is not JSON.

        Raises ConnectionError if the engine gives no complete answer in time, or answers 5xx.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._request(target, max_bytes)
        except (OSError, h11.ProtocolError, TimeoutError) as error:
            raise ConnectionError(f"the engine did not answer {target}") from error

    async def inspect_container(self, ref: str) -> dict[str, Any]:
        """Return the engine's description of a container; {} if there is none."""
        inspected = await self.get(f"/containers/{quote(ref, safe='')}/json", MIB)
        return inspected if isinstance(inspected, dict) else {}

    async def remove_container(self, ref: str) -> None:
        """Remove a container and its anonymous volumes. Raises OSError, h11.ProtocolError."""
        connection = await EngineConnection.open(self.path)
        try:
            await connection.send_head("DELETE", f"/containers/{quote(ref, safe='')}?v=1", [("Connection", "close")])
            await connection.end()
            await connection.read_response()
        finally:
            connection.close()

    async def _request(self, target: str, max_bytes: int) -> tuple[int, Any]:
        connection = await EngineConnection.open(self.path)
        try:
            await connection.send_head("GET", target, [("Connection", "close")])
            await connection.end()
            response = await connection.read_response()
            async with self._read_slots:  # only now: a slow answer of the engine must not keep other queries waiting
                body = await _read_body(connection, max_bytes)
                if response.status_code >= 500:
                    raise ConnectionError(f"the engine answered {response.status_code}")
                return response.status_code, _parse_json(body)
        finally:
            connection.close()


async def _read_body(connection: EngineConnection, max_bytes: int) -> bytearray:
    body = bytearray()
    async for chunk in connection.chunks():
        body += chunk
        if len(body) > max_bytes:
            raise ConnectionError("the engine's answer is too long")
    return body


def _parse_json(body: bytearray) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
