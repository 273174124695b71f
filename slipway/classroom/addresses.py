"""The addresses of this machine, and those by which other machines in the room can reach it.

Asks the operating system (through psutil), sends nothing, and knows nothing of the web or of a class.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterable

import psutil

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to
VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "lxd", "cni", "podman", "bridge")
"""How the names of interfaces begin that lead to containers and virtual machines on this machine."""


def own_hosts() -> set[str]:
    """Return this machine's host name and all its known addresses."""
    name = socket.gethostname().lower()
    found = {address for _, address in _interface_addresses()}
    return {name, f"{name}.local", *found, *_outbound_address()}


def reachable_addresses() -> list[str]:
    """Return the IPv4 addresses by which learners' machines may reach this one; often one, maybe none.

    Loopback and link-local addresses and those of containers on this machine are left out. The address of the default
    route comes first.
    """
    first = _outbound_address()
    return _reachable([*(("", address) for address in first), *_interface_addresses()])


def client_network(address: str) -> str:
    """Return what counts as one client when connections are counted: an IPv4 address, or an IPv6 /64 network.

    One household usually gets a whole /64. What is not an address is returned as it is.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False))


def _reachable(addresses: Iterable[tuple[str, str]]) -> list[str]:
    """Select from (interface, address) pairs, without duplicates."""
    selected: dict[str, None] = {}
    for interface, address in addresses:
        ip = ipaddress.ip_address(address)
        virtual = interface.startswith(VIRTUAL)
        if ip.version == 4 and not (virtual or ip.is_loopback or ip.is_link_local or ip.is_unspecified):
            selected[address] = None
    return list(selected)


def _interface_addresses() -> list[tuple[str, str]]:
    """Return (interface, address) of interfaces that are up; IPv6 addresses without zone, as browsers send them."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    return [
        (name, str(entry.address).partition("%")[0])
        for name, entries in psutil.net_if_addrs().items()
        for entry in entries
        if name in up and entry.family in (socket.AF_INET, socket.AF_INET6)
    ]


def _outbound_address() -> list[str]:
    """Return the address of the default route, if there is one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which of our addresses would be used
        return [str(probe.getsockname()[0])]
    return []
