"""The learner's Docker world, as folded from events: what there is, and what is under way.

`apply` is the only reducer in Slipway; the browser receives its result and only draws. It is total: an event about
something unknown changes nothing, because the sources (calls and engine events) promise no order between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, assert_never

from slipway.core import events as e
from slipway.core.resources import Container, Exec, Image, Pending, asked, use

DEFAULT_GRACE = 10.0  # seconds between SIGTERM and SIGKILL when nobody says otherwise (measured 10.01 s)


@dataclass(frozen=True)
class World:
    """Everything that is known of one engine. Containers are in the order of their creation; `removed` are ids that
    must not come back when the answer to their create call is reported after their removal."""

    engine: str = "unknown"  # unknown, up, lost
    version: str = ""
    at: float = 0.0
    containers: Mapping[str, Container] = field(default_factory=lambda: MappingProxyType({}))
    images: Mapping[str, Image] = field(default_factory=lambda: MappingProxyType({}))
    pending: tuple[Pending, ...] = ()
    removed: frozenset[str] = frozenset()

    def find(self, ref: str) -> Container | None:
        """The container that `ref` means, by the engine's own rule: full id, then name, then a unique prefix."""
        if ref in self.containers:
            return self.containers[ref]
        named = [one for one in self.containers.values() if one.name and one.name == ref.removeprefix("/")]
        if named:
            return named[0]
        starting = [one for one in self.containers.values() if ref and one.id.startswith(ref)]
        return starting[0] if len(starting) == 1 else None


def fold(story: Iterable[e.Event], world: World | None = None) -> World:
    """The world after all of `story`."""
    now = world or World()
    for event in story:
        now = apply(now, event)
    return now


def apply(world: World, event: e.Event) -> World:
    """The world after `event`; events about unknown things change only the clock."""
    world = replace(world, at=max(world.at, event.at))
    match event:
        case e.CallStarted():
            return _begin(world, event)
        case e.CallEnded():
            return _finish(world, event)
        case e.EngineSeen():
            return _seen(world, event)
        case e.EngineLost():
            return replace(world, engine="lost", pending=())
        case e.ImagesSeen():
            return replace(world, images=_images(event.images))
        case e.UseSeen():
            return _used(world, event)
        case e.FlowSeen():
            return _progress(world, event.call, flow=event.flow)
        case e.PullSeen():
            return _progress(world, event.call, layers=event.layers)
        case e.ContainerCreated():
            return _put(world, event.id, name=event.name, image=event.image, created_at=event.at)
        case e.ContainerRemoved():
            return _removed(world, event.id)
        case _ if isinstance(event, e.OfLife):
            return _lived(world, event)
        case _ if isinstance(event, e.Unfolded):
            return world
        case _:
            assert_never(event)


def _lived(world: World, event: e.OfLife) -> World:
    """What a container that is there goes through."""
    match event:
        case e.ContainerStarted():
            return _started(world, event)
        case e.SignalSent():
            return _signalled(world, event)
        case e.ContainerDied():
            return _change(world, event.id, state="exited", exit_code=event.exit_code, ended_at=event.at, use=None)
        case e.OutOfMemory():
            return _change(world, event.id, oom=True)
        case e.ContainerPaused():
            return _change(world, event.id, state="paused")
        case e.ContainerUnpaused():
            return _change(world, event.id, state="running")
        case e.ContainerRenamed():
            return _change(world, event.id, name=event.name)
        case e.ExecStarted():
            return _joined(world, event)
        case e.ExecDied():
            return _left(world, event)
        case _:
            assert_never(event)


def _begin(world: World, event: e.CallStarted) -> World:
    target = event.target.id if event.target else ""
    wanted = asked(event.name, event.params)
    pending = Pending(event.call, event.name, event.at, target, _grace(event), wanted)
    return replace(world, pending=(*world.pending, pending))


