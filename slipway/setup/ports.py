"""Whether the lab can listen where it was told to, found out before the long work."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice

from slipway.setup.console import StageFailed

WHY = {
    errno.EADDRINUSE: "another program listens there",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "ports below 1024 need root",
}


def check(host: str, port: int) -> None:
    """Raises StageFailed when nobody could listen there, with a free port to take instead."""
    if not 1 <= port <= 65535:
        raise StageFailed(f"{port} is not a port: ports go from 1 to 65535.", then="Try: ./lab up --port 8000")
    failure = _try(host, port)
    if failure is None:
        return
    near = chain(range(max(port, 1023) + 1, 65536), range(port - 1, 1023, -1))
    free = next((other for other in islice(near, 100) if _try(host, other) is None), None)
    then = f"Try: ./lab up --port {free}" if free else "Try another --host."
    raise StageFailed(f"The lab can't listen on {host}, port {port}: {failure}.", then=then)


@contextmanager
def blamed(host: str, port: int) -> Iterator[None]:
    """Serve in here. Raises StageFailed when another program took the port since `check`."""
    try:
        yield
    except OSError:
        check(host, port)
        raise


def _try(host: str, port: int) -> str | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return WHY.get(error.errno or 0, str(error))
    return None
