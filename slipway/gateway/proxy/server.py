"""The server: takes one request per connection, decides, journals, and forwards or refuses it."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path

import h11

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.journal import progress
from slipway.gateway.journal.journal import Journal
from slipway.gateway.policy import route_lookup
from slipway.gateway.policy.decision import Allowed, Answered, Decision, Refused, decide, make_refused
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy.auto_remove import AutoRemove
from slipway.gateway.proxy.client import CHUNK, ClientConnection
from slipway.gateway.proxy.connections import Connections
from slipway.gateway.proxy.container_resolver import ContainerResolver, TargetRecord
from slipway.gateway.proxy.exchange import Exchange
from slipway.gateway.proxy.outcome import CallOutcome
from slipway.gateway.quotas.admission import RATE_EXCEEDED, Admission
from slipway.gateway.token_bucket import TokenBucket

_QUOTA_TIMEOUT = 10.0
"""Seconds for a query that a limit depends on: without an answer the call is refused."""
_ACCEPT_BATCH = 32
_LISTEN_BACKLOG = 1024
_NOISE_RATE, _NOISE_BURST = 10, 300
_NOISE_REASONS = ("http:", "limit:rate", "limit:connections")
_INTERNAL_ERROR = "Internal error in the lab's gateway. This is a fault of the lab, not yours."


class Proxy:
    """Serves docker clients on one socket, in front of one engine."""

    def __init__(self, engine_path: str, journal: Journal, options: PolicyOptions) -> None:
        clock = asyncio.get_running_loop().time
        self._engine_path = engine_path
        self._journal = journal
        self._options = options
        self._limits = options.limits
        self._engine = EngineClient(engine_path, options.limits.resolve_time)
        self._resolver = ContainerResolver(self._engine)
        self._auto_remove = AutoRemove(self._engine)
        self._admission = Admission(options.limits, EngineClient(engine_path, _QUOTA_TIMEOUT), clock)
        self._rate = TokenBucket(options.limits.rate, options.limits.burst, clock)
        # A flood of invalid requests would push the rest out of the journal, which is a log of limited size.
        self._noise_budget = TokenBucket(_NOISE_RATE, _NOISE_BURST, clock)
        self._progress_budget = TokenBucket(progress.RATE, progress.BURST, clock)
        self._connections = Connections(options.limits.connections)

    async def listen(self, path: str) -> asyncio.Server:
        """Listen on a unix socket at `path` (mode 0660); replaces a stale one."""
        listener = bind_socket(path)
        server = await asyncio.start_unix_server(self._accept, sock=listener, limit=CHUNK, backlog=_ACCEPT_BATCH)
        # asyncio accepts as many clients as its backlog at once, before it reads a byte from any of them. The kernel
        # should queue many more, because Go's client gives up when the kernel's queue is full.
        listener.listen(_LISTEN_BACKLOG)
        return server

    async def stop(self) -> None:
        """Close every connection."""
        await self._connections.close_all()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = ClientConnection(reader, writer, self._limits)
        self._connections.add(asyncio.get_running_loop().create_task(self._serve(client)), client)

    async def _serve(self, client: ClientConnection) -> None:
        try:
            await self._handle(client)
        except (OSError, TimeoutError, h11.ProtocolError):
            pass
        except Exception:  # an error with one client must not affect the next
            traceback.print_exc()
            with suppress(OSError, h11.ProtocolError):
                await client.send_json(500, {"message": _INTERNAL_ERROR})
        finally:
            await client.close()

    async def _handle(self, client: ClientConnection) -> None:
        try:
            head = await client.read_head()
        except Refusal as refusal:
            unread = Head("?", "?")
            return await self._refuse(client, unread, make_refused(unread, refusal, None), None)
        if head is None:
            return None
        decision, body_read = await self._decide(client, head)
        if not body_read and not isinstance(decision, Allowed):
            await client.drain(self._limits.build_context)
        match decision:
            case Refused():
                return await self._refuse(client, head, decision, self._resolver.unresolved(decision.names))
            case Answered():
                return await client.send_json(200, decision.value, head_only=head.method == "HEAD")
            case Allowed():
                return await self._forward(client, head, decision)

    async def _decide(self, client: ClientConnection, head: Head) -> tuple[Decision, bool]:
        """Return the decision, and whether the body was read for it."""
        match = None
        try:
            within_rate = self._rate.take()
            match = route_lookup.find(head)
            if not within_rate:
                raise Refusal(429, RATE_EXCEEDED, "limit:rate")
            if match.route.tar or match.route.action == "deny":
                return decide(match, head, b"", self._options), False
            body = await client.read_body(self._limits.json_body)
        except Refusal as refusal:
            return make_refused(head, refusal, match), False
        return decide(match, head, body, self._options), True

    async def _refuse(
        self, client: ClientConnection, head: Head, refused: Refused, target: TargetRecord | None
    ) -> None:
        if self._noise_budget.take() or not refused.reason.startswith(_NOISE_REASONS):
            self._journal_refused(refused, target)
        if refused.name == "container.start" and refused.reason.startswith(("limit:", "image:")):
            await self._auto_remove.remove(refused.names["container"])
        await client.send_json(refused.status, {"message": refused.message}, head_only=head.method == "HEAD")

    def _journal_refused(self, refused: Refused, target: TargetRecord | None) -> None:
        self._journal.write(
            "call",
            half="refused",
            call=self._journal.next_call_id(),
            name=refused.name,
            method=refused.method,
            path=refused.path,
            status=refused.status,
            message=refused.message,
            target=target,
            params=refused.params,
            reason=refused.reason,
        )

    async def _forward(self, client: ClientConnection, head: Head, allowed: Allowed) -> None:
        target: TargetRecord | None = None
        try:
            with self._connections.activate(_current_task()):
                target = await self._resolver.resolve(allowed.names, allowed.route.name)
                await self._admission.check_networks(allowed.networks)
                async with self._admission.admit(allowed, (target or {}).get("id", "")) as admitted:
                    return await self._exchange(client, head, admitted, target)
        except Refusal as refusal:
            if allowed.body is None:
                await client.drain(self._limits.build_context)
            target = target or self._resolver.unresolved(allowed.names)
            await self._refuse(client, head, make_refused(head, refusal, allowed.match), target)

    async def _exchange(
        self, client: ClientConnection, head: Head, allowed: Allowed, target: TargetRecord | None
    ) -> None:
        call, started = self._journal.next_call_id(), self._journal.now()
        self._journal.write(
            "call",
            started,
            half="started",
            call=call,
            name=allowed.route.name,
            method=allowed.method,
            path=allowed.path,
            target=target,
            params=allowed.params,
        )
        exchange = Exchange(client, head, allowed, self._limits, online=self._options.online)
        write = partial(self._journal.write, call=call)
        call_progress = exchange.create_progress(_has_tty(allowed, target), write, self._progress_budget)
        reporting = asyncio.create_task(call_progress.run()) if call_progress else None
        try:
            outcome = await exchange.run(self._engine_path)
        except BaseException:
            exchange.outcome.cut = True
            self._journal_ended(call, started, allowed, target, exchange.outcome)
            raise
        finally:
            if reporting:
                reporting.cancel()
        target = await self._note_created(allowed, target, outcome)
        self._journal_ended(call, started, allowed, target, outcome)

    async def _note_created(
        self, allowed: Allowed, target: TargetRecord | None, outcome: CallOutcome
    ) -> TargetRecord | None:
        """Remember a new exec or container; return the call's target, which a create has only now."""
        created_id = str(outcome.result.get("id", ""))
        if allowed.route.name == "container.exec":
            self._resolver.remember_exec(created_id, target)
        if allowed.route.name == "container.create" and outcome.status == 201 and created_id:
            if (allowed.json or {})["HostConfig"].get("AutoRemove"):
                self._auto_remove.remember(created_id, str(allowed.params.get("name", "")))
            return await self._resolver.resolve_created(created_id)
        return target

    def _journal_ended(
        self, call: str, started: float, allowed: Allowed, target: TargetRecord | None, outcome: CallOutcome
    ) -> None:
        now = self._journal.now()
        sample = outcome.sample
        self._journal.write(
            "call",
            now,
            half="ended",
            call=call,
            name=allowed.route.name,
            status=outcome.status,
            duration=round(now - started, 6),
            target=target,
            sent=outcome.sent,
            received=outcome.received,
            out=sample.stdout.text if sample else "",
            err=sample.stderr.text if sample else "",
            flow=progress.summarize_flow(sample) if sample else {},
            cut=outcome.cut,
            message=outcome.message,
            result=outcome.result,
        )


def _has_tty(allowed: Allowed, target: TargetRecord | None) -> bool:
    if allowed.route.name == "exec.start":
        return bool((allowed.json or {}).get("Tty", False))
    return bool(target and target["tty"])


def _current_task() -> asyncio.Task[None]:
    task: asyncio.Task[None] | None = asyncio.current_task()
    assert task
    return task


def bind_socket(path: str) -> socket.socket:
    """Return a unix socket bound at `path`, for its owner and group. Raises OSError if something else is there."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(Path(path).lstat().st_mode):
            Path(path).unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    umask = os.umask(0o117)
    try:
        listener.bind(path)
    finally:
        os.umask(umask)
    return listener
