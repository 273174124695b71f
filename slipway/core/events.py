"""What can happen in a sandbox, as one closed union of frozen values.

The calls of the learner's client are in calls.py. Everything carries `at`, seconds since the epoch on the engine's own
clock.
This module knows nothing about where events come from (slipway/engine/journal_parser.py), how they are written down
(event_codec.py) or what they mean (world, checks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from slipway.core.calls import CallEnded as CallEnded
from slipway.core.calls import CallRefused as CallRefused
from slipway.core.calls import CallStarted as CallStarted
from slipway.core.calls import FlowSeen as FlowSeen
from slipway.core.calls import PullSeen as PullSeen
from slipway.core.calls import Target as Target


@dataclass(frozen=True)
class EngineSeen:
    """The engine answered (again): what it holds right now replaces what was believed before.

    `repeated`: it was there all the time, and is only told anew for those who will not hear the beginning.
    """

    at: float
    version: str
    containers: tuple[Mapping[str, Any], ...] = ()
    images: tuple[Mapping[str, Any], ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class ImagesSeen:
    """What the image cache holds now, told after each change of it (a pull event names no image id: measured)."""

    at: float
    images: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class UseSeen:
    """What the running containers use just now, from the engine's own stats and top: each `{"id", "memory", "limit",
    "share", "processes"}`, in bytes, per cent of one processor, and `[[number, command, parent], …]`."""

    at: float
    containers: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class EngineLost:
    """The gateway can't reach the engine any more: from here on nobody can tell."""

    at: float
    reason: str = ""


@dataclass(frozen=True)
class ContainerCreated:
    at: float
    id: str
    name: str
    image: str


@dataclass(frozen=True)
class ContainerAttached:
    at: float
    id: str


@dataclass(frozen=True)
class ContainerStarted:
    at: float
    id: str


@dataclass(frozen=True)
class SignalSent:
    """The engine sent `number` to the container's first process."""

    at: float
    id: str
    number: int


@dataclass(frozen=True)
class ContainerDied:
    at: float
    id: str
    exit_code: int


@dataclass(frozen=True)
class ContainerStopped:
    """A stop was carried out. It comes after the death; a kill has none (measured, engine 20.10 and 26.1)."""

    at: float
    id: str


@dataclass(frozen=True)
class ContainerRestarted:
    at: float
    id: str


@dataclass(frozen=True)
class ContainerPaused:
    at: float
    id: str


@dataclass(frozen=True)
class ContainerUnpaused:
    at: float
    id: str


@dataclass(frozen=True)
class ContainerRenamed:
    at: float
    id: str
    name: str


@dataclass(frozen=True)
class ContainerRemoved:
    at: float
    id: str


@dataclass(frozen=True)
class OutOfMemory:
    at: float
    id: str


@dataclass(frozen=True)
class ExecStarted:
    at: float
    id: str
    exec: str
    command: str = ""


@dataclass(frozen=True)
class ExecDied:
    at: float
    id: str
    exec: str
    exit_code: int


@dataclass(frozen=True)
class ImagePulled:
    at: float
    image: str


@dataclass(frozen=True)
class ImageTagged:
    at: float
    image: str
    id: str


@dataclass(frozen=True)
class ImageUntagged:
    at: float
    image: str
    id: str


@dataclass(frozen=True)
class ImageRemoved:
    at: float
    id: str


@dataclass(frozen=True)
class Pruned:
    """A prune was carried out on `what` (container, image, network, volume, builder); `reclaimed` is in bytes."""

    at: float
    what: str
    reclaimed: int = 0


@dataclass(frozen=True)
class NetworkChanged:
    at: float
    action: str
    network: str
    name: str
    container: str = ""


@dataclass(frozen=True)
class VolumeChanged:
    at: float
    action: str
    volume: str


@dataclass(frozen=True)
class CommandTyped:
    at: float
    terminal: int
    line: str


@dataclass(frozen=True)
class CommandFinished:
    at: float
    terminal: int
    status: int


OfLife: TypeAlias = (
    ContainerStarted
    | SignalSent
    | ContainerDied
    | OutOfMemory
    | ContainerPaused
    | ContainerUnpaused
    | ContainerRenamed
    | ExecStarted
    | ExecDied
)  # what a container that is there goes through

Glimpse: TypeAlias = UseSeen | FlowSeen | PullSeen  # how things are just now: it stands in the world until the next one

Unfolded: TypeAlias = (
    CallRefused
    | ContainerAttached
    | ContainerStopped
    | ContainerRestarted
    | ImagePulled
    | ImageTagged
    | ImageUntagged
    | ImageRemoved
    | Pruned
    | NetworkChanged
    | VolumeChanged
    | CommandTyped
    | CommandFinished
)  # what leaves the world as it is: rules read it, and the wire shows it

Event: TypeAlias = (
    CallStarted
    | CallEnded
    | EngineSeen
    | EngineLost
    | ImagesSeen
    | Glimpse
    | ContainerCreated
    | ContainerRemoved
    | OfLife
    | Unfolded
)

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}
