"""How learners get into a class: the addresses to open, the code to type, and the links, also as QR codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from slipway.classroom.addresses import ANY_ADDRESS, LOOPBACK, reachable_addresses
from slipway.core.classroom.members import format_code
from slipway.settings import Settings


@dataclass(frozen=True)
class Invitation:
    """`origins` are where people go (`http://192.168.1.20:8000`), the most likely one first; `code` is formatted."""

    origins: Sequence[str]
    code: str
    key: str

    @property
    def places(self) -> list[str]:
        """What people type: browsers try `http://` by themselves."""
        return [origin.removeprefix("http://") for origin in self.origins]

    @property
    def links(self) -> list[str]:
        """A link for each place. The key is in the fragment, which browsers do not send: it is in no request or log."""
        return [f"{origin}/join#{self.key}" for origin in self.origins]


def invitation(settings: Settings, code: str, key: str) -> Invitation:
    """Return the invitation to the class with this code and key, valid as long as this machine keeps its addresses.

    A lab with a public URL invites to that alone.
    """
    if settings.public_url:
        return Invitation([str(settings.public_url)], format_code(code), key)
    if settings.host in ANY_ADDRESS:
        names = reachable_addresses() or [LOOPBACK[0]]
    else:
        names = [f"[{settings.host}]" if ":" in settings.host else settings.host]
    port = "" if settings.port == 80 else f":{settings.port}"
    return Invitation([f"http://{name}{port}" for name in names], format_code(code), key)


def qr_rows(link: str) -> list[str]:
    """Return a QR code of `link` as rows of `1` (dark) and `0`, without the light border that must surround it."""
    return ["".join("1" if dot else "0" for dot in row) for row in segno.make(link, micro=False, error="m").matrix]
