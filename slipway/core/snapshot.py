"""The world as plain JSON values for the page; docs/architecture.md has the format."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from slipway.core.resources import STREAMS, Container, PendingCall, ResourceUsage
from slipway.core.world import World


def encode(world: World) -> dict[str, Any]:
    """Return the world as plain JSON values for the page."""
    stopping = {
        call.target: {"since": call.at, "grace": call.grace}
        for call in world.pending
        if call.name in ("container.stop", "container.restart")
    }
    return {
        "engine": world.engine,
        "version": world.version,
        "at": world.at,
        "containers": [
            _container(container)
            | {"stopping": stopping.get(container.id) if container.alive else None}
            | {"attached": _attached(world, container.id)}
            for container in world.containers.values()
        ],
        "images": [{"id": i.id, "tags": list(i.tags), "size": i.size} for i in world.images.values()],
        "pending": [_pending(call) for call in world.pending],
    }


def _container(container: Container) -> dict[str, Any]:
    return {
        "id": container.id,
        "name": container.name,
        "image": container.image,
        "command": list(container.command),
        "state": container.state,
        "tty": container.tty,
        "stdin": container.stdin,
        "init": container.init,
        "memory": container.memory,
        "overridden": container.overridden,
        "hostname": container.hostname,
        "created_at": container.created_at,
        "started_at": container.started_at,
        "ended_at": container.ended_at,
        "exit_code": container.exit_code,
        "oom": container.oom,
        "runs": container.runs,
        "signals": [list(signal) for signal in container.signals],
        "execs": [asdict(command) for command in container.execs],
        "use": _usage(container.usage) if container.usage else None,
        "wrote": container.bytes_written,
    }


def _pending(pending: PendingCall) -> dict[str, Any]:
    payload: dict[str, Any] = {"call": pending.call, "name": pending.name, "at": pending.at, "target": pending.target}
    return (
        payload
        | ({"flow": dict(pending.flow)} if pending.flow else {})
        | ({"layers": list(pending.layers)} if pending.layers else {})
    )


def _usage(usage: ResourceUsage) -> dict[str, Any]:
    return asdict(usage) | {"processes": [list(process) for process in usage.processes]}


def _attached(world: World, id: str) -> list[str]:
    """Return the streams that a client is connected to now: an attach is a call that stays open."""
    open_now = {stream for call in world.pending if call.target == id for stream in call.requested.get("streams", ())}
    return [stream for stream in STREAMS if stream in open_now]
