"""Where the lab is reached when something stands in front of it: its public URL, and the proxies it believes. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


class InvalidAddress(ValueError):
    """It is not a URL or a network of this kind; the text is a sentence for people."""


@dataclass(frozen=True)
class PublicUrl:
    """`scheme` is http or https; `authority` is what browsers send as `Host`: in lower case, no default port."""

    scheme: str
    authority: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def parse_url(text: str) -> PublicUrl:
    """Return the URL that `text` is. Raises InvalidAddress."""
    try:
        url = urlsplit(text)
        port, name = url.port, _host(url.hostname or "")
    except ValueError:
        raise _no_url(text) from None
    if url.scheme not in DEFAULT_PORTS or not name or port == 0:
        raise _no_url(text)
    if url.path.strip("/"):
        raise InvalidAddress(
            f"{text} has a path, and the lab is served only at the root of a host. Give it a host name or a port of "
            "its own, such as https://lab.example."
        )
    if _has_more_than_a_host(url):
        raise _no_url(text)
    return PublicUrl(url.scheme, name if port in (None, DEFAULT_PORTS[url.scheme]) else f"{name}:{port}")


def parse_proxies(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks that `text` lists, between commas or spaces. Raises InvalidAddress."""
    return tuple(_network(word) for word in re.split(r"[,\s]+", text) if word)


def contains(networks: Iterable[Network], address: str) -> bool:
    """Return whether the address is in one of the networks; False for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in network for network in networks)


def _host(name: str) -> str:
    """Return the host as browsers send it; "" if it is none. Raises ValueError."""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name)}]"
    encoded = name.encode("idna").decode() if not name.isascii() else name
    return encoded if _NAME.fullmatch(encoded) else ""


def _has_more_than_a_host(url: SplitResult) -> bool:
    return bool(url.query or url.fragment or url.username is not None or url.password is not None)


def _no_url(text: str) -> InvalidAddress:
    return InvalidAddress(
        f"{text!r} is not the URL of a host, such as https://lab.example or https://lab.example:8443."
    )


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise InvalidAddress(
            f"{text!r} is not the address of a proxy or a network of them, such as 127.0.0.1 or 10.0.0.0/8."
        ) from None
    if network.prefixlen == 0:
        raise InvalidAddress(f"{text} is everybody: whom the lab should believe must be named.")
    return network
