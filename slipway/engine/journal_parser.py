"""Parses the journal's lines into events: the one module that knows both formats. Pure.

docs/architecture.md describes the lines. A line without an event (such as the gateway's notes about itself) becomes
None, and so does an invalid one, because a name that a learner chose must never stop the event stream.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from slipway.core import events as e

Raw = Mapping[str, Any]


def parse_line(line: bytes) -> e.Event | None:
    """Return the event in one line of the journal, or None."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parse_record(raw) if isinstance(raw, dict) else None


def parse_record(raw: Raw) -> e.Event | None:
    """Return the event of one journal record, or None."""
    make = _KINDS.get(str(raw.get("kind")))
    try:
        return make(raw) if make else None
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _call(raw: Raw) -> e.Event | None:
    return _CALL_HALVES[raw["half"]](raw)


def _started(raw: Raw) -> e.Event:
    return e.CallStarted(
        at=float(raw["t"]),
        call=raw["call"],
        name=raw["name"],
        method=raw["method"],
        path=raw["path"],
        target=_target(raw.get("target")),
        params=dict(raw.get("params") or {}),
        shortened=raw.get("shortened") is True,
    )


def _ended(raw: Raw) -> e.Event:
    return e.CallEnded(
        at=float(raw["t"]),
        call=raw["call"],
        name=raw["name"],
        status=int(raw["status"] or 0),
        duration=float(raw["duration"]),
        target=_target(raw.get("target")),
        sent=int(raw.get("sent") or 0),
        received=int(raw.get("received") or 0),
        out=raw.get("out") or "",
        err=raw.get("err") or "",
        cut=bool(raw.get("cut")),
        message=raw.get("message") or "",
        result=dict(raw.get("result") or {}),
        flow=dict(raw.get("flow") or {}),
    )


def _refused(raw: Raw) -> e.Event:
    return e.CallRefused(
        at=float(raw["t"]),
        call=raw["call"],
        name=raw["name"],
        method=raw["method"],
        path=raw["path"],
        status=int(raw["status"]),
        message=raw["message"],
        target=_target(raw.get("target")),
        params=dict(raw.get("params") or {}),
    )


def _target(raw: Raw | None) -> e.Target | None:
    if not raw:
        return None
    return e.Target(
        ref=raw.get("ref") or "",
        id=raw.get("id") or "",
        name=raw.get("name") or "",
        image=raw.get("image") or "",
        command=tuple(raw.get("command") or ()),
        tty=bool(raw.get("tty")),
        hears=tuple(int(number) for number in raw["hears"]) if isinstance(raw.get("hears"), list) else None,
        init=raw.get("init"),
        grace=None if raw.get("grace") is None else float(raw["grace"]),
    )


def _seen(raw: Raw) -> e.Event:
    return e.EngineSeen(
        at=float(raw["t"]),
        version=raw.get("version") or "",
        containers=tuple(raw.get("containers") or ()),
        images=tuple(raw.get("images") or ()),
        repeated=raw.get("repeated") is True,
    )


def _images(raw: Raw) -> e.Event:
    return e.ImagesSeen(at=float(raw["t"]), images=tuple(raw.get("images") or ()))


def _use(raw: Raw) -> e.Event:
    return e.UseSeen(at=float(raw["t"]), containers=tuple(raw.get("containers") or ()))


def _flow(raw: Raw) -> e.Event:
    channels = {name: [int(count), str(text)] for name, (count, text) in raw["flow"].items()}
    return e.FlowSeen(at=float(raw["t"]), call=raw["call"], flow=channels)


def _pull(raw: Raw) -> e.Event:
    layers = tuple([str(id), str(state), int(now), int(total)] for id, state, now, total in raw["layers"])
    return e.PullSeen(at=float(raw["t"]), call=raw["call"], layers=layers)


def _lost(raw: Raw) -> e.Event:
    return e.EngineLost(at=float(raw["t"]), reason=raw.get("reason") or "")


