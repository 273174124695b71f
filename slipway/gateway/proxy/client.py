"""The client's side of one connection: reads one request, writes one response, then closes."""

from __future__ import annotations

import asyncio
import json
import select
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import h11

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.http_head import HEAD_END, Head, check_lines, check_raw, parse_head
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy.chunked import ChunkFraming

CHUNK = 64 * 1024
_LINGER = 2.0
"""Seconds that a client has, once answered, to finish sending and to close."""
_POLL_INTERVAL = 0.25
"""Seconds between two checks whether a client that has closed its sending side is still there."""


class ClientConnection:
    """One connection from a learner's docker client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: GatewayLimits) -> None:
        self.reader = reader
        self.writer = writer
        self.limits = limits
        self.received = 0
        self._buffered = b""
        self._body_complete = False
        self._framing: ChunkFraming | None = None
        self._body_time_left = limits.body_time
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head)

    async def read_head(self) -> Head | None:
        """Return the request's head; None if the client left, or timed out, without sending a byte. Raises Refusal."""
        raw = await self._read_raw_head()
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
        head = parse_head(event)
        self._framing = ChunkFraming() if head.length is None else None
        return head

    async def read_body(self, max_bytes: int) -> bytes:
        """Return the whole body. Raises Refusal (408, 413) if it is too slow or too large."""
        body = bytearray()
        async for chunk in self.body_chunks():
            body += chunk
            if len(body) > max_bytes:
                raise Refusal(413, f"The lab takes at most {max_bytes // 1024} KiB here.", "http:size")
        return bytes(body)

    async def body_chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises Refusal if it is malformed (400) or exceeds the total waiting time (408), and ConnectionResetError if it
        ends early.
        """
        if self._h11.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while not self._body_complete:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError:
                raise _malformed_body() from None
            if isinstance(event, h11.Data):
                self.received += len(event.data)
                yield bytes(event.data)
            elif event is h11.NEED_DATA:
                await self._receive()
            else:
                self._body_complete = True

    def abort(self) -> None:
        """Disconnect at once, without a response."""
        self.writer.transport.abort()

    async def drain(self, max_bytes: int) -> None:
        """Read and discard the body, so that the client is ready to read why it is refused."""
        with suppress(Refusal, OSError):
            async for _ in self.body_chunks():
                if self.received > max_bytes:
                    return

    def early_data(self) -> bytes:
        """Return bytes that came after the request: they wait until the engine answers 101."""
        return self._h11.trailing_data[0] + self._buffered

    async def start_response(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Send the response's head; 101 opens a tunnel."""
        if status == 101:
            upgrade = [("Connection", "Upgrade"), ("Upgrade", "tcp"), *headers]
            return await self._send(h11.InformationalResponse(status_code=101, reason=b"UPGRADED", headers=upgrade))
        own = [("Connection", "close"), *headers]
        return await self._send(h11.Response(status_code=status, headers=own))

    async def start_raw_stream(self, headers: Sequence[tuple[str, str]]) -> None:
        """Send the head of a tunnel that the engine opened with a plain 200: neither a length nor chunks follow."""
        lines = ["HTTP/1.1 200 OK", "Connection: close", *(f"{name}: {value}" for name, value in headers)]
        self.writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        await self.writer.drain()

    async def send(self, data: bytes) -> None:
        """Send a piece of the response's body immediately."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """End the response."""
        await self._send(h11.EndOfMessage())

    async def send_json(self, status: int, value: object, head_only: bool = False) -> None:
        """Send a whole JSON response; `head_only` leaves out its body (HEAD)."""
        body = json.dumps(value).encode() + b"\n"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        await self.start_response(status, headers)
        if not head_only:
            await self.send(body)
        await self.end()

    async def wait_disconnected(self) -> None:
        """Return when the client has closed both sides; reads and ignores what it still sends."""
        await self.wait_half_closed()
        while not self._is_disconnected():
            await asyncio.sleep(_POLL_INTERVAL)

    async def wait_abandoned(self) -> None:
        """Return some time after the client has disconnected, without reading what it still sent."""
        while not self._is_disconnected():
            await asyncio.sleep(_POLL_INTERVAL)
        await asyncio.sleep(_LINGER)

    async def wait_half_closed(self) -> None:
        """Return when the client has closed its sending side; ignores surplus bytes."""
        try:
            while await self.reader.read(CHUNK):
                pass
        except OSError:
            return

    def _is_disconnected(self) -> bool:
        if self.writer.transport.is_closing():
            return True
        poll = select.poll()
        poll.register(self.writer.get_extra_info("socket").fileno(), 0)
        return bool(poll.poll(0))

    async def close(self) -> None:
        """Close gracefully: close the sending side, then let the client finish."""
        try:
            if self.writer.can_write_eof():
                self.writer.write_eof()
            async with asyncio.timeout(_LINGER):
                await self.wait_half_closed()
        except (OSError, TimeoutError):
            pass
        finally:
            self.writer.close()

    async def _read_raw_head(self) -> bytes | None:
        raw = bytearray()
        try:
            async with asyncio.timeout(self.limits.head_time):
                while HEAD_END not in raw and len(raw) <= self.limits.head and (data := await self.reader.read(4096)):
                    raw += data
                    if HEAD_END not in raw:
                        check_lines(raw, max(0, len(raw) - len(data) - 1))
        except TimeoutError:
            if raw:
                raise Refusal(408, "The request's head took too long.", "http:slow") from None
        if not raw:
            return None
        end = raw.find(HEAD_END) + len(HEAD_END)
        if end < len(HEAD_END) and len(raw) <= self.limits.head:
            raise Refusal(400, "The request ends in its head.", "http:syntax")
        if end < len(HEAD_END) or end > self.limits.head:
            raise Refusal(431, f"The lab takes at most {self.limits.head // 1024} KiB of headers.", "http:head")
        self._buffered = bytes(raw[end:])
        return bytes(raw[:end])

    async def _read_in_time(self) -> bytes:
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._body_time_left):
                return await self.reader.read(CHUNK)
        except TimeoutError:
            raise Refusal(408, "The request's body took too long.", "http:slow") from None
        finally:
            self._body_time_left -= clock() - started

    async def _receive(self) -> None:
        data, self._buffered = self._buffered or await self._read_in_time(), b""
        if not data:
            raise ConnectionResetError("the client disconnected in the middle of its request")
        try:
            if self._framing:
                self._framing.feed(data)
        except ValueError:
            self._body_complete = True  # reading on is useless
            raise _malformed_body() from None
        self._h11.receive_data(data)

    async def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()


def _malformed_body() -> Refusal:
    return Refusal(400, "The request's body is broken.", "http:body")
