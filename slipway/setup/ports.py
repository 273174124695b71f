"""Checks before the long work whether the lab can listen on its host and port."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice

from slipway.setup.console import StageFailed

REASONS = {
    errno.EADDRINUSE: "another program listens there",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "ports below 1024 need root",
}


def check(host: str, port: int) -> None:
    """Raises StageFailed when the port is not usable; the hint names a free one."""
    if not 1 <= port <= 65535:
        raise StageFailed(f"{port} is not a port: ports go from 1 to 65535.", hint="Try: ./lab up --port 8000")
    failure = _try_listen(host, port)
    if failure is None:
        return
    candidates = chain(range(max(port, 1023) + 1, 65536), range(port - 1, 1023, -1))
    free = next((other for other in islice(candidates, 100) if _try_listen(host, other) is None), None)
    hint = f"Try: ./lab up --port {free}" if free else "Try another --host."
    raise StageFailed(f"The lab can't listen on {host}, port {port}: {failure}.", hint=hint)


@contextmanager
def explain_bind_errors(host: str, port: int) -> Iterator[None]:
    """Serve inside this context. Raises StageFailed when another program took the port since `check`."""
    try:
        yield
    except OSError:
        check(host, port)
        raise


def _try_listen(host: str, port: int) -> str | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return REASONS.get(error.errno or 0, str(error))
    return None
