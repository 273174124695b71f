"""A two-way stream between a client and a container: raw bytes, never re-cut, each side's "no more" passed on.

Opened by exchange.py after the engine has said 101. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from slipway.gateway.engine_client import EngineConnection
from slipway.gateway.proxy.client import CHUNK, ClientConnection
from slipway.gateway.proxy.outcome import CallOutcome
from slipway.gateway.proxy.stream_errors import QUIET_LINE, spoken


class Tunnel:
    """Lasts until the engine ends, the client has gone, or nobody has said anything for `idle` seconds."""

    def __init__(self, client: ClientConnection, upstream: EngineConnection, outcome: CallOutcome, idle: float) -> None:
        self._client = client
        self._upstream = upstream
        self._outcome = outcome
        self._idle = idle
        self._clock = asyncio.get_running_loop().time
        self._active = self._clock()

    async def run(self) -> None:
        """Carry bytes both ways; notes in the outcome what went by (the request itself no more), and whether the client
        left first."""
        self._outcome.sent = 0
        inward = asyncio.create_task(self._inward())
        outward = asyncio.create_task(self._outward())
        try:
            await self._watch(inward, outward)
        finally:
            for task in (inward, outward):
                task.cancel()
            await asyncio.gather(inward, outward, return_exceptions=True)

    async def _watch(self, inward: asyncio.Task[None], outward: asyncio.Task[bool]) -> None:
        while not outward.done():
            left = self._active + self._idle - self._clock()
            done, _ = await asyncio.wait({inward, outward}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if inward.done() and not outward.done():
                self._outcome.cut = True
                return None
            if not done and self._clock() - self._active >= self._idle:
                return self._say_why()
        self._outcome.cut = outward.result()
        return None

    def _say_why(self) -> None:
        """To a client that reads: one that does not has had no whole frame yet."""
        self._outcome.message = QUIET_LINE
        sample = self._outcome.sample
        if sample and not self._client.writer.transport.get_write_buffer_size():
            self._client.writer.write(spoken(sample, QUIET_LINE))

    async def _inward(self) -> None:
        """The client's bytes to the engine; ends when the client has really gone, not when it only says no more."""
        data = self._client.early()
        with suppress(OSError):
            while data := data or await self._client.reader.read(CHUNK):
                self._active = self._clock()
                self._said(data)
                self._upstream.writer.write(data)
                await self._upstream.writer.drain()
                data = b""
            self._upstream.writer.write_eof()
        await self._client.gone()

    async def _outward(self) -> bool:
        """The engine's bytes to the client, until the engine ends; True when the client left before."""
        data = self._upstream.early()
        while data := data or await _read(self._upstream.reader):
            self._active = self._clock()
            try:
                self._client.writer.write(data)
                await self._client.writer.drain()
            except OSError:
                return True
            self._outcome.received += len(data)
            if self._outcome.sample:
                self._outcome.sample.feed(data)
            self._outcome.moved()
            data = b""
        return False

    def _said(self, data: bytes) -> None:
        self._outcome.sent += len(data)
        if self._outcome.sample:
            self._outcome.sample.stdin.add(data)
        self._outcome.moved()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK)
    except OSError:
        return b""
