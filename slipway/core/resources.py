"""What a world contains: containers, their exec commands, images, and pending calls.

Plain frozen values; how events change them is in slipway/core/world.py. Times are seconds on the engine's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STREAMS = ("stdin", "stdout", "stderr")


@dataclass(frozen=True)
class Exec:
    """A second command in a running container (`docker exec`); it ends when it exits, or with its container."""

    id: str
    command: str = ""
    started_at: float = 0.0
    ended_at: float | None = None
    exit_code: int | None = None


@dataclass(frozen=True)
class ResourceUsage:
    """What a container uses: bytes of memory and their limit, per cent of one processor, and its processes.

    A process is its number on the host, its command, and the number of its parent (0: unknown).
    """

    at: float
    memory: int = 0
    limit: int = 0
    share: float = 0.0
    processes: tuple[tuple[int, str, int], ...] = ()


def parse_usage(at: float, raw: Mapping[str, Any]) -> ResourceUsage:
    """Return the usage of one container in a `UseSeen` event. Raises TypeError or ValueError if it is malformed."""
    rows = tuple((int(row[0]), str(row[1]), int((*row, 0)[2])) for row in raw.get("processes") or ())
    return ResourceUsage(
        at, int(raw.get("memory") or 0), int(raw.get("limit") or 0), float(raw.get("share") or 0.0), rows
    )


@dataclass(frozen=True)
class Container:
    """One container; `signals`, `execs` and `ended_at` are those of its last run.

    `memory` is its limit in bytes (0: unknown). `overridden` says whether its command was given in place of the image's
    own, and `hostname` is its host name inside (None, "": its creation was not seen). `usage` is the last sample while
    it is alive. `bytes_written` is the size of its own files at the last `docker system df`.
    """

    id: str
    name: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    state: str = "created"  # created, running, paused, exited
    tty: bool = False
    created_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    exit_code: int | None = None
    oom: bool = False
    runs: int = 0
    signals: tuple[tuple[float, int], ...] = ()
    execs: tuple[Exec, ...] = ()
    stdin: bool = False
    init: bool = False
    memory: int = 0
    overridden: bool | None = None
    hostname: str = ""
    usage: ResourceUsage | None = None
    bytes_written: int | None = None

    @property
    def alive(self) -> bool:
        """Whether it has a process, running or paused."""
        return self.state in ("running", "paused")


@dataclass(frozen=True)
class Image:
    """One image in the cache; `size` is in bytes."""

    id: str
    tags: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True)
class PendingCall:
    """A call that has begun and not ended; `requested` are the parameters that the world needs when it ends.

    `grace` is how many seconds a stop waits before SIGKILL (below zero: for ever). `flow` and `layers` are the last
    sample of a connection or of a pull (FlowSeen, PullSeen).
    """

    call: str
    name: str
    at: float
    target: str = ""
    grace: float = 0.0
    requested: Mapping[str, Any] = field(default_factory=dict)
    flow: Mapping[str, Any] = field(default_factory=dict)
    layers: tuple[Any, ...] = ()


def requested_facts(name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the call `name` requests: facts of a new container, or the `streams` that an attach connects."""
    if name == "container.create":
        return _facts_of_create(params.get("body"))
    if name == "container.attach":
        return {"streams": tuple(stream for stream in STREAMS if str(params.get(stream, "")).lower() in ("1", "true"))}
    return {}


def _facts_of_create(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        return {}
    host = body.get("HostConfig")
    host = host if isinstance(host, Mapping) else {}
    memory = host.get("Memory")
    return {
        "stdin": body.get("OpenStdin") is True,
        "init": host.get("Init") is True,
        "memory": memory if isinstance(memory, int) else 0,
        "overridden": bool(body.get("Cmd") or body.get("Entrypoint")),
        "hostname": str(body.get("Hostname") or ""),
    }
