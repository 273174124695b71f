"""The web server: gevent's pywsgi, with the socket options, limits and log that a lab needs.

There is no access log, so no token is ever written; what pywsgi reports is one log line, with tokens redacted. Knows no
route and no namespace.
"""

from __future__ import annotations

import gc
import logging
import re
import resource
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any

import gevent
from flask import Flask
from flask_socketio import SocketIO
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer

from slipway.install.public_address import Network
from slipway.settings import LabLimits, Settings
from slipway.web.security.address_limits import AddressLimits
from slipway.web.security.origin_guard import security_headers

log = logging.getLogger(__name__)

GC_THRESHOLD = (20_000, 20, 50)
"""How rarely Python looks for cyclic garbage; the default of 700 objects is reached by a few keys."""


def serve(app: Flask, socketio: SocketIO | None, settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; call `ready` once connections are accepted.

    Raises OSError if the port is in use.
    """
    server = LabWSGIServer((settings.host, settings.port), app, settings.limits, settings.proxies)
    server.start()
    handlers = [gevent.signal_handler(number, server.stop, 1) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        ready()
        server.serve_forever()
    finally:
        for handler in handlers:
            handler.cancel()
        server.stop(timeout=1)
        if socketio:
            socketio.server.shutdown()  # type: ignore[attr-defined]


class LabWSGIServer(WSGIServer):
    """pywsgi with limits on connections, on those from one address, and on silence."""

    def __init__(
        self, address: tuple[str, int], app: Flask, limits: LabLimits, proxies: Sequence[Network] = ()
    ) -> None:
        self.limits = limits
        self.address_limits = AddressLimits(limits.connections, limits.connections_each, proxies)
        _raise_file_limit()
        super().__init__(
            address,
            app,
            log=None,
            error_log=log,
            handler_class=LabWSGIHandler,
            spawn=Pool(limits.connections),
            environ=None,
        )

    def start(self) -> None:
        """Accept connections. All objects made so far stay: the garbage collector does not look at them again."""
        super().start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)

    def handle(self, sock: Any, address: Any) -> None:
        """Serve one connection."""
        with self.address_limits.admit(sock, address[0]) as admitted:
            if not admitted:
                sock.close()
                return
            sock.settimeout(self.limits.silence)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().handle(sock, address)


class LabWSGIHandler(WSGIHandler):
    """One connection. Malformed requests and internal errors are answered with the same headers as all others."""

    server: Any

    def start_response(self, status: str, given: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """Add the missing security headers."""
        present = {key.lower() for key, _ in given}
        missing = [(key, value) for key, value in security_headers("localhost").items() if key.lower() not in present]
        return super().start_response(status, [*given, *missing], exc_info)

    def handle_one_request(self) -> Any:
        """Serve a request; replace the body of pywsgi's own error responses."""
        result = super().handle_one_request()
        return (result[0], _error_response(result[0])) if isinstance(result, tuple) else result

    def read_requestline(self) -> Any:
        """Wait for the next request, for at most `request_idle` seconds."""
        self.server.address_limits.waits_for_request(self.socket, self.client_address[0])
        with gevent.Timeout(self.server.limits.request_idle, TimeoutError()):
            return super().read_requestline()

    def read_request(self, raw_requestline: str) -> Any:
        """Read the headers, for at most `request_head` seconds."""
        with gevent.Timeout(self.server.limits.request_head, ValueError("its headers took too long")):
            complete = super().read_request(raw_requestline)
        self.server.address_limits.request_received(self.socket)
        return complete

    def handle_one_response(self) -> None:
        """Run the application for the request."""
        super().handle_one_response()
        # Nothing follows a WebSocket; otherwise each side would wait for the other to close the connection.
        if (self.environ or {}).get("HTTP_UPGRADE"):
            self.close_connection = True

    def log_error(self, msg: str, *args: Any) -> None:
        """Log what pywsgi reports in one line, without tokens."""
        text = msg % args if args else msg
        log.warning("Malformed request: %s", redact(text)[:200])


def redact(text: str) -> str:
    """Return `text` without the values of tokens."""
    return re.sub(r"(token=)[^&\s'\"]+", r"\1…", text)


def _error_response(status: str) -> bytes:
    reason = {"414": "URI Too Long"}.get(status, "Bad Request")
    lines = [f"HTTP/1.1 {status} {reason}", "Connection: close", "Content-Length: 0"]
    lines += [f"{key}: {value}" for key, value in security_headers("localhost").items()]
    return "\r\n".join([*lines, "", ""]).encode()


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
