"""One admitted call, from the request to the engine until its response is complete or a side has disconnected."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import h11

from slipway.gateway.engine_client import EngineConnection
from slipway.gateway.journal.progress import CallProgress, LayerProgress, summarize_flow
from slipway.gateway.journal.stream_sample import StreamSample
from slipway.gateway.limits import KIB, MIB, GatewayLimits
from slipway.gateway.policy.decision import Allowed
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.messages import ENGINE_SILENT
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy import pull_failures, response_rewriting
from slipway.gateway.proxy.client import ClientConnection
from slipway.gateway.proxy.outcome import CallOutcome
from slipway.gateway.proxy.stream_errors import IDLE_MESSAGE, closing_message
from slipway.gateway.proxy.tunnel import Tunnel
from slipway.gateway.token_bucket import TokenBucket

_FORWARDED_HEADERS = frozenset(
    {"api-version", "ostype", "docker-experimental", "builder-version", "swarm", "content-type", "cache-control"}
    | {"pragma", "server", "x-docker-container-path-stat", "content-length", "date"}
)
_SAMPLED_CALLS = frozenset({"container.attach", "container.logs", "exec.start"})
_STREAM_TYPES = (b"application/vnd.docker.raw-stream", b"application/vnd.docker.multiplexed-stream")
_MAX_CAPTURED = 256 * KIB
"""Bytes of a response that are searched for facts: `docker system df` lists every container and image."""
_COPY_IN = (
    "docker cp takes at most {limit} MiB at once in this lab, whose disks are small. What came before that is there."
)
_COPY_OUT = "docker cp takes at most {limit} MiB out of a container in this lab. Copy single files instead."
_TAR_OVERHEAD = 64 * KIB
"""Bytes by which an archive of a few files exceeds their sizes."""
_CONTEXT = (
    "A build takes at most {limit} MiB of files in this lab. Build in a directory of its own, "
    "or name what is not needed in a file .dockerignore."
)
_BUILD_TIME = "The lab gives a build {limit} seconds, and they are over. Do less in one build."


class Exchange:
    """Passes one call's bytes both ways. `online`: it pulls from Docker Hub, and failures of that are explained."""

    def __init__(
        self, client: ClientConnection, head: Head, allowed: Allowed, limits: GatewayLimits, *, online: bool
    ) -> None:
        self.client = client
        self.head = head
        self.allowed = allowed
        self.limits = limits
        self.outcome = CallOutcome()
        self._pulls_online = online and allowed.route.name in ("image.pull", "image.build")
        self._captured = bytearray()
        self._layers = LayerProgress() if allowed.route.name == "image.pull" else None
        self._response_started = False
        # A wait is silent until its container has ended, however long that takes; the number of waits is limited.
        self._idle = None if allowed.route.flow == "wait" else limits.idle

    def create_progress(self, tty: bool, write: Callable[..., None], budget: TokenBucket) -> CallProgress | None:
        """Return what reports the call's progress by `write(kind, **facts)`; None for a call that has none."""
        if self.allowed.route.name in _SAMPLED_CALLS:
            sample = self.outcome.sample = StreamSample(tty, self.limits.sample)
            report = partial(_write_report, write, "flow")
            self.outcome.progress = CallProgress(lambda: {"flow": summarize_flow(sample)}, report, budget)
        if self._layers:
            layers = self._layers
            report = partial(_write_report, write, "pull")
            self.outcome.progress = CallProgress(lambda: layers.snapshot, report, budget)
        return self.outcome.progress

    async def run(self, engine_path: str) -> CallOutcome:
        """Forward the call and relay its response. Raises nothing but CancelledError."""
        upstream: EngineConnection | None = None
        try:
            self._check_upload_size(self.head.length or 0)
            upstream = await EngineConnection.open(engine_path)
            async with asyncio.timeout(self.limits.build_time if self.allowed.route.tar else None):
                await self._transfer(upstream)
        except Refusal as refusal:
            await self._report_failure(refusal.status, refusal.message)
        except TimeoutError:
            build_time = _BUILD_TIME.format(limit=round(self.limits.build_time))
            await self._report_failure(504, build_time if self.allowed.route.tar else IDLE_MESSAGE)
        except (OSError, h11.ProtocolError):
            await self._report_failure(503, ENGINE_SILENT)
        finally:
            if upstream:
                upstream.close()
        return self._finish()

    async def _transfer(self, upstream: EngineConnection) -> None:
        await upstream.send_head(self.allowed.method, self.allowed.target, self._request_headers())
        request = asyncio.create_task(self._forward_request(upstream))
        response = asyncio.create_task(self._relay_response(upstream))
        try:
            await asyncio.wait({request, response}, return_when=asyncio.FIRST_COMPLETED)
            if not response.done() and request.exception() is None:
                self.outcome.cut = True
            elif not response.done():
                request.result()
            else:
                response.result()
        finally:
            for task in (request, response):
                task.cancel()
            await asyncio.gather(request, response, return_exceptions=True)

    def _request_headers(self) -> list[tuple[str, str]]:
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
        upgrade = [("Connection", "Upgrade"), ("Upgrade", "tcp")]
        return headers + (upgrade if self.allowed.upgrade else [("Connection", "close")])

    async def _forward_request(self, upstream: EngineConnection) -> None:
        """Forward the body and then the client's end; return only when the client has disconnected."""
        try:
            await self._forward_body(upstream)
        except ConnectionResetError:
            return
        if self.allowed.upgrade:
            # The tunnel reads what the client sends from here on. Only watch for a client that leaves before the engine
            # has answered, or while its container does not read: it would be served forever.
            await self.client.wait_abandoned()
            return
        await self.client.wait_half_closed()
        # Go's server takes a closed sending side for a client that has left, and tells its handlers so.
        with suppress(OSError):
            upstream.writer.write_eof()
        await self.client.wait_disconnected()
        return

    async def _forward_body(self, upstream: EngineConnection) -> None:
        if self.allowed.body is not None:
            self.outcome.sent = len(self.allowed.body)
            if self.allowed.body:
                await upstream.send(self.allowed.body)
            return await upstream.end()
        async for chunk in self.client.body_chunks():
            self.outcome.sent += len(chunk)
            self._check_upload_size(self.outcome.sent)
            with suppress(OSError):
                await upstream.send(chunk)
        with suppress(OSError):
            await upstream.end()
        return None

    def _check_upload_size(self, size: int) -> None:
        is_copy = self.allowed.route.flow == "upload"
        limit, message = (self.limits.archive, _COPY_IN) if is_copy else (self.limits.build_context, _CONTEXT)
        if size > limit:
            raise Refusal(413, message.format(limit=limit // MIB), "limit:size")

    @property
    def _is_download(self) -> bool:
        return self.allowed.route.flow == "download"

    def _check_download_size(self, size: int) -> None:
        if size > self.limits.archive:
            raise Refusal(413, _COPY_OUT.format(limit=self.limits.archive // MIB), "limit:size")

    async def _relay_response(self, upstream: EngineConnection) -> None:
        async with asyncio.timeout(self._idle):
            response = await upstream.read_response()
        self.outcome.status = response.status_code
        if isinstance(response, h11.InformationalResponse):
            if not self.allowed.upgrade:
                raise ConnectionResetError("the engine opened a tunnel without a request for one")
            await self._start(101, _without_length(_forwarded_headers(response)))
            return await Tunnel(self.client, upstream, self.outcome, self.limits.idle).run()
        if self.allowed.upgrade and _is_raw_stream(response):
            self._response_started = True
            await self._to_client(self.client.start_raw_stream(_forwarded_headers(response)))
            return await Tunnel(self.client, upstream, self.outcome, self.limits.idle).run()
        if response.status_code < 400 and self.allowed.route.name in response_rewriting.REWRITERS:
            rewrite = response_rewriting.REWRITERS[self.allowed.route.name]
            return await self._rewrite(upstream, response, rewrite)
        if response.status_code >= 400 and self._pulls_online:
            return await self._rewrite(upstream, response, pull_failures.explain_answer)
        return await self._stream(upstream, response)

    async def _stream(self, upstream: EngineConnection, response: h11.Response) -> None:
        self._check_download_size(response_rewriting.stat_size(response.headers) if self._is_download else 0)
        await self._start(response.status_code, _forwarded_headers(response))
        chunks = upstream.chunks()
        while True:
            async with asyncio.timeout(self._idle):
                chunk = await anext(chunks, None)
            if chunk is None:
                return await self._to_client(self.client.end())
            self._capture(chunk)
            if self._is_download:
                self._check_download_size(self.outcome.received + len(chunk) - _TAR_OVERHEAD)
            if response.status_code < 400:
                self._sample(chunk)
            await self._send(pull_failures.explain_line(chunk) if self._pulls_online else chunk)

    def _sample(self, chunk: bytes) -> None:
        if self.outcome.sample:
            self.outcome.sample.feed(chunk)
        if self._layers:
            self._layers.feed(chunk)
        self.outcome.notify_progress()

    async def _rewrite(
        self, upstream: EngineConnection, response: h11.Response, rewrite: Callable[[bytes], bytes]
    ) -> None:
        body = bytearray()
        async for chunk in upstream.chunks():
            body += chunk
            if len(body) > self.limits.answer:
                raise ConnectionResetError("the engine's answer is too long")
        self._capture(bytes(body))
        rewritten = rewrite(bytes(body))
        headers = _without_length(_forwarded_headers(response))
        await self._start(response.status_code, [*headers, ("Content-Length", str(len(rewritten)))])
        await self._send(rewritten)
        await self._to_client(self.client.end())

    async def _start(self, status: int, headers: list[tuple[str, str]]) -> None:
        self._response_started = True
        await self._to_client(self.client.start_response(status, headers))

    async def _send(self, data: bytes) -> None:
        self.outcome.received += len(data)
        await self._to_client(self.client.send(data))

    async def _to_client(self, write: Awaitable[None]) -> None:
        try:
            await write
        except OSError:
            self.outcome.cut = True
            raise

    def _capture(self, chunk: bytes) -> None:
        if len(self._captured) < _MAX_CAPTURED:
            self._captured += chunk[:_MAX_CAPTURED]

    async def _report_failure(self, status: int, message: str) -> None:
        """Tell the client what went wrong, in the form that it can still read."""
        if self.outcome.cut:
            return
        self.outcome.message = message
        with suppress(OSError, h11.LocalProtocolError):
            if not self._response_started:
                self.outcome.status = status
                if self.allowed.body is None:
                    await self.client.drain(self.limits.build_context)
                await self.client.send_json(status, {"message": message}, head_only=self.allowed.method == "HEAD")
            elif closing := closing_message(self.allowed.route.name, self.outcome.sample, message):
                await self.client.send(closing)  # without an end, so that the client reports an error

    def _finish(self) -> CallOutcome:
        if self._captured:
            captured = bytes(self._captured)
            facts = response_rewriting.extract_facts(self.allowed.route.name, self.outcome.status, captured)
            self.outcome.message = self.outcome.message or facts[0]
            self.outcome.result = facts[1]
        if self._layers:
            self.outcome.result = self._layers.snapshot
        return self.outcome


def _write_report(write: Callable[..., None], kind: str, facts: dict[str, Any]) -> None:
    write(kind, **facts)


def _forwarded_headers(response: h11.Response | h11.InformationalResponse) -> list[tuple[str, str]]:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
    return [pair for pair in headers if pair[0].lower() in _FORWARDED_HEADERS]


def _without_length(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in headers if pair[0].lower() != "content-length"]


def _is_raw_stream(response: h11.Response) -> bool:
    """Return whether a plain response is a two-way stream, as attach and exec give it without an upgrade."""
    headers = dict(response.headers)
    has_length = headers.keys() & {b"content-length", b"transfer-encoding"}
    return response.status_code == 200 and headers.get(b"content-type") in _STREAM_TYPES and not has_length
