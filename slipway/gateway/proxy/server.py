"""The server: one request for each connection, decided, recorded, carried out or refused."""

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
from slipway.gateway.policy.decision import Allowed, Answered, Decision, Refused, decide, refused
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.proxy.auto_remove import AutoRemove
from slipway.gateway.proxy.client import CHUNK, ClientConnection
from slipway.gateway.proxy.connections import Connections
from slipway.gateway.proxy.exchange import Exchange
from slipway.gateway.proxy.outcome import CallOutcome
from slipway.gateway.proxy.targets import TargetRecord, Targets
from slipway.gateway.quotas import admission
from slipway.gateway.quotas.admission import Admission, TokenBucket

_RESOLVED = frozenset({"container.create"})
_PATIENCE = 10.0
"""Seconds for a question whose answer a limit hangs on: without it the call would not pass."""
_AT_ONCE = 32
_QUEUE = 1024
_NOISE, _NOISE_AT_ONCE = 10, 300
_NOISY = ("http:", "limit:rate", "limit:connections")
_STUMBLED = "The lab's gateway has stumbled over this request; that is a fault of the lab's, not yours."


class Proxy:
    """Serves learners' clients on one socket, in front of one engine."""

    def __init__(self, engine_path: str, journal: Journal, rules: PolicyOptions) -> None:
        self._engine_path = engine_path
        self._journal = journal
        self._rules = rules
        self._limits = rules.limits
        self._engine = EngineClient(engine_path, rules.limits.resolve_time)
        self._targets = Targets(self._engine)
        self._leavers = AutoRemove(self._engine)
        self._gates = Admission(rules.limits, EngineClient(engine_path, _PATIENCE), asyncio.get_running_loop().time)
        self._bucket = TokenBucket(rules.limits.rate, rules.limits.burst, asyncio.get_running_loop().time)
        # A flood of nonsense would push the rest out of the journal, which is kept in a log of limited size.
        self._noise = TokenBucket(_NOISE, _NOISE_AT_ONCE, asyncio.get_running_loop().time)
        self._underway = TokenBucket(progress.RATE, progress.BURST, asyncio.get_running_loop().time)
        self._crowd = Connections(rules.limits.connections)

    async def listen(self, path: str) -> asyncio.Server:
        """Listen on a unix socket at `path` (mode 0660), in the place of a stale one."""
        listener = bound(path)
        server = await asyncio.start_unix_server(self._accept, sock=listener, limit=CHUNK, backlog=_AT_ONCE)
        # asyncio takes its backlog's number of clients in one go, before it reads a word from any of them; the kernel
        # should let many more wait, because Go's client gives up where the kernel has no room.
        listener.listen(_QUEUE)
        return server

    async def stop(self) -> None:
        """Give up every connection."""
        await self._crowd.disperse()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = ClientConnection(reader, writer, self._limits)
        self._crowd.enter(asyncio.get_running_loop().create_task(self._serve(client)), client)

    async def _serve(self, client: ClientConnection) -> None:
        try:
            await self._one(client)
        except (OSError, TimeoutError, h11.ProtocolError):
            pass
        except Exception:  # whatever one client found, the next must be served
            traceback.print_exc()
            with suppress(OSError, h11.ProtocolError):
                await client.say(500, {"message": _STUMBLED})
        finally:
            await client.close()

    async def _one(self, client: ClientConnection) -> None:
        try:
            head = await client.head()
        except Refusal as refusal:
            unread = Head("?", "?")
            return await self._refuse(client, unread, refused(unread, refusal, None, self._rules), None)
        if head is None:
            return None
        decision, body_read = await self._decide(client, head)
        if not body_read and not isinstance(decision, Allowed):
            await client.drain(self._limits.build_context)
        match decision:
            case Refused():
                return await self._refuse(client, head, decision, self._targets.unasked(decision.names))
            case Answered():
                return await client.say(200, decision.value, head=head.method == "HEAD")
            case Allowed():
                return await self._carry(client, head, decision)

    async def _decide(self, client: ClientConnection, head: Head) -> tuple[Decision, bool]:
        """The decision, and whether the body was read for it."""
        place = None
        try:
            in_time = self._bucket.take()
            place = route_lookup.find(head)
            if not in_time:
                raise Refusal(429, admission.TOO_FAST, "limit:rate")
            if place.route.tar or place.route.verdict == "deny":
                return decide(head, b"", self._rules), False
            body = await client.body(self._limits.json_body)
        except Refusal as refusal:
            return refused(head, refusal, place, self._rules), False
        return decide(head, body, self._rules), True

    async def _refuse(
        self, client: ClientConnection, head: Head, refused: Refused, target: TargetRecord | None
    ) -> None:
        if self._noise.take() or not refused.reason.startswith(_NOISY):
            self._write_refused(refused, target)
        if refused.name == "container.start" and refused.reason.startswith(("limit:", "image:")):
            await self._leavers.let_go(refused.names["container"])
        await client.say(refused.status, {"message": refused.message}, head=head.method == "HEAD")

    def _write_refused(self, refused: Refused, target: TargetRecord | None) -> None:
        self._journal.write(
            "call",
            half="refused",
            call=self._journal.next_call(),
            name=refused.name,
            method=refused.method,
            path=refused.path,
            status=refused.status,
            message=refused.message,
            target=target,
            params=refused.params,
            reason=refused.reason,
        )

    async def _carry(self, client: ClientConnection, head: Head, allowed: Allowed) -> None:
        target: TargetRecord | None = None
        try:
            with self._crowd.work(_myself()):
                target = await self._targets.of(allowed.names, allowed.route.name)
                await self._gates.check_networks(allowed.networks)
                async with self._gates.passage(allowed, (target or {}).get("id", "")) as passing:
                    return await self._exchange(client, head, passing, target)
        except Refusal as refusal:
            if allowed.body is None:
                await client.drain(self._limits.build_context)
            place = route_lookup.find(head)
            target = target or self._targets.unasked(allowed.names)
            await self._refuse(client, head, refused(head, refusal, place, self._rules), target)

    async def _exchange(
        self, client: ClientConnection, head: Head, allowed: Allowed, target: TargetRecord | None
    ) -> None:
        call, began = self._journal.next_call(), self._journal.now()
        self._journal.write(
            "call",
            began,
            half="started",
            call=call,
            name=allowed.route.name,
            method=allowed.method,
            path=allowed.path,
            target=target,
            params=allowed.params,
        )
        exchange = Exchange(client, head, allowed, self._limits)
        watched = exchange.watched(self._tty(allowed, target), partial(self._journal.write, call=call), self._underway)
        watching = asyncio.create_task(watched.follow()) if watched else None
        try:
            outcome = await exchange.run(self._engine_path)
        except BaseException:
            exchange.outcome.cut = True
            self._ended(call, began, allowed, target, exchange.outcome)
            raise
        finally:
            if watching:
                watching.cancel()
        target = await self._learned(allowed, target, outcome)
        self._ended(call, began, allowed, target, outcome)

    @staticmethod
    def _tty(allowed: Allowed, target: TargetRecord | None) -> bool:
        if allowed.route.name == "exec.start":
            return bool((allowed.json or {}).get("Tty", False))
        return bool(target and target["tty"])

    async def _learned(
        self, allowed: Allowed, target: TargetRecord | None, outcome: CallOutcome
    ) -> TargetRecord | None:
        made = str(outcome.result.get("id", ""))
        if allowed.route.name == "container.exec":
            self._targets.remember(made, target)
        if allowed.route.name in _RESOLVED and outcome.status == 201 and made:
            if (allowed.json or {})["HostConfig"].get("AutoRemove"):
                self._leavers.made(made, str(allowed.params.get("name", "")))
            return await self._targets.created(made)
        return target

    def _ended(
        self, call: str, began: float, allowed: Allowed, target: TargetRecord | None, outcome: CallOutcome
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
            duration=round(now - began, 6),
            target=target,
            sent=outcome.sent,
            received=outcome.received,
            out=sample.out if sample else "",
            err=sample.err if sample else "",
            flow=progress.flow(sample) if sample else {},
            cut=outcome.cut,
            message=outcome.message,
            result=outcome.result,
        )


def _myself() -> asyncio.Task[None]:
    task: asyncio.Task[None] | None = asyncio.current_task()
    assert task
    return task


def bound(path: str) -> socket.socket:
    """A listening place at `path` for the owner and the group. Raises OSError when something else is there."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(Path(path).lstat().st_mode):
            Path(path).unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o117)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    return listener
