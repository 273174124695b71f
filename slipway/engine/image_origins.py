"""Where each image from elsewhere came from, as a label on the images that were made of it.

A label, because images are shared by all installs on an engine, and because it is as old as what it describes. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

LABEL = "slipway.images"


@dataclass(frozen=True)
class Origin:
    """Where the image `image` (name:tag), which has the id `id` on the engine and `size` bytes, came from.

    "pulled": from the registry `hub`, with this `digest`. "built": here, from Debian's packages. "found": on the
    engine, where somebody else had put it. `why` says why it was not pulled.
    """

    image: str
    id: str
    kind: Literal["pulled", "built", "found"]
    hub: str = ""
    digest: str = ""
    why: str = ""
    size: int = 0


def encode(origins: Iterable[Origin]) -> str:
    """Return the label's value."""
    return json.dumps([asdict(origin) for origin in origins], separators=(",", ":"))


def decode(text: str) -> tuple[Origin, ...]:
    """Return the origins in a label's value; none if an older or newer Slipway wrote something else."""
    try:
        return tuple(Origin(**fields) for fields in json.loads(text or "[]"))
    except (ValueError, TypeError):
        return ()


def same_images(some: Iterable[Origin], others: Iterable[Origin]) -> bool:
    """Return whether both have the same images under the same names."""
    return {origin.image: origin.id for origin in some} == {origin.image: origin.id for origin in others}


def describe(origins: Sequence[Origin]) -> list[str]:
    """Return sentences that say where each image came from: one for each registry, and for each reason why not."""
    hubs = dict.fromkeys(origin.hub for origin in origins if origin.kind == "pulled")
    pulled = [f"From {name_of(hub)}: {_with_digests(o for o in origins if o.hub == hub)}." for hub in hubs]
    reasons = dict.fromkeys((origin.kind, origin.why) for origin in origins if origin.kind != "pulled")
    return pulled + [_not_pulled(origins, *reason) for reason in reasons]


def name_of(hub: str) -> str:
    """Return the name of the registry with this host."""
    return "Docker Hub" if hub == "docker.io" else hub


def _with_digests(origins: Iterable[Origin]) -> str:
    return ", ".join(f"{origin.image} ({origin.digest:.19})" for origin in origins)


def _not_pulled(origins: Sequence[Origin], kind: str, why: str) -> str:
    how = {"built": "Built here from Debian's packages", "found": "Found on this engine"}[kind]
    names = ", ".join(origin.image for origin in origins if (origin.kind, origin.why) == (kind, why))
    return f"{how}: {names}. {why}".strip()
