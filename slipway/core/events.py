"""Everything that can happen in a sandbox, as one closed union of frozen values.

The events of the client's API calls are in calls.py, those of the shell in shell_events.py. Every event has `at`,
seconds since the epoch on the engine's own clock. This module does not know where events come from
(slipway/engine/journal_parser.py), how they are stored (event_codec.py) or what they mean (world.py, rules).
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
from slipway.core.shell_events import CommandFinished as CommandFinished
from slipway.core.shell_events import CommandTyped as CommandTyped


@dataclass(frozen=True)
class EngineSeen:
    """The engine answered (again): its present containers and images replace what was known before.

    `repeated`: the engine was there all the time; its state is repeated for readers that miss the journal's beginning.
    """

    at: float
    version: str
    containers: tuple[Mapping[str, Any], ...] = ()
    images: tuple[Mapping[str, Any], ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class ImagesSeen:
    """The present images in the cache, after each change (a pull event has no image id: measured)."""

    at: float
    images: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class UseSeen:
    """What the running containers use now, from the engine's own stats and top.

    Each is `{"id", "memory", "limit", "share", "processes"}`: bytes, bytes, per cent of one processor, and `[[number,
    command, parent], …]`.
    """

    at: float
    containers: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class EngineLost:
    """The gateway can no longer reach the engine: from now on every verdict is "cannot tell"."""

    at: float
    reason: str = ""


@dataclass(frozen=True)
class ContainerCreated:
    """A container was created from `image`."""

    at: float
    id: str
    name: str
    image: str


@dataclass(frozen=True)
class ContainerAttached:
    """A client attached to a container's streams."""

    at: float
    id: str


@dataclass(frozen=True)
class ContainerStarted:
    """A container's first process was started."""

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
    """A container's first process exited."""

    at: float
    id: str
    exit_code: int


@dataclass(frozen=True)
class ContainerStopped:
    """A stop was carried out. It comes after ContainerDied; a kill has no such event (measured, engine 20.10 and
    26.1)."""

    at: float
    id: str


@dataclass(frozen=True)
class ContainerRestarted:
    """A container was restarted."""

    at: float
    id: str


@dataclass(frozen=True)
class ContainerPaused:
    """A container was paused."""

    at: float
    id: str


@dataclass(frozen=True)
class ContainerUnpaused:
    """A paused container was resumed."""

    at: float
    id: str


@dataclass(frozen=True)
class ContainerRenamed:
    """A container got another name."""

    at: float
    id: str
    name: str


@dataclass(frozen=True)
class ContainerRemoved:
    """A container was removed."""

    at: float
    id: str


@dataclass(frozen=True)
class OutOfMemory:
    """A process of the container was killed because memory ran out."""

    at: float
    id: str


@dataclass(frozen=True)
class ExecStarted:
    """A second command (`exec` is its id) was started in a container."""

    at: float
    id: str
    exec: str
    command: str = ""


@dataclass(frozen=True)
class ExecDied:
    """A second command (`exec` is its id) exited."""

    at: float
    id: str
    exec: str
    exit_code: int


@dataclass(frozen=True)
class ImagePulled:
    """An image was pulled into the cache."""

    at: float
    image: str


@dataclass(frozen=True)
class ImageTagged:
    """An image got another name."""

    at: float
    image: str
    id: str


@dataclass(frozen=True)
class ImageUntagged:
    """An image lost a name."""

    at: float
    image: str
    id: str


@dataclass(frozen=True)
class ImageRemoved:
    """An image was removed from the cache."""

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
    """A network was created, connected, disconnected or removed (`action`)."""

    at: float
    action: str
    network: str
    name: str
    container: str = ""


@dataclass(frozen=True)
class VolumeChanged:
    """A volume was created, mounted, unmounted or removed (`action`)."""

    at: float
    action: str
    volume: str


ContainerLifecycleEvent: TypeAlias = (
    ContainerStarted
    | SignalSent
    | ContainerDied
    | OutOfMemory
    | ContainerPaused
    | ContainerUnpaused
    | ContainerRenamed
    | ExecStarted
    | ExecDied
)  # changes an existing container

SampleEvent: TypeAlias = UseSeen | FlowSeen | PullSeen  # a sample, valid until the next one

WorldNeutralEvent: TypeAlias = (
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
)  # does not change the world: read by rules, and listed among the API calls

Event: TypeAlias = (
    CallStarted
    | CallEnded
    | EngineSeen
    | EngineLost
    | ImagesSeen
    | SampleEvent
    | ContainerCreated
    | ContainerRemoved
    | ContainerLifecycleEvent
    | WorldNeutralEvent
)

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}
