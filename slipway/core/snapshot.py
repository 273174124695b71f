"""The world as plain JSON values for the page; docs/architecture.md has the format."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from slipway.core.resources import STREAMS, Container, PendingCall, ResourceUsage
from slipway.core.world import World


def encode(world: World) -> dict[str, Any]:
    """Return the world as plain JSON values for the page."""
    stopping = {
        one.target: {"since": one.at, "grace": one.grace}
        for one in world.pending
        if one.name in ("container.stop", "container.restart")
    }
    return {
        "engine": world.engine,
        "version": world.version,
        "at": world.at,
        "containers": [
            _container(one)
            | {"stopping": stopping.get(one.id) if one.alive else None, "attached": _attached(world, one.id)}
            for one in world.containers.values()
        ],
        "images": [{"id": i.id, "tags": list(i.tags), "size": i.size} for i in world.images.values()],
        "pending": [_pending(one) for one in world.pending],
    }


def _container(one: Container) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "image": one.image,
        "command": list(one.command),
        "state": one.state,
        "tty": one.tty,
        "stdin": one.stdin,
        "init": one.init,
        "memory": one.memory,
        "overridden": one.overridden,
        "hostname": one.hostname,
        "created_at": one.created_at,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "exit_code": one.exit_code,
        "oom": one.oom,
        "runs": one.runs,
        "signals": [list(signal) for signal in one.signals],
        "execs": [asdict(command) for command in one.execs],
        "use": _usage(one.usage) if one.usage else None,
        "wrote": one.bytes_written,
    }


def _pending(one: PendingCall) -> dict[str, Any]:
    call: dict[str, Any] = {"call": one.call, "name": one.name, "at": one.at, "target": one.target}
    return call | ({"flow": dict(one.flow)} if one.flow else {}) | ({"layers": list(one.layers)} if one.layers else {})


def _usage(usage: ResourceUsage) -> dict[str, Any]:
    return asdict(usage) | {"processes": [list(one) for one in usage.processes]}


def _attached(world: World, id: str) -> list[str]:
    """Return the streams that a client is connected to now: an attach is a call that stays open."""
    open_now = {stream for one in world.pending if one.target == id for stream in one.requested.get("streams", ())}
    return [stream for stream in STREAMS if stream in open_now]
