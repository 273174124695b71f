"""The events of the client's API calls, and the container that a call is about. Part of the union in events.py.

A call is two events, because a pending call is worth drawing: `docker stop` *is* a request held open for ten seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Target:
    """The container that a call is about, as the engine itself resolved it.

    `ref` is what the client wrote (name, id or prefix); `id` is the full id, or "" if the engine had no such container
    at that moment. Calls that end a container also have: `hears`, the signals that its first process had a handler for
    just before; `init`, whether a docker-init forwards them; `grace`, the container's default stop timeout in seconds.
    None means unknown.
    """

    ref: str
    id: str = ""
    name: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    tty: bool = False
    hears: tuple[int, ...] | None = None
    init: bool | None = None
    grace: float | None = None


@dataclass(frozen=True)
class CallStarted:
    """A request was forwarded by the gateway; `shortened`: its parameters were not kept completely."""

    at: float
    call: str
    name: str
    method: str
    path: str
    target: Target | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    shortened: bool = False


@dataclass(frozen=True)
class CallEnded:
    """The answer to `call` is complete, or its client disconnected (`cut`). `flow` has the totals of each channel, as
    in FlowSeen."""

    at: float
    call: str
    name: str
    status: int
    duration: float
    target: Target | None = None
    sent: int = 0
    received: int = 0
    out: str = ""
    err: str = ""
    cut: bool = False
    message: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    flow: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowSeen:
    """The data so far on an open connection: `{channel: [bytes, last line]}`, without empty channels."""

    at: float
    call: str
    flow: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PullSeen:
    """The progress of an image's layers: `[id, state, bytes so far, total bytes]`. States are waiting, travelling,
    arrived, unpacking, done, and here (it was in the cache before)."""

    at: float
    call: str
    layers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class CallRefused:
    """The gateway refused a request; `message` is the text that the client received."""

    at: float
    call: str
    name: str
    method: str
    path: str
    status: int
    message: str
    target: Target | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
