"""Explains why an image could not be had from a registry: what the engine's error means, and what to do about it.

Pure. Errors are those of the engine's API (tests/engine/test_hub.py has those of two engines and both image stores).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "rate limit", "missing", "refused", "unavailable", "timeout", "name", "connection", "certificate", "proxy", "other"
]
WHOLE_HUB: frozenset[FaultKind] = frozenset({"timeout", "name", "connection", "certificate", "proxy"})
"""Faults that every other image would meet too: the registry is not asked again."""


@dataclass(frozen=True)
class HubFault:
    """Why an image could not be had; `sentence` says what it means and what to do."""

    kind: FaultKind
    sentence: str

    @property
    def concerns_all(self) -> bool:
        """Whether asking for another image would end the same way."""
        return self.kind in WHOLE_HUB


def explain(error: str, status: int, hub: str, image: str) -> HubFault:
    """Return the fault that an engine's `error` about `image` tells of; `hub` is the registry's host, with its port.

    `status` is that of the engine's response. It matters only for 4xx: an engine answers 500 to most errors.
    """
    kind = _kind(error, status)
    what = "Docker Hub" if hub == DOCKER_HUB else hub
    words = {"hub": what, "host": hub, "image": image, "error": _shorten(error)}
    return HubFault(kind, _SENTENCES[kind].format(**words))


def timed_out(hub: str, image: str, seconds: float) -> HubFault:
    """Return the fault of a registry that did not answer within `seconds`."""
    return explain(f"timeout: no answer within {seconds:g} seconds", 0, hub, image)


def _kind(error: str, status: int) -> FaultKind:
    if status in _STATUSES:
        return _STATUSES[status]
    return next((kind for kind, pattern in _PATTERNS if re.search(pattern, error, re.IGNORECASE)), "other")


def _shorten(error: str) -> str:
    """Return the end of the error, where Go's libraries name the cause, without quoted URLs and references."""
    text = re.sub(r"\s+", " ", re.sub(r'[\w ]*"[^"]*": ', "", error)).strip().rstrip(".")
    return text if len(text) <= LONGEST else f"…{text[-LONGEST:]}"


DOCKER_HUB = "docker.io"
LONGEST = 160
_STATUSES: dict[int, FaultKind] = {401: "refused", 403: "refused", 404: "missing", 429: "rate limit"}

# In this order: an engine's error quotes a URL, and sometimes a second error that the first one led to.
_PATTERNS: tuple[tuple[FaultKind, str], ...] = (
    ("rate limit", r"toomanyrequests|\b429\b|too many requests|rate limit"),
    ("proxy", r"proxyconnect|\b407\b|proxy authentication"),
    ("certificate", r"x509:|certificate|tls: |server gave HTTP response to HTTPS client"),
    ("name", r"no such host|lookup \S+ on|lookup \S+:|name resolution|server misbehaving"),
    ("timeout", r"timeout|timed out|deadline exceeded"),
    ("connection", r"connection refused|no route to host|network is unreachable|connection reset|dial tcp|\bEOF\b"),
    ("unavailable", r"\b50[0-9]\b"),
    ("refused", r"unauthorized|denied|forbidden|\b40[13]\b|no basic auth|authorization failed"),
    ("missing", r"manifest unknown|unknown blob|blob unknown|not found|\b404\b|no matching manifest|does not exist"),
)
_SENTENCES: dict[FaultKind, str] = {
    "rate limit": "{hub} limits how often images may be pulled, and this machine's address has reached the limit "
    "(429): wait a few hours, or raise the limit with `docker login`.",
    "missing": "{hub} has no image {image} for this machine (404): a mirror (SLIPWAY_HUB) must carry it.",
    "refused": "{hub} refuses to hand out {image} (401 or 403): run `docker login {host}`, or correct SLIPWAY_HUB.",
    "unavailable": "{hub} is out of order at the moment ({error}): try again later.",
    "timeout": "{hub} does not answer in time: check the network of the engine's machine, its firewall and its proxy.",
    "name": "The engine cannot find {host} by its name ({error}): check the network and the name servers of the "
    "engine's machine.",
    "connection": "The engine cannot connect to {host} ({error}): check the network of the engine's machine, or give "
    "the engine a proxy (docs.docker.com/engine/daemon/proxy).",
    "certificate": "The engine does not trust the certificate of {host} ({error}): if a proxy of your company inspects "
    "TLS, install its root certificate on the engine's machine and restart the engine.",
    "proxy": "The engine's proxy does not let it through to {host} ({error}): correct the engine's proxy settings "
    "(docs.docker.com/engine/daemon/proxy).",
    "other": "{hub} or the engine answers with an error about {image}: {error}.",
}
