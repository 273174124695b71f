"""What learners are told to come into a class: where to go, and what to type there. On paper, not who may.

The links of a class, one for each address that learners' machines may reach, and a QR code of a link as rows of dots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from slipway.classroom.addresses import EVERYWHERE, LOOPBACK, reachable
from slipway.core.classroom.members import format_code
from slipway.settings import Settings


@dataclass(frozen=True)
class Invitation:
    """`places` are what people type (`192.168.1.20:8000`), the likeliest first; `code` as it is shown."""

    places: Sequence[str]
    code: str
    key: str

    @property
    def links(self) -> list[str]:
        """The key stands in the fragment, which browsers keep to themselves: it is in no request and no log."""
        return [f"http://{place}/join#{self.key}" for place in self.places]


def invitation(settings: Settings, code: str, key: str) -> Invitation:
    """For the class with this code and key, as long as this machine keeps its addresses."""
    if settings.host in EVERYWHERE:
        hosts = reachable() or [LOOPBACK[0]]
    else:
        hosts = [f"[{settings.host}]" if ":" in settings.host else settings.host]
    port = "" if settings.port == 80 else f":{settings.port}"
    return Invitation([f"{host}{port}" for host in hosts], format_code(code), key)


def dots(link: str) -> list[str]:
    """A QR code of `link` as rows of `1` (dark) and `0`, without the light border that it needs around it."""
    return ["".join("1" if dot else "0" for dot in row) for row in segno.make(link, micro=False, error="m").matrix]