def _engine(raw: Raw) -> e.Event | None:
    """One message of the engine's own event stream; `Type` and `Action` as in the Engine API."""
    message = raw["event"]
    actor = message.get("Actor") or {}
    action, _, detail = str(message.get("Action") or message.get("status") or "").partition(":")
    make = _ACTIONS.get((message.get("Type", ""), action))
    return make(_time(raw), str(actor.get("ID") or ""), actor.get("Attributes") or {}, detail.strip()) if make else None


def _time(raw: Raw) -> float:
    message = raw["event"]
    return float(message["timeNano"]) / 1e9 if message.get("timeNano") else float(raw["t"])


Maker = Callable[[float, str, Raw, str], e.Event]


def _signal(at: float, id: str, facts: Raw, _: str) -> e.Event:
    return e.SignalSent(at, id, int(facts["signal"]))


def _network(action: str) -> Maker:
    return lambda at, id, facts, _: e.NetworkChanged(
        at, action, id, str(facts.get("name", "")), str(facts.get("container", ""))
    )


def _volume(action: str) -> Maker:
    return lambda at, id, _facts, _detail: e.VolumeChanged(at, action, id)


def _pruned(kind: str) -> Maker:
    return lambda at, _id, facts, _: e.Pruned(at, kind, int(facts.get("reclaimed") or 0))


_ACTIONS: dict[tuple[str, str], Maker] = {
    ("container", "create"): lambda at, id, f, _: e.ContainerCreated(at, id, f.get("name", ""), f.get("image", "")),
    ("container", "attach"): lambda at, id, _f, _: e.ContainerAttached(at, id),
    ("container", "start"): lambda at, id, _f, _: e.ContainerStarted(at, id),
    ("container", "kill"): _signal,
    ("container", "die"): lambda at, id, f, _: e.ContainerDied(at, id, int(f.get("exitCode", 0))),
    ("container", "stop"): lambda at, id, _f, _: e.ContainerStopped(at, id),
    ("container", "restart"): lambda at, id, _f, _: e.ContainerRestarted(at, id),
    ("container", "pause"): lambda at, id, _f, _: e.ContainerPaused(at, id),
    ("container", "unpause"): lambda at, id, _f, _: e.ContainerUnpaused(at, id),
    ("container", "rename"): lambda at, id, f, _: e.ContainerRenamed(at, id, f.get("name", "")),
    ("container", "destroy"): lambda at, id, _f, _: e.ContainerRemoved(at, id),
    ("container", "oom"): lambda at, id, _f, _: e.OutOfMemory(at, id),
    ("container", "exec_start"): lambda at, id, f, detail: e.ExecStarted(at, id, f.get("execID", ""), detail),
    ("container", "exec_die"): lambda at, id, f, _: e.ExecDied(at, id, f.get("execID", ""), int(f.get("exitCode", 0))),
    ("container", "prune"): _pruned("container"),
    ("image", "pull"): lambda at, id, _f, _: e.ImagePulled(at, id),
    ("image", "tag"): lambda at, id, f, _: e.ImageTagged(at, f.get("name", ""), id),
    ("image", "untag"): lambda at, id, f, _: e.ImageUntagged(at, f.get("name", ""), id),
    ("image", "delete"): lambda at, id, _f, _: e.ImageRemoved(at, id),
    ("image", "prune"): _pruned("image"),
    ("builder", "prune"): _pruned("builder"),
    ("network", "prune"): _pruned("network"),
    ("network", "create"): _network("create"),
    ("network", "destroy"): _network("destroy"),
    ("network", "connect"): _network("connect"),
    ("network", "disconnect"): _network("disconnect"),
    ("volume", "create"): _volume("create"),
    ("volume", "destroy"): _volume("destroy"),
    ("volume", "prune"): _pruned("volume"),
}

_CALL_HALVES: dict[str, Callable[[Raw], e.Event]] = {"started": _started, "ended": _ended, "refused": _refused}

_KINDS: dict[str, Callable[[Raw], e.Event | None]] = {
    "call": _call,
    "seen": _seen,
    "images": _images,
    "use": _use,
    "flow": _flow,
    "pull": _pull,
    "lost": _lost,
    "engine": _engine,
}
