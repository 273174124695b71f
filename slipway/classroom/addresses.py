"""Where this machine can be found: its addresses, and those of them that other machines in the room can reach.

Asks the operating system (through psutil), sends nothing, and knows nothing of the web or of a class.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterable

import psutil

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to
INNER = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "lxd", "cni", "podman", "bridge")
"""How the interfaces are called that lead to containers and virtual machines on this very machine."""


def own_names() -> set[str]:
    """This machine's host name and all its addresses, as far as it knows them."""
    name = socket.gethostname().lower()
    found = {address for _, address in _addresses()}
    return {name, f"{name}.local", *found, *_facing_outwards()}


def reachable() -> list[str]:
    """The IPv4 addresses that learners' machines may reach this one by, the likeliest first; often one, maybe none.

    Loopback and link-local addresses are left out, and those that lead to containers on this machine; the one that
    faces outwards comes first.
    """
    first = _facing_outwards()
    return _chosen([*(("", address) for address in first), *_addresses()])


def neighbourhood(address: str) -> str:
    """What counts as one address when connections are counted: of IPv6 the network that one household is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False))


def _chosen(addresses: Iterable[tuple[str, str]]) -> list[str]:
    chosen: dict[str, None] = {}
    for interface, address in addresses:
        ip = ipaddress.ip_address(address)
        inner = interface.startswith(INNER)
        if ip.version == 4 and not (inner or ip.is_loopback or ip.is_link_local or ip.is_unspecified):
            chosen[address] = None
    return list(chosen)


def _addresses() -> list[tuple[str, str]]:
    """Interface and address, of interfaces that are up. An IPv6 address without its zone, as browsers send it."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    return [
        (name, str(one.address).partition("%")[0])
        for name, found in psutil.net_if_addrs().items()
        for one in found
        if name in up and one.family in (socket.AF_INET, socket.AF_INET6)
    ]


def _facing_outwards() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which of our addresses faces outwards
        return [str(probe.getsockname()[0])]
    return []
