"""The learner's Docker world, folded from events: what exists, and which calls are pending.

`apply` is the only reducer of the world; the browser receives its result and only draws. It is total: an event about
something unknown changes nothing, because the sources (calls and engine events) guarantee no order between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, assert_never

from slipway.core import events as e
from slipway.core.resources import Container, Exec, Image, PendingCall, parse_usage, requested_facts

DEFAULT_GRACE = 10.0  # seconds between SIGTERM and SIGKILL by default (measured 10.01 s)


@dataclass(frozen=True)
class World:
    """Everything that is known about one engine. Containers are in the order of their creation.

    The ids in `removed` must not come back if the answer to their create call is reported after their removal.
    """

    engine: str = "unknown"  # unknown, up, lost
    version: str = ""
    at: float = 0.0
    containers: Mapping[str, Container] = field(default_factory=lambda: MappingProxyType({}))
    images: Mapping[str, Image] = field(default_factory=lambda: MappingProxyType({}))
    pending: tuple[PendingCall, ...] = ()
    removed: frozenset[str] = frozenset()

    def find(self, ref: str) -> Container | None:
        """Return the container that `ref` means, by the engine's own rule: full id, then name, then unique prefix."""
        if ref in self.containers:
            return self.containers[ref]
        named = [
            container
            for container in self.containers.values()
            if container.name and container.name == ref.removeprefix("/")
        ]
        if named:
            return named[0]
        starting = [container for container in self.containers.values() if ref and container.id.startswith(ref)]
        return starting[0] if len(starting) == 1 else None


def fold(events: Iterable[e.Event], world: World | None = None) -> World:
    """Return the world after all of `events`, beginning with `world` or an empty one."""
    world = world or World()
    for event in events:
        world = apply(world, event)
    return world


def apply(world: World, event: e.Event) -> World:
    """Return the world after `event`; events about unknown things only advance the clock."""
    world = replace(world, at=max(world.at, event.at))
    match event:
        case e.CallStarted():
            return _start_call(world, event)
        case e.CallEnded():
            return _end_call(world, event)
        case e.EngineSeen():
            return _apply_snapshot(world, event)
        case e.EngineLost():
            return replace(world, engine="lost", pending=())
        case e.ImagesSeen():
            return replace(world, images=_images(event.images))
        case e.UseSeen():
            return _apply_usage(world, event)
        case e.FlowSeen():
            return _update_call(world, event.call, flow=event.flow)
        case e.PullSeen():
            return _update_call(world, event.call, layers=event.layers)
        case e.ContainerCreated():
            return _add_container(world, event.id, name=event.name, image=event.image, created_at=event.at)
        case e.ContainerRemoved():
            return _remove_container(world, event.id)
        case _ if isinstance(event, e.ContainerLifecycleEvent):
            return _apply_lifecycle_event(world, event)
        case _ if isinstance(event, e.WorldNeutralEvent):
            return world
        case _:
            assert_never(event)


def _apply_lifecycle_event(world: World, event: e.ContainerLifecycleEvent) -> World:
    """Apply an event of an existing container."""
    match event:
        case e.ContainerStarted():
            return _start_container(world, event)
        case e.SignalSent():
            return _add_signal(world, event)
        case e.ContainerDied():
            return _update_container(
                world, event.id, state="exited", exit_code=event.exit_code, ended_at=event.at, usage=None
            )
        case e.OutOfMemory():
            return _update_container(world, event.id, oom=True)
        case e.ContainerPaused():
            return _update_container(world, event.id, state="paused")
        case e.ContainerUnpaused():
            return _update_container(world, event.id, state="running")
        case e.ContainerRenamed():
            return _update_container(world, event.id, name=event.name)
        case e.ExecStarted():
            return _start_exec(world, event)
        case e.ExecDied():
            return _end_exec(world, event)
        case _:
            assert_never(event)


def _start_call(world: World, event: e.CallStarted) -> World:
    target = event.target.id if event.target else ""
    requested = requested_facts(event.name, event.params)
    pending = PendingCall(event.call, event.name, event.at, target, _stop_grace(event), requested)
    return replace(world, pending=(*world.pending, pending))


def _stop_grace(event: e.CallStarted) -> float:
    """Return the grace period of the call, else of its container, else the engine's default, in seconds."""
    try:
        return float(event.params["t"])
    except (KeyError, TypeError, ValueError):
        configured = event.target.grace if event.target else None
        return DEFAULT_GRACE if configured is None else configured


def _update_call(world: World, call: str, **sample: Any) -> World:
    """Update a pending call; a call that is not pending is ignored."""
    pending = tuple(
        replace(pending_call, **sample) if pending_call.call == call else pending_call for pending_call in world.pending
    )
    return replace(world, pending=pending)


