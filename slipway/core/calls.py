"""The calls of the learner's client, each in two halves, and the container that a call is about.

A pending call is a fact worth drawing: `docker stop` *is* a request held open for ten seconds. Part of the union of
events.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Target:
    """The container that a call is about, as the engine itself resolved it.

    `ref` is what the client wrote (name, id or prefix); `id` is the full id, or "" when the engine knew no such
    container at that moment. What ends a container also tells how it would end: `hears` are the signals that its
    first process had a handler for when it was about to get one, `init` whether a docker-init passes them on, `grace`
    the seconds that a stop waits when it does not say. None where nobody knows.
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
    """A request that the gateway let through, at the moment it was forwarded; `shortened` when not all was kept."""

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
    """The answer to `call` is complete, or its client has gone (`cut`). `flow` is what all in all has flowed on each
    channel, as in FlowSeen."""

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
    """What has flowed on a connection that is still open: `{channel: [bytes, last line]}` of those that carried any."""

    at: float
    call: str
    flow: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PullSeen:
    """How far the layers of an image have come: `[id, state, bytes so far, bytes in all]`. States are waiting,
    travelling, arrived, unpacking, done, and here for one that had been there before."""

    at: float
    call: str
    layers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class CallRefused:
    """The gateway did not let a request through, and `message` is the sentence that its client was given."""

    at: float
    call: str
    name: str
    method: str
    path: str
    status: int
    message: str
    target: Target | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
