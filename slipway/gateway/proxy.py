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

from slipway.gateway import canonical, gates, policy, underway
from slipway.gateway.client import CHUNK, Client
from slipway.gateway.crowd import Crowd
from slipway.gateway.engine import Engine
from slipway.gateway.exchange import Exchange
from slipway.gateway.gates import Bucket, Gates
from slipway.gateway.http import Head
from slipway.gateway.journal import Journal
from slipway.gateway.leavers import Leavers
from slipway.gateway.outcome import Outcome
from slipway.gateway.policy import Allowed, Answered, Refused
from slipway.gateway.refusal import Refusal
from slipway.gateway.rules import Rules
from slipway.gateway.targets import Target, Targets

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

    def __init__(self, engine_path: str, journal: Journal, rules: Rules) -> None:
        self._engine_path = engine_path
        self._journal = journal
        self._rules = rules
        self._limits = rules.limits
        self._engine = Engine(engine_path, rules.limits.resolve_time)
        self._targets = Targets(self._engine)
        self._leavers = Leavers(self._engine)
        self._gates = Gates(rules.limits, Engine(engine_path, _PATIENCE), asyncio.get_running_loop().time)
        self._bucket = Bucket(rules.limits.rate, rules.limits.burst, asyncio.get_running_loop().time)
        # A flood of nonsense would push the rest out of the journal, which is kept in a log of limited size.
        self._noise = Bucket(_NOISE, _NOISE_AT_ONCE, asyncio.get_running_loop().time)
        self._underway = Bucket(underway.RATE, underway.BURST, asyncio.get_running_loop().time)
        self._crowd = Crowd(rules.limits.connections)

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
        client = Client(reader, writer, self._limits)
        self._crowd.enter(asyncio.get_running_loop().create_task(self._serve(client)), client)

    async def _serve(self, client: Client) -> None:
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

    async def _one(self, client: Client) -> None:
        try:
            head = await client.head()
        except Refusal as refusal:
            unread = Head("?", "?")
            return await self._refuse(client, unread, policy.refused(unread, refusal, None, self._rules), None)
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

    async def _decide(self, client: Client, head: Head) -> tuple[policy.Decision, bool]:
        """The decision, and whether the body was read for it."""
        place = None
        try:
            in_time = self._bucket.take()
            place = canonical.find(head)
            if not in_time:
                raise Refusal(429, gates.TOO_FAST, "limit:rate")
            if place.route.tar or place.route.verdict == "deny":
                return policy.decide(head, b"", self._rules), False
            body = await client.body(self._limits.json_body)
        except Refusal as refusal:
            return policy.refused(head, refusal, place, self._rules), False
        return policy.decide(head, body, self._rules), True

    async def _refuse(self, client: Client, head: Head, refused: Refused, target: Target | None) -> None:
        if self._noise.take() or not refused.reason.startswith(_NOISY):
            self._write_refused(refused, target)
        if refused.name == "container.start" and refused.reason.startswith(("limit:", "image:")):
            await self._leavers.let_go(refused.names["container"])
        await client.say(refused.status, {"message": refused.message}, head=head.method == "HEAD")

    def _write_refused(self, refused: Refused, target: Target | None) -> None:
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

    async def _carry(self, client: Client, head: Head, allowed: Allowed) -> None:
        target: Target | None = None
        try:
            with self._crowd.work(_myself()):
                target = await self._targets.of(allowed.names, allowed.route.name)
                await self._gates.check_networks(allowed.networks)
                async with self._gates.passage(allowed, (target or {}).get("id", "")) as passing:
                    return await self._exchange(client, head, passing, target)
        except Refusal as refusal:
            if allowed.body is None:
                await client.drain(self._limits.build_context)
            place = canonical.find(head)
            target = target or self._targets.unasked(allowed.names)
            await self._refuse(client, head, policy.refused(head, refusal, place, self._rules), target)

    async def _exchange(self, client: Client, head: Head, allowed: Allowed, target: Target | None) -> None:
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
    def _tty(allowed: Allowed, target: Target | None) -> bool:
        if allowed.route.name == "exec.start":
            return bool((allowed.json or {}).get("Tty", False))
        return bool(target and target["tty"])

    async def _learned(self, allowed: Allowed, target: Target | None, outcome: Outcome) -> Target | None:
        made = str(outcome.result.get("id", ""))
        if allowed.route.name == "container.exec":
            self._targets.remember(made, target)
        if allowed.route.name in _RESOLVED and outcome.status == 201 and made:
            if (allowed.json or {})["HostConfig"].get("AutoRemove"):
                self._leavers.made(made, str(allowed.params.get("name", "")))
            return await self._targets.created(made)
        return target

    def _ended(self, call: str, began: float, allowed: Allowed, target: Target | None, outcome: Outcome) -> None:
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
            flow=underway.flow(sample) if sample else {},
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
