"""What stands in a world: containers, the commands that joined them, images, and calls under way.

Plain frozen values; how events change them is slipway/core/world.py. Times are seconds on the engine's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STREAMS = ("stdin", "stdout", "stderr")


@dataclass(frozen=True)
class Exec:
    """A second command in a running container; it ends when it dies, or with its container."""

    id: str
    command: str = ""
    started_at: float = 0.0
    ended_at: float | None = None
    exit_code: int | None = None


@dataclass(frozen=True)
class ResourceUsage:
    """Of the machine: bytes of memory and how many it may have, per cent of one processor, and its processes: of each
    the number that the machine has for it, its command, and the number of its parent (0: not told)."""

    at: float
    memory: int = 0
    limit: int = 0
    share: float = 0.0
    processes: tuple[tuple[int, str, int], ...] = ()


def use(at: float, raw: Mapping[str, Any]) -> ResourceUsage:
    """What the journal says of one container's use. Raises TypeError or ValueError for what is none."""
    rows = tuple((int(row[0]), str(row[1]), int((*row, 0)[2])) for row in raw.get("processes") or ())
    return ResourceUsage(
        at, int(raw.get("memory") or 0), int(raw.get("limit") or 0), float(raw.get("share") or 0.0), rows
    )


@dataclass(frozen=True)
class Container:
    """One container; `signals`, `execs` and `ended_at` are those of its last run.

    `memory` is its limit in bytes (0: unknown). `overridden` says whether its command was given in place of the image's
    own, and `hostname` what its processes see as the machine's name (None, "": nobody saw how it was created). `use` is
    what it was last seen to use, while it is alive; `wrote` is how many bytes it had written to its own files when
    `docker system df` last asked.
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
    use: ResourceUsage | None = None
    wrote: int | None = None

    @property
    def alive(self) -> bool:
        return self.state in ("running", "paused")


@dataclass(frozen=True)
class Image:
    id: str
    tags: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True)
class Pending:
    """A call that has begun and not ended; `asked` is what its client asked for, as far as a world remembers it.

    `grace` is how many seconds a stop waits before it forces the end (below zero: for ever). `flow` and `layers` are
    what was last seen of a connection, or of a pull (FlowSeen, PullSeen).
    """

    call: str
    name: str
    at: float
    target: str = ""
    grace: float = 0.0
    asked: Mapping[str, Any] = field(default_factory=dict)
    flow: Mapping[str, Any] = field(default_factory=dict)
    layers: tuple[Any, ...] = ()


def asked(name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the call `name` asks for: the facts of a new container, or the `streams` that an attach connects."""
    if name == "container.create":
        return _created(params.get("body"))
    if name == "container.attach":
        return {"streams": tuple(one for one in STREAMS if str(params.get(one, "")).lower() in ("1", "true"))}
    return {}


def _created(body: Any) -> Mapping[str, Any]:
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
