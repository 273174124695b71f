"""Who sends a request that came through proxies: the nearest address that is not a trusted proxy's.

Each proxy appends to X-Forwarded-For the address that asked it. So the list is read from its end, as long as what is
there was written by a proxy that the install trusts; what a client wrote itself is never reached. Werkzeug's ProxyFix
counts proxies instead, and believes the header from everybody who can open a connection.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from slipway.classroom.addresses import client_network
from slipway.install.public_address import Network, contains
from slipway.web.security.origin_guard import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOO_MANY = "Too many connections to this lab are open from your network. Close some of its pages, then try again."


class ForwardedAddresses:
    """A WSGI application around another: it corrects REMOTE_ADDR, and limits open requests per forwarded address.

    A WebSocket is a request that stays open. Direct connections were limited when they were accepted
    (address_limits.py).
    """

    def __init__(self, app: WSGIApplication, proxies: Sequence[Network], per_address: int) -> None:
        self._app, self._proxies, self._per_address = app, proxies, per_address
        self._open: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it with 429."""
        peer = environ.get("REMOTE_ADDR", "")
        if not contains(self._proxies, peer):
            return self._app(environ, start_response)
        client = environ["REMOTE_ADDR"] = client_address(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), self._proxies)
        return self._limited(client_network(client), environ, start_response)

    def _limited(self, origin: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._open[origin] >= self._per_address:
            return refuse(429, TOO_MANY, start_response)
        self._open[origin] += 1
        try:
            return self._app(environ, start_response)
        finally:
            self._open[origin] -= 1
            if not self._open[origin]:
                del self._open[origin]


def client_address(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """Return the address behind `peer`, a trusted proxy: the last of `forwarded` that is not a proxy's itself.

    Where the list ends, or has what is no address, it is the last proxy that was known.
    """
    client = peer
    for entry in reversed(forwarded.split(",")):
        address = _address(entry.strip())
        if not address:
            return client
        client = address
        if not contains(proxies, address):
            return client
    return client


def _address(entry: str) -> str:
    """Return the address of an entry, which some proxies write with a port or in brackets; "" if it is none."""
    host = entry.partition("]")[0].removeprefix("[") if entry.startswith("[") else entry
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return ""
    return str((found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None) or found)
