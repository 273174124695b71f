"""`Match`, and the comparisons that the rules share: of container ids, images, signals and plain values.

A field that the lesson leaves out is None, which matches everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from slipway.core.signals import number_of_signal
from slipway.core.story import ApiCall

ContainerIds = frozenset[str] | None


@dataclass(frozen=True)
class Match:
    """One place in a story where a rule holds: when, described in words, and the container that it is about."""

    at: float
    text: str
    container: str = ""


def matches_container(id: str, container: ContainerIds, other_than: ContainerIds) -> bool:
    """Return whether the id is in `container` and not in `other_than`."""
    return (container is None or id in container) and (other_than is None or id not in other_than)


def targets(call: ApiCall, container: ContainerIds, other_than: ContainerIds) -> bool:
    """Return whether the call is about a container in `container` and not in `other_than`."""
    return matches_container(call.container_id, container, other_than)


def matches_value(value: object, wanted: object) -> bool:
    """Return whether the values are equal, or none is wanted."""
    return wanted is None or value == wanted


def matches_image(value: str, wanted: str | None) -> bool:
    """Return whether both names mean the same image; the registry, `library/` and `:latest` may be left out."""
    return wanted is None or _normalized(value) == _normalized(wanted)


def matches_signal(number: int, wanted: str | None) -> bool:
    """Return whether `wanted` is a name or number of this signal."""
    return wanted is None or number == number_of_signal(str(wanted))


def _normalized(image: str) -> str:
    short = image.removeprefix("docker.io/").removeprefix("library/")
    name = short.partition("@")[0]  # an image pinned by digest still belongs to its repository
    return name if ":" in name else f"{name}:latest"
