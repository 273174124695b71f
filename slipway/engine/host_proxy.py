"""The HTTP proxy through which the host's engine pulls, and whether a sandbox's engine can pull through it, too. Pure.

Docker Hub speaks HTTPS only, so HTTPS_PROXY and NO_PROXY are all that matters.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MASKED = "xxxxx"
"""What the engine shows in place of a proxy's user and password."""
DOCKER_DESKTOP = ".docker.internal"
"""Docker Desktop always announces a proxy `http.docker.internal:3128`; what containers send leaves without it."""
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class HostProxy:
    """`url` is "" without a proxy; `exceptions` are hosts to reach directly; `problem` says why it is not passed on."""

    url: str = ""
    exceptions: str = ""
    problem: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """Return what an engine container is told of it."""
        if not self.url or self.problem:
            return {}
        proxy = urlsplit(self.url)
        port = proxy.port or DEFAULT_PORTS.get(proxy.scheme, 80)
        return {
            "SLIPWAY_HTTPS_PROXY": self.url,
            "SLIPWAY_NO_PROXY": self.exceptions,
            "SLIPWAY_PROXY_ADDRESS": f"{proxy.hostname}:{port}",
        }


def find_proxy(info: Mapping[str, Any]) -> HostProxy:
    """Return the proxy of the engine that described itself as `info`."""
    told = str(info.get("HttpsProxy") or "")
    if not told:
        return HostProxy()
    url = told if "://" in told else f"http://{told}"
    return HostProxy(url, str(info.get("NoProxy") or ""), _problem(url))


def _problem(url: str) -> str:
    try:
        proxy = urlsplit(url)
        host, _ = proxy.hostname or "", proxy.port
    except ValueError:
        return "its address is not valid"
    if MASKED in (proxy.username, proxy.password):
        return "it wants a password, which the engine tells nobody"
    if not host or ":" in host:
        return "its address is not an IPv4 address or a name"
    if host.endswith(DOCKER_DESKTOP):
        return "it is Docker Desktop's own, for its engine alone"
    return "it listens on this machine's loopback address, which no container reaches" if _is_loopback(host) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
