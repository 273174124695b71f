"""One allowed call, from the moment it goes to the engine until its answer is complete or a side has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import h11

from slipway.gateway.engine_client import EngineConnection
from slipway.gateway.journal.progress import CallProgress, LayerProgress, flow
from slipway.gateway.journal.stream_sample import StreamSample
from slipway.gateway.limits import KIB, MIB, GatewayLimits
from slipway.gateway.policy.decision import Allowed
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy import response_rewriting
from slipway.gateway.proxy.client import ClientConnection
from slipway.gateway.proxy.outcome import CallOutcome
from slipway.gateway.proxy.stream_errors import QUIET, last_word
from slipway.gateway.proxy.tunnel import Tunnel
from slipway.gateway.quotas.admission import TokenBucket

_PASSED = frozenset(
    {"api-version", "ostype", "docker-experimental", "builder-version", "swarm", "content-type", "cache-control"}
    | {"pragma", "server", "x-docker-container-path-stat", "content-length", "date"}
)
_SAMPLED = frozenset({"container.attach", "container.logs", "exec.start"})
_STREAM_TYPES = (b"application/vnd.docker.raw-stream", b"application/vnd.docker.multiplexed-stream")
_NOTED = 256 * KIB
"""Bytes of an answer in which facts are looked for: `docker system df` tells every container and image."""
_GONE = "The engine of this sandbox doesn't answer. It may be starting again: wait a moment, then try again."
_COPY = "docker cp takes at most {most} MiB at once in this lab, whose disks are small. What came before that is there."
_COPY_OUT = "docker cp takes at most {most} MiB out of a container in this lab. Copy single files instead."
_PADDING = 64 * KIB
"""What an archive is larger than its files, when they are few."""
_CONTEXT = (
    "A build takes at most {most} MiB of files in this lab. Build in a directory of its own, "
    "or name what is not needed in a file .dockerignore."
)
_TOO_LONG = "The lab gives a build {most} seconds, and they are over. Do less in one build."


class TooLong(Exception):
    """A call has used up its time."""


class Exchange:
    """Carries one call's bytes both ways."""

    def __init__(self, client: ClientConnection, head: Head, allowed: Allowed, limits: GatewayLimits) -> None:
        self.client = client
        self.head = head
        self.allowed = allowed
        self.limits = limits
        self.outcome = CallOutcome()
        self._noted = bytearray()
        self._layers = LayerProgress() if allowed.route.name == "image.pull" else None
        self._begun = False
        # A wait says nothing until its container has ended, however long that takes; how many there may be is bounded.
        self._idle = None if allowed.route.flow == "wait" else limits.idle

    def watched(self, tty: bool, tell: Callable[..., None], allowance: TokenBucket) -> CallProgress | None:
        """Who tells, while this call lasts, what flows: `tell(kind, **facts)`. None when nothing does."""
        if self.allowed.route.name in _SAMPLED:
            sample = self.outcome.sample = StreamSample(tty, self.limits.sample)
            self.outcome.underway = CallProgress(
                lambda: {"flow": flow(sample)}, partial(_told, tell, "flow"), allowance
            )
        if self._layers:
            layers = self._layers
            self.outcome.underway = CallProgress(lambda: layers.seen, partial(_told, tell, "pull"), allowance)
        return self.outcome.underway

    async def run(self, engine_path: str) -> CallOutcome:
        """Forward the call and relay its answer. Never raises but CancelledError."""
        upstream: EngineConnection | None = None
        try:
            self._check_size(self.head.length or 0)
            upstream = await EngineConnection.open(engine_path)
            async with asyncio.timeout(self.limits.build_time if self.allowed.route.tar else None):
                await self._both(upstream)
        except Refusal as refusal:
            await self._apologise(refusal.status, refusal.message)
        except TimeoutError:
            late = _TOO_LONG.format(most=round(self.limits.build_time))
            await self._apologise(504, late if self.allowed.route.tar else QUIET)
        except (OSError, h11.ProtocolError):
            await self._apologise(503, _GONE)
        finally:
            if upstream:
                upstream.close()
        return self._result()

    async def _both(self, upstream: EngineConnection) -> None:
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

    async def _incoming(self, upstream: EngineConnection) -> None:
        """The request's body, and then the client's leaving; ends only when the client has gone."""
        try:
            await self._upload(upstream)
        except ConnectionResetError:
            return
        if self.allowed.upgrade:
            # What the client says from here on is the tunnel's to read; here it is only watched, lest a client that
            # left before the engine answered, or while its container does not listen, is served for ever.
            await self.client.left()
            return
        await self.client.half_closed()
        # Go's server takes a closed sending side for a client that left, and tells its handlers so.
        with suppress(OSError):
            upstream.writer.write_eof()
        await self.client.gone()
        return

    async def _upload(self, upstream: EngineConnection) -> None:
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
            raise Refusal(413, sentence.format(most=most // MIB), "limit:size")

    @property
    def _copies_out(self) -> bool:
        return self.allowed.route.flow == "download"

    def _check_file(self, size: int) -> None:
        if size > self.limits.archive:
            raise Refusal(413, _COPY_OUT.format(most=self.limits.archive // MIB), "limit:size")

    async def _answer(self, upstream: EngineConnection) -> None:
        async with asyncio.timeout(self._idle):
            response = await upstream.response()
        self.outcome.status = response.status_code
        if isinstance(response, h11.InformationalResponse):
            if not self.allowed.upgrade:
                raise ConnectionResetError("the engine opened a tunnel that nobody asked for")
            await self._start(101, [pair for pair in _passed(response) if pair[0].lower() != "content-length"])
            return await Tunnel(self.client, upstream, self.outcome, self.limits.idle).run()
        if self.allowed.upgrade and _is_raw(response):
            self._begun = True
            await self._to_client(self.client.open(_passed(response)))
            return await Tunnel(self.client, upstream, self.outcome, self.limits.idle).run()
        if response.status_code < 400 and self.allowed.route.name in response_rewriting.REWRITTEN:
            return await self._rewritten(upstream, response)
        return await self._streamed(upstream, response)

    async def _streamed(self, upstream: EngineConnection, response: h11.Response) -> None:
        self._check_file(response_rewriting.stat_size(response.headers) if self._copies_out else 0)
        await self._start(response.status_code, _passed(response))
        chunks = upstream.chunks()
        while True:
            async with asyncio.timeout(self._idle):
                chunk = await anext(chunks, None)
            if chunk is None:
                return await self._end()
            self._note(chunk)
            if self._copies_out:
                self._check_file(self.outcome.received + len(chunk) - _PADDING)
            if response.status_code < 400:
                self._look_at(chunk)
            await self._send(chunk)

    def _look_at(self, chunk: bytes) -> None:
        if self.outcome.sample:
            self.outcome.sample.feed(chunk)
        if self._layers:
            self._layers.feed(chunk)
        self.outcome.moved()

    async def _rewritten(self, upstream: EngineConnection, response: h11.Response) -> None:
        body = bytearray()
        async for chunk in upstream.chunks():
            body += chunk
            if len(body) > self.limits.answer:
                raise ConnectionResetError("the engine's answer is too long")
        self._note(bytes(body))
        changed = response_rewriting.REWRITTEN[self.allowed.route.name](bytes(body))
        headers = [pair for pair in _passed(response) if pair[0].lower() != "content-length"]
        await self._start(response.status_code, [*headers, ("Content-Length", str(len(changed)))])
        await self._send(changed)
        await self._end()

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
            elif word := last_word(self.allowed.route.name, self.outcome.sample, message):
                await self.client.send(word)  # and no end: the break is to be seen

    def _result(self) -> CallOutcome:
        if self._noted:
            message, result = response_rewriting.facts(self.allowed.route.name, self.outcome.status, bytes(self._noted))
            self.outcome.message = self.outcome.message or message
            self.outcome.result = result
        if self._layers:
            self.outcome.result = self._layers.seen
        return self.outcome


def _told(tell: Callable[..., None], kind: str, facts: dict[str, Any]) -> None:
    tell(kind, **facts)


def _passed(response: h11.Response | h11.InformationalResponse) -> list[tuple[str, str]]:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
    return [pair for pair in headers if pair[0].lower() in _PASSED]


def _is_raw(response: h11.Response) -> bool:
    """Whether a plain answer is a stream both ways, as attach and exec without an upgrade give it."""
    told = dict(response.headers)
    whole = told.keys() & {b"content-length", b"transfer-encoding"}
    return response.status_code == 200 and told.get(b"content-type") in _STREAM_TYPES and not whole
