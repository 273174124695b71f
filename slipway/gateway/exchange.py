"""One allowed call, from the moment it goes to the engine until its answer is complete or a side has gone."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import h11

from slipway.gateway import answers
from slipway.gateway.client import CHUNK, Client
from slipway.gateway.engine import Upstream
from slipway.gateway.http import Head
from slipway.gateway.limits import KIB, Limits
from slipway.gateway.policy import Allowed
from slipway.gateway.refusal import Refusal
from slipway.gateway.sample import Sample

_PASSED = frozenset(
    {"api-version", "ostype", "docker-experimental", "builder-version", "swarm", "content-type", "cache-control"}
    | {"pragma", "server", "x-docker-container-path-stat", "content-length", "date"}
)
_SAMPLED = frozenset({"container.attach", "container.logs", "exec.start"})
_NOTED = 64 * KIB
_GONE = "The engine of this sandbox doesn't answer. It may be starting again: wait a moment, then try again."
_COPY = "docker cp takes at most {most} MiB at once in this lab, whose disks are small. What came before that is there."
_CONTEXT = (
    "A build takes at most {most} MiB of files in this lab. Build in a directory of its own, "
    "or name what is not needed in a file .dockerignore."
)
_QUIET = "Nothing has happened here for a long while, so the lab has closed this call. Type the command again."
_TOO_LONG = "The lab gives a build two minutes, and they are over."


class TooLong(Exception):
    """A call has used up its time."""


@dataclass
class Outcome:
    """What became of a call, for the journal."""

    status: int = 0
    sent: int = 0
    received: int = 0
    cut: bool = False
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    sample: Sample | None = None


class Exchange:
    """Carries one call's bytes both ways."""

    def __init__(self, client: Client, head: Head, allowed: Allowed, limits: Limits) -> None:
        self.client = client
        self.head = head
        self.allowed = allowed
        self.limits = limits
        self.outcome = Outcome()
        self._noted = bytearray()
        self._begun = False

    async def run(self, engine_path: str, tty: bool) -> Outcome:
        """Forward the call and relay its answer. Never raises but CancelledError."""
        if self.allowed.route.name in _SAMPLED:
            self.outcome.sample = Sample(tty, self.limits.sample)
        upstream: Upstream | None = None
        try:
            self._check_size(self.head.length or 0)
            upstream = await Upstream.open(engine_path)
            async with asyncio.timeout(self.limits.build_time if self.allowed.route.tar else None):
                await self._both(upstream)
        except Refusal as refusal:
            await self._apologise(refusal.status, refusal.message)
        except TimeoutError:
            await self._apologise(504, _TOO_LONG if self.allowed.route.tar else _QUIET)
        except (OSError, h11.ProtocolError):
            await self._apologise(503, _GONE)
        finally:
            if upstream:
                upstream.close()
        return self._result()

    async def _both(self, upstream: Upstream) -> None:
        await upstream.send_head(self.allowed.method, self.allowed.target, self._headers())
        incoming = asyncio.create_task(self._incoming(upstream))
        answer = asyncio.create_task(self._answer(upstream))
        try:
            await asyncio.wait({incoming, answer}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done() and incoming.exception() is None:
                self.outcome.cut = True
            elif not answer.done():
                incoming.result()
            else:
                answer.result()
        finally:
            for task in (incoming, answer):
                task.cancel()
            await asyncio.gather(incoming, answer, return_exceptions=True)

    def _headers(self) -> list[tuple[str, str]]:
        headers = [("User-Agent", self.head.user_agent or "slipway-gateway")]
        if self.head.accept:
            headers.append(("Accept", self.head.accept))
        if self.allowed.route.tar:
            headers.append(("Content-Type", "application/x-tar"))
        elif self.allowed.json is not None:
            headers.append(("Content-Type", "application/json"))
        body = self.allowed.body
        if body is None and self.head.length is None:
            headers.append(("Transfer-Encoding", "chunked"))
        elif self.allowed.method in ("POST", "PUT"):
            headers.append(("Content-Length", str(len(body) if body is not None else self.head.length)))
        wish = [("Connection", "Upgrade"), ("Upgrade", "tcp")] if self.allowed.upgrade else [("Connection", "close")]
        return headers + wish

    async def _incoming(self, upstream: Upstream) -> None:
        """The request's body, and then the client's leaving; ends only when the client has gone."""
        try:
            await self._upload(upstream)
        except ConnectionResetError:
            return
        if self.allowed.upgrade:
            await asyncio.Event().wait()  # the tunnel reads the client from here on
        await self.client.half_closed()
        # Go's server takes a closed sending side for a client that left, and tells its handlers so.
        with suppress(OSError):
            upstream.writer.write_eof()
        await self.client.gone()

    async def _upload(self, upstream: Upstream) -> None:
        if self.allowed.body is not None:
            self.outcome.sent = len(self.allowed.body)
            if self.allowed.body:
                await upstream.send(self.allowed.body)
            return await upstream.end()
        async for chunk in self.client.chunks():
            self.outcome.sent += len(chunk)
            self._check_size(self.outcome.sent)
            with suppress(OSError):
                await upstream.send(chunk)
        with suppress(OSError):
            await upstream.end()
        return None

    def _check_size(self, size: int) -> None:
        copied = self.allowed.route.flow == "upload"
        most, sentence = (self.limits.archive, _COPY) if copied else (self.limits.build_context, _CONTEXT)
        if size > most:
            raise Refusal(413, sentence.format(most=most // (KIB * KIB)), "limit:size")

    async def _answer(self, upstream: Upstream) -> None:
        async with asyncio.timeout(self.limits.idle):
            response = await upstream.response()
        self.outcome.status = response.status_code
        if isinstance(response, h11.InformationalResponse):
            if not self.allowed.upgrade:
                raise ConnectionResetError("the engine opened a tunnel that nobody asked for")
            return await self._tunnel(upstream, _passed(response))
        if response.status_code < 400 and self.allowed.route.name in answers.REWRITTEN:
            return await self._rewritten(upstream, response)
        return await self._streamed(upstream, response)

    async def _streamed(self, upstream: Upstream, response: h11.Response) -> None:
        await self._start(response.status_code, _passed(response))
        chunks = upstream.chunks()
        while True:
            async with asyncio.timeout(self.limits.idle):
                chunk = await anext(chunks, None)
            if chunk is None:
                return await self._end()
            self._note(chunk)
            if self.outcome.sample and response.status_code < 400:
                self.outcome.sample.feed(chunk)
            await self._send(chunk)

    async def _rewritten(self, upstream: Upstream, response: h11.Response) -> None:
        body = bytearray()
        async for chunk in upstream.chunks():
            body += chunk
            if len(body) > self.limits.answer:
                raise ConnectionResetError("the engine's answer is too long")
        self._note(bytes(body))
        changed = answers.REWRITTEN[self.allowed.route.name](bytes(body))
        headers = [pair for pair in _passed(response) if pair[0].lower() != "content-length"]
        await self._start(response.status_code, [*headers, ("Content-Length", str(len(changed)))])
        await self._send(changed)
        await self._end()

    async def _tunnel(self, upstream: Upstream, headers: list[tuple[str, str]]) -> None:
        await self._start(101, [pair for pair in headers if pair[0].lower() != "content-length"])
        clock = asyncio.get_running_loop().time
        self._active = clock()
        inward = asyncio.create_task(self._inward(upstream))
        outward = asyncio.create_task(self._outward(upstream))
        try:
            while not outward.done():
                left = self._active + self.limits.idle - clock()
                open_ends = {inward, outward} if not inward.done() else {outward}
                done, _ = await asyncio.wait(open_ends, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if inward.done() and not outward.done():
                    self.outcome.cut = True
                    return
                if not done and clock() - self._active >= self.limits.idle:
                    return
            self.outcome.cut = outward.result()
        finally:
            for task in (inward, outward):
                task.cancel()
            await asyncio.gather(inward, outward, return_exceptions=True)

    async def _inward(self, upstream: Upstream) -> None:
        """The client's bytes to the engine; ends when the client has really gone, not when it only says no more."""
        data = self.client.early()
        with suppress(OSError):
            while data := data or await self.client.reader.read(CHUNK):
                self._active = asyncio.get_running_loop().time()
                self.outcome.sent += len(data)
                upstream.writer.write(data)
                await upstream.writer.drain()
                data = b""
            upstream.writer.write_eof()
        await self.client.gone()

    async def _outward(self, upstream: Upstream) -> bool:
        """The engine's bytes to the client, until the engine ends; True when the client left before."""
        data = upstream.early()
        while data := data or await _read(upstream.reader):
            self._active = asyncio.get_running_loop().time()
            try:
                self.client.writer.write(data)
                await self.client.writer.drain()
            except OSError:
                return True
            self.outcome.received += len(data)
            if self.outcome.sample:
                self.outcome.sample.feed(data)
            data = b""
        return False

    async def _start(self, status: int, headers: list[tuple[str, str]]) -> None:
        self._begun = True
        await self._to_client(self.client.start(status, headers))

    async def _send(self, data: bytes) -> None:
        self.outcome.received += len(data)
        await self._to_client(self.client.send(data))

    async def _end(self) -> None:
        await self._to_client(self.client.end())

    async def _to_client(self, writing: Any) -> None:
        try:
            await writing
        except OSError:
            self.outcome.cut = True
            raise

    def _note(self, chunk: bytes) -> None:
        if len(self._noted) < _NOTED:
            self._noted += chunk[:_NOTED]

    async def _apologise(self, status: int, message: str) -> None:
        """Tell the client what went wrong, in whatever way it can still hear."""
        if self.outcome.cut:
            return
        self.outcome.message = message
        with suppress(OSError, h11.LocalProtocolError):
            if not self._begun:
                self.outcome.status = status
                if self.allowed.body is None:
                    await self.client.drain(self.limits.build_context)
                await self.client.say(status, {"message": message}, head=self.allowed.method == "HEAD")
            elif self.allowed.route.flow in ("build", "stream"):
                line = {"errorDetail": {"message": message}, "error": message}
                await self.client.send(json.dumps(line).encode() + b"\n")
                await self.client.end()

    def _result(self) -> Outcome:
        if self._noted:
            message, result = answers.facts(self.allowed.route.name, self.outcome.status, bytes(self._noted))
            self.outcome.message = self.outcome.message or message
            self.outcome.result = result
        return self.outcome


def _passed(response: h11.Response | h11.InformationalResponse) -> list[tuple[str, str]]:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
    return [pair for pair in headers if pair[0].lower() in _PASSED]


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK)
    except OSError:
        return b""