def _end_call(world: World, event: e.CallEnded) -> World:
    requested = next((pending_call.requested for pending_call in world.pending if pending_call.call == event.call), {})
    world = replace(
        world, pending=tuple(pending_call for pending_call in world.pending if pending_call.call != event.call)
    )
    if event.name == "container.create" and event.status == 201 and event.target and event.target.id:
        new = event.target
        facts = {"name": new.name, "image": new.image, "command": new.command, "tty": new.tty}
        if "hostname" in requested:  # by default the host name is the start of the id
            requested = {**requested, "hostname": requested["hostname"] or new.id[:12]}
        return _update_container(_add_container(world, new.id, created_at=event.at, **facts), new.id, **requested)
    # The answer counts too: of two removals in one millisecond, one event was once missing (measured, engine 26.1).
    if event.name == "container.remove" and event.status == 204 and event.target and event.target.id:
        return _remove_container(world, event.target.id)
    if event.name == "system.df" and event.status == 200:
        return _apply_disk_usage(world, event.result.get("containers") or {})
    return world


def _apply_disk_usage(world: World, sizes: Mapping[str, Any]) -> World:
    """Set the bytes that each container has written; `sizes` has the start of its id."""
    sized = {id: replace(container, bytes_written=sizes.get(id[:12])) for id, container in world.containers.items()}
    return replace(world, containers=MappingProxyType(sized))


def _apply_usage(world: World, event: e.UseSeen) -> World:
    """Set the usage of the containers that are alive; one without a sample becomes unknown."""
    seen = {raw.get("id"): parse_usage(event.at, raw) for raw in event.containers}
    now = {
        id: replace(container, usage=seen.get(id) if container.alive else None)
        for id, container in world.containers.items()
    }
    return replace(world, containers=MappingProxyType(now))


def _remove_container(world: World, id: str) -> World:
    left = {key: container for key, container in world.containers.items() if key != id}
    return replace(world, containers=MappingProxyType(left), removed=world.removed | {id})


def _apply_snapshot(world: World, event: e.EngineSeen) -> World:
    """Take from the snapshot what exists, and keep what only the events told (runs, signals, times)."""
    containers = {}
    for raw in event.containers:
        if not raw.get("id"):
            continue
        known = world.containers.get(raw["id"]) or Container(raw["id"])
        state = _STATES.get(raw.get("state", ""), "exited")
        code = raw["exit_code"] if raw.get("exit_code") is not None else known.exit_code
        containers[known.id] = replace(
            known,
            name=raw.get("name") or known.name,
            image=raw.get("image") or known.image,
            command=known.command or tuple(raw.get("command") or ()),
            state=state,
            created_at=known.created_at or float(raw.get("created_at") or 0.0),
            exit_code=code if state == "exited" else None,
        )
    return replace(
        world,
        engine="up",
        version=event.version,
        containers=MappingProxyType(containers),
        images=_images(event.images),
        pending=world.pending if event.repeated else (),
        removed=frozenset(),
    )


def _images(raws: Iterable[Mapping[str, Any]]) -> Mapping[str, Image]:
    known = (raw for raw in raws if raw.get("id"))
    listed = (Image(raw["id"], tuple(raw.get("tags") or ()), int(raw.get("size") or 0)) for raw in known)
    return MappingProxyType({image.id: image for image in listed})


def _start_container(world: World, event: e.ContainerStarted) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    return _update_container(
        world,
        event.id,
        state="running",
        started_at=event.at,
        ended_at=None,
        exit_code=None,
        oom=False,
        runs=before.runs + 1,
        signals=(),
        execs=(),
        usage=None,
    )


def _start_exec(world: World, event: e.ExecStarted) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    joined = Exec(event.exec, event.command, event.at)
    return _update_container(
        world, event.id, execs=(*(other for other in before.execs if other.id != event.exec), joined)
    )


def _end_exec(world: World, event: e.ExecDied) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    ended = [
        replace(running, ended_at=event.at, exit_code=event.exit_code) if running.id == event.exec else running
        for running in before.execs
    ]
    return _update_container(world, event.id, execs=tuple(ended))


def _add_signal(world: World, event: e.SignalSent) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    return _update_container(world, event.id, signals=(*before.signals, (event.at, event.number)))


def _add_container(world: World, id: str, **facts: Any) -> World:
    """Add a container from whichever source reports it first; the second one only adds missing facts."""
    before = world.containers.get(id)
    if id in world.removed:
        return world
    if before is None:
        return replace(world, containers=MappingProxyType({**world.containers, id: Container(id, **facts)}))
    earliest = min(before.created_at or math.inf, facts.pop("created_at"))
    facts = {key: value for key, value in facts.items() if value and not getattr(before, key)}
    return _update_container(world, id, created_at=earliest, **facts)


def _update_container(world: World, id: str, **facts: Any) -> World:
    before = world.containers.get(id)
    if before is None:
        return world
    return replace(world, containers=MappingProxyType({**world.containers, id: replace(before, **facts)}))


_STATES = {
    "created": "created",
    "running": "running",
    "restarting": "running",
    "paused": "paused",
    "exited": "exited",
    "dead": "exited",
    "removing": "exited",
}
