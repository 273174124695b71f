"""The server: one request for each connection, decided, recorded, carried out or refused."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11

from slipway.gateway import gates, policy
from slipway.gateway.client import CHUNK, Client
from slipway.gateway.engine import Engine
from slipway.gateway.exchange import Exchange, Outcome
from slipway.gateway.gates import Bucket, Gates
from slipway.gateway.http import Head
from slipway.gateway.journal import Journal
from slipway.gateway.policy import Allowed, Answered, Refused
from slipway.gateway.refusal import Refusal
from slipway.gateway.rules import Rules
from slipway.gateway.sentences import HOST_NETWORK
from slipway.gateway.targets import Target, Targets

_RESOLVED = frozenset({"container.create"})


class Proxy:
    """Serves learners' clients on one socket, in front of one engine."""

    def __init__(self, engine_path: str, journal: Journal, rules: Rules) -> None:
        self._engine_path = engine_path
        self._journal = journal
        self._rules = rules
        self._limits = rules.limits
        self._engine = Engine(engine_path, rules.limits.resolve_time)
        self._targets = Targets(self._engine, rules.limits.execs)
        self._gates = Gates(rules.limits, self._engine)
        self._bucket = Bucket(rules.limits.rate, rules.limits.burst, asyncio.get_running_loop().time)
        # Without a strong reference the loop may drop a connection's task in the middle of its work.
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, path: str) -> asyncio.Server:
        """Listen on a unix socket at `path` (mode 0660), in the place of a stale one."""
        return await asyncio.start_unix_server(self._accept, sock=bound(path), limit=CHUNK)

    async def stop(self) -> None:
        """Give up every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= 3 * self._limits.connections:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(Client(reader, writer, self._limits)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: Client) -> None:
        try:
            await self._one(client)
        except (OSError, TimeoutError, h11.ProtocolError):
            pass
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
            await client.drain(self._limits.build_context, self._limits.body_time)
        match decision:
            case Refused():
                return await self._refuse(client, head, decision, await self._target_of(decision))
            case Answered():
                return await client.say(200, decision.value, head=head.method == "HEAD")
            case Allowed():
                return await self._carry(client, head, decision)

    async def _decide(self, client: Client, head: Head) -> tuple[policy.Decision, bool]:
        """The decision, and whether the body was read for it."""
        place = None
        try:
            self._check_crowd()
            place = policy.find(head)
            if place.route.tar or place.route.verdict == "deny":
                return policy.decide(head, b"", self._rules), False
            body = await client.body(self._limits.json_body, self._limits.body_time)
        except Refusal as refusal:
            return policy.refused(head, refusal, place, self._rules), False
        return policy.decide(head, body, self._rules), True

    def _check_crowd(self) -> None:
        if len(self._tasks) > self._limits.connections:
            raise Refusal(429, gates.TOO_MANY, "limit:connections")
        if not self._bucket.take():
            raise Refusal(429, gates.TOO_FAST, "limit:rate")

    async def _target_of(self, refused: Refused) -> Target | None:
        with suppress(Refusal):
            return await self._targets.of(refused.names, "")
        return None

    async def _refuse(self, client: Client, head: Head, refused: Refused, target: Target | None) -> None:
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
        await client.say(refused.status, {"message": refused.message}, head=head.method == "HEAD")

    async def _carry(self, client: Client, head: Head, allowed: Allowed) -> None:
        target: Target | None = None
        try:
            target = await self._targets.of(allowed.names, allowed.route.name)
            await self._check_networks(allowed)
            async with self._gates.passage(allowed):
                await self._exchange(client, head, allowed, target)
        except Refusal as refusal:
            if allowed.body is None:
                await client.drain(self._limits.build_context, self._limits.body_time)
            place = policy.find(head)
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
        try:
            outcome = await exchange.run(self._engine_path, self._tty(allowed, target))
        except asyncio.CancelledError:
            exchange.outcome.cut = True
            self._ended(call, began, allowed, target, exchange.outcome)
            raise
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
            cut=outcome.cut,
            message=outcome.message,
            result=outcome.result,
        )

    async def _check_networks(self, allowed: Allowed) -> None:
        for ref in allowed.networks:
            found: dict[str, Any] | None = await self._engine.get(f"/networks/{ref}")
            if found and (found.get("Driver") != "bridge" or found.get("Name") in ("host", "none")):
                raise Refusal(403, HOST_NETWORK, "network:driver")


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
