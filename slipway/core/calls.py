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
    container at that moment. `hears` are the signals that its first process had a handler for when it was about to get
    one; None when nobody knows.
    """

    ref: str
    id: str = ""
    name: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    tty: bool = False
    hears: tuple[int, ...] | None = None


@dataclass(frozen=True)
class CallStarted:
    """A request that the gateway let through, at the moment it was forwarded."""

    at: float
    call: str
    name: str
    method: str
    path: str
    target: Target | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CallEnded:
    """The answer to `call` is complete, or its client has gone (`cut`)."""

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