def _grace(event: e.CallStarted) -> float:
    """What the call says, else what the container was made with, else what the engine does."""
    try:
        return float(event.params["t"])
    except (KeyError, TypeError, ValueError):
        made_with = event.target.grace if event.target else None
        return DEFAULT_GRACE if made_with is None else made_with


def _progress(world: World, call: str, **seen: Any) -> World:
    """A call that is under way has come further; of one that is not, nothing is known."""
    pending = tuple(replace(one, **seen) if one.call == call else one for one in world.pending)
    return replace(world, pending=pending)


def _finish(world: World, event: e.CallEnded) -> World:
    wanted = next((one.asked for one in world.pending if one.call == event.call), {})
    world = replace(world, pending=tuple(one for one in world.pending if one.call != event.call))
    if event.name == "container.create" and event.status == 201 and event.target and event.target.id:
        made = event.target
        facts = {"name": made.name, "image": made.image, "command": made.command, "tty": made.tty}
        if "hostname" in wanted:  # without a name of its own it is called by the beginning of its id
            wanted = {**wanted, "hostname": wanted["hostname"] or made.id[:12]}
        return _change(_put(world, made.id, created_at=event.at, **facts), made.id, **wanted)
    # The answer counts too: of two removals in the same millisecond one event was once missing (measured, engine 26.1).
    if event.name == "container.remove" and event.status == 204 and event.target and event.target.id:
        return _removed(world, event.target.id)
    if event.name == "system.df" and event.status == 200:
        return _measured(world, event.result.get("containers") or {})
    return world


def _measured(world: World, wrote: Mapping[str, Any]) -> World:
    """What each container has written, by the beginning of its id."""
    sized = {id: replace(one, wrote=wrote.get(id[:12])) for id, one in world.containers.items()}
    return replace(world, containers=MappingProxyType(sized))


def _used(world: World, event: e.UseSeen) -> World:
    """What is alive uses what was seen, and what was not seen is not known any more."""
    seen = {raw.get("id"): use(event.at, raw) for raw in event.containers}
    now = {id: replace(one, use=seen.get(id) if one.alive else None) for id, one in world.containers.items()}
    return replace(world, containers=MappingProxyType(now))


def _removed(world: World, id: str) -> World:
    left = {key: one for key, one in world.containers.items() if key != id}
    return replace(world, containers=MappingProxyType(left), removed=world.removed | {id})


def _seen(world: World, event: e.EngineSeen) -> World:
    """Take the snapshot for what exists, and keep what only the events knew (runs, signals, times)."""
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
    return MappingProxyType({one.id: one for one in listed})


def _started(world: World, event: e.ContainerStarted) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    return _change(
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
        use=None,
    )


def _joined(world: World, event: e.ExecStarted) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    joined = Exec(event.exec, event.command, event.at)
    return _change(world, event.id, execs=(*(one for one in before.execs if one.id != event.exec), joined))


def _left(world: World, event: e.ExecDied) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    ended = [
        replace(one, ended_at=event.at, exit_code=event.exit_code) if one.id == event.exec else one
        for one in before.execs
    ]
    return _change(world, event.id, execs=tuple(ended))


def _signalled(world: World, event: e.SignalSent) -> World:
    before = world.containers.get(event.id)
    if before is None:
        return world
    return _change(world, event.id, signals=(*before.signals, (event.at, event.number)))


def _put(world: World, id: str, **facts: Any) -> World:
    """Learn of a container from whichever source speaks first; the second one only adds what was not known."""
    before = world.containers.get(id)
    if id in world.removed:
        return world
    if before is None:
        return replace(world, containers=MappingProxyType({**world.containers, id: Container(id, **facts)}))
    earliest = min(before.created_at or math.inf, facts.pop("created_at"))
    facts = {key: value for key, value in facts.items() if value and not getattr(before, key)}
    return _change(world, id, created_at=earliest, **facts)


def _change(world: World, id: str, **facts: Any) -> World:
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
