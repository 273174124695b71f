"""A two-way stream between a client and a container: passes raw bytes, and each side's end of data, unchanged.

Opened by exchange.py once the engine has answered 101. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from slipway.gateway.engine_client import EngineConnection
from slipway.gateway.proxy.client import CHUNK, ClientConnection
from slipway.gateway.proxy.outcome import CallOutcome
from slipway.gateway.proxy.stream_errors import IDLE_TUNNEL_MESSAGE, encode_for_stream


class Tunnel:
    """Lasts until the engine ends it, the client disconnects, or no data has passed for `idle` seconds."""

    def __init__(self, client: ClientConnection, upstream: EngineConnection, outcome: CallOutcome, idle: float) -> None:
        self._client = client
        self._upstream = upstream
        self._outcome = outcome
        self._idle = idle
        self._clock = asyncio.get_running_loop().time
        self._last_active = self._clock()

    async def run(self) -> None:
        """Pass bytes both ways; count them in the outcome, without the request's own, and note if the client left
        first."""
        self._outcome.sent = 0
        to_engine = asyncio.create_task(self._client_to_engine())
        to_client = asyncio.create_task(self._engine_to_client())
        try:
            await self._wait(to_engine, to_client)
        finally:
            for task in (to_engine, to_client):
                task.cancel()
            await asyncio.gather(to_engine, to_client, return_exceptions=True)

    async def _wait(self, to_engine: asyncio.Task[None], to_client: asyncio.Task[bool]) -> None:
        while not to_client.done():
            left = self._last_active + self._idle - self._clock()
            done, _ = await asyncio.wait({to_engine, to_client}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if to_engine.done() and not to_client.done():
                self._outcome.cut = True
                return None
            if not done and self._clock() - self._last_active >= self._idle:
                return self._send_idle_message()
        self._outcome.cut = to_client.result()
        return None

    def _send_idle_message(self) -> None:
        """Send it only to a client that reads: one that does not may not have received a whole frame."""
        self._outcome.message = IDLE_TUNNEL_MESSAGE
        sample = self._outcome.sample
        if sample and not self._client.writer.transport.get_write_buffer_size():
            self._client.writer.write(encode_for_stream(sample, IDLE_TUNNEL_MESSAGE))

    async def _client_to_engine(self) -> None:
        """Pass the client's bytes on until the client has disconnected; closing its sending side is not the end."""
        data = self._client.early_data()
        with suppress(OSError):
            while data := data or await self._client.reader.read(CHUNK):
                self._last_active = self._clock()
                self._count_sent(data)
                self._upstream.writer.write(data)
                await self._upstream.writer.drain()
                data = b""
            self._upstream.writer.write_eof()
        await self._client.wait_disconnected()

    async def _engine_to_client(self) -> bool:
        """Pass the engine's bytes on until it ends; return True if the client left before."""
        data = self._upstream.early_data()
        while data := data or await _read(self._upstream.reader):
            self._last_active = self._clock()
            try:
                self._client.writer.write(data)
                await self._client.writer.drain()
            except OSError:
                return True
            self._outcome.received += len(data)
            if self._outcome.sample:
                self._outcome.sample.feed(data)
            self._outcome.notify_progress()
            data = b""
        return False

    def _count_sent(self, data: bytes) -> None:
        self._outcome.sent += len(data)
        if self._outcome.sample:
            self._outcome.sample.stdin.add(data)
        self._outcome.notify_progress()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK)
    except OSError:
        return b""
