"""A match, and what fits: the small questions that every rule asks of an id, an image, a signal.

A field that the lesson leaves out (None) fits everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from slipway.core.signals import number_of_signal
from slipway.core.story import Act

Ids = frozenset[str] | None


@dataclass(frozen=True)
class Match:
    """One place in a story where a rule holds: when, about which container, and in words."""

    at: float
    text: str
    container: str = ""


def fits(id: str, container: Ids, other_than: Ids) -> bool:
    return (container is None or id in container) and (other_than is None or id not in other_than)


def is_about(act: Act, container: Ids, other_than: Ids) -> bool:
    return fits(act.id, container, other_than)


def same(value: object, wanted: object) -> bool:
    return wanted is None or value == wanted


def same_image(value: str, wanted: str | None) -> bool:
    return wanted is None or _plain(value) == _plain(wanted)


def _plain(image: str) -> str:
    short = image.removeprefix("docker.io/").removeprefix("library/")
    name = short.partition("@")[0]  # what is pinned by its digest is still of that repository
    return name if ":" in name else f"{name}:latest"


def same_signal(number: int, wanted: str | None) -> bool:
    return wanted is None or number == number_of_signal(str(wanted))
