"""Whether the lab can listen where it was told to, found out before the long work."""

from __future__ import annotations

import errno
import socket

from slipway.setup.voice import StageFailed

WHY = {
    errno.EADDRINUSE: "another program listens there",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "ports below 1024 need root",
}


def check(host: str, port: int) -> None:
    """Raises StageFailed when nobody could listen there, with a free port to take instead."""
    failure = _try(host, port)
    if failure is None:
        return
    above = max(port, 1024) + 1
    free = next((other for other in range(above, min(above + 100, 65536)) if _try(host, other) is None), None)
    then = f"Try: ./lab up --port {free}" if free else "Try another --host."
    raise StageFailed(f"The lab can't listen on {host}, port {port}: {failure}.", then=then)


def _try(host: str, port: int) -> str | None:
    if not 1 <= port <= 65535:
        return "ports go from 1 to 65535"
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return WHY.get(error.errno or 0, str(error))
    return None
