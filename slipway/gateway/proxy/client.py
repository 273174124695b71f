"""The learner's side of one connection: one request is read, one answer is written, then it is closed."""

from __future__ import annotations

import asyncio
import json
import select
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import h11

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.http_head import END, Head, check_lines, check_raw, head_of
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy.chunked import ChunkFraming

CHUNK = 64 * 1024
_LINGER = 2.0
"""Seconds in which a client that was answered may finish its sentence and hang up."""
_GONE = 0.25
"""How often a client that has closed its sending side is looked at, in seconds."""


class ClientConnection:
    """One connection from a learner."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: GatewayLimits) -> None:
        self.reader = reader
        self.writer = writer
        self.limits = limits
        self.received = 0
        self._held = b""
        self._ended = False
        self._pieces: ChunkFraming | None = None
        self._patience = limits.body_time
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head)

    async def head(self) -> Head | None:
        """The request's head, or None when the client left, or stood there, without a word. Raises Refusal."""
        raw = await self._raw_head()
        if raw is None:
            return None
        try:
            check_raw(raw, self.limits)
            self._h11.receive_data(raw)
            event = self._h11.next_event()
        except h11.RemoteProtocolError as error:
            raise Refusal(error.error_status_hint, "The lab can't read this as HTTP.", "http:syntax") from None
        if not isinstance(event, h11.Request):
            raise Refusal(400, "The lab can't read this as HTTP.", "http:syntax")
        head = head_of(event)
        self._pieces = ChunkFraming() if head.length is None else None
        return head

    async def body(self, most: int) -> bytes:
        """The whole body. Raises Refusal (408, 413) when it is too slow or too large."""
        collected = bytearray()
        async for chunk in self.chunks():
            collected += chunk
            if len(collected) > most:
                raise Refusal(413, f"The lab takes at most {most // 1024} KiB here.", "http:size")
        return bytes(collected)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece.

        Raises Refusal when it is broken (400) or keeps the lab waiting too long, all in all (408), and
        ConnectionResetError when it ends early.
        """
        if self._h11.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while not self._ended:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError:
                raise _broken() from None
            if isinstance(event, h11.Data):
                self.received += len(event.data)
                yield bytes(event.data)
            elif event is h11.NEED_DATA:
                await self._more()
            else:
                self._ended = True

    def abort(self) -> None:
        """Hang up at once, without a word."""
        self.writer.transport.abort()

    async def drain(self, most: int) -> None:
        """Read and forget the body, so that the client is ready to hear why it is refused."""
        with suppress(Refusal, OSError):
            async for _ in self.chunks():
                if self.received > most:
                    return

    def early(self) -> bytes:
        """Bytes that came after the request: they wait until the engine says 101."""
        return self._h11.trailing_data[0] + self._held

    async def start(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """The answer's head; 101 opens a tunnel."""
        if status == 101:
            upgrade = [("Connection", "Upgrade"), ("Upgrade", "tcp"), *headers]
            return await self._send(h11.InformationalResponse(status_code=101, reason=b"UPGRADED", headers=upgrade))
        own = [("Connection", "close"), *headers]
        return await self._send(h11.Response(status_code=status, headers=own))

    async def open(self, headers: Sequence[tuple[str, str]]) -> None:
        """A tunnel that the engine opened with a plain 200: what follows is neither counted nor cut in chunks."""
        lines = ["HTTP/1.1 200 OK", "Connection: close", *(f"{name}: {value}" for name, value in headers)]
        self.writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        await self.writer.drain()

    async def send(self, data: bytes) -> None:
        """A piece of the answer's body, at once on its way."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """The answer is complete."""
        await self._send(h11.EndOfMessage())

    async def say(self, status: int, value: object, head: bool = False) -> None:
        """A whole JSON answer; without its body when the request was a HEAD."""
        body = json.dumps(value).encode() + b"\n"
        await self.start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        if not head:
            await self.send(body)
        await self.end()

    async def gone(self) -> None:
        """Return when the client has really gone; `half_closed` tells before that its sending side is closed."""
        await self.half_closed()
        while not self._hung_up():
            await asyncio.sleep(_GONE)

    async def left(self) -> None:
        """Return some time after the client has hung up, without reading what it still said."""
        while not self._hung_up():
            await asyncio.sleep(_GONE)
        await asyncio.sleep(_LINGER)

    async def half_closed(self) -> None:
        """Return when the client sends no more; surplus bytes are ignored."""
        try:
            while await self.reader.read(CHUNK):
                pass
        except OSError:
            return

    def _hung_up(self) -> bool:
        if self.writer.transport.is_closing():
            return True
        poll = select.poll()
        poll.register(self.writer.get_extra_info("socket").fileno(), 0)
        return bool(poll.poll(0))

    async def close(self) -> None:
        """Close kindly: say that no more comes, and let the client finish its sentence."""
        try:
            if self.writer.can_write_eof():
                self.writer.write_eof()
            async with asyncio.timeout(_LINGER):
                await self.half_closed()
        except (OSError, TimeoutError):
            pass
        finally:
            self.writer.close()

    async def _raw_head(self) -> bytes | None:
        raw = bytearray()
        try:
            async with asyncio.timeout(self.limits.head_time):
                while END not in raw and len(raw) <= self.limits.head and (data := await self.reader.read(4096)):
                    raw += data
                    if END not in raw:
                        check_lines(raw, max(0, len(raw) - len(data) - 1))
        except TimeoutError:
            if raw:
                raise Refusal(408, "The request's head took too long.", "http:slow") from None
        if not raw:
            return None
        end = raw.find(END) + len(END)
        if end < len(END) and len(raw) <= self.limits.head:
            raise Refusal(400, "The request ends in its head.", "http:syntax")
        if end < len(END) or end > self.limits.head:
            raise Refusal(431, f"The lab takes at most {self.limits.head // 1024} KiB of headers.", "http:head")
        self._held = bytes(raw[end:])
        return bytes(raw[:end])

    async def _patiently(self) -> bytes:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._patience):
                return await self.reader.read(CHUNK)
        except TimeoutError:
            raise Refusal(408, "The request's body took too long.", "http:slow") from None
        finally:
            self._patience -= clock() - began

    async def _more(self) -> None:
        data, self._held = self._held or await self._patiently(), b""
        if not data:
            raise ConnectionResetError("the client left in the middle of its request")
        try:
            if self._pieces:
                self._pieces.feed(data)
        except ValueError:
            self._ended = True  # there is no use in reading on
            raise _broken() from None
        self._h11.receive_data(data)

    async def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()


def _broken() -> Refusal:
    return Refusal(400, "The request's body is broken.", "http:body")
