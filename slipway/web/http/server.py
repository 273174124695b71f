"""The web server: gevent's, with the socket options and the silence that a lab needs.

No access log is written, so no token ever is; what pywsgi has to complain about is one line of log, tokens blotted out.
Knows no route and no namespace.
"""

from __future__ import annotations

import gc
import logging
import re
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

import gevent
from flask import Flask
from flask_socketio import SocketIO
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer

from slipway.settings import LabLimits, Settings
from slipway.web.security.address_limits import AddressLimits
from slipway.web.security.origin_guard import headers

log = logging.getLogger(__name__)

RARELY = (20_000, 20, 50)
"""When Python looks for rings of garbage; its usual 700 objects are made by a few keys."""


def serve(app: Flask, socketio: SocketIO | None, settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; call `ready` once connections are taken.

    Raises OSError when the port is not free.
    """
    server = LabWSGIServer((settings.host, settings.port), app, settings.limits)
    server.start()
    stops = [gevent.signal_handler(number, server.stop, 1) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        ready()
        server.serve_forever()
    finally:
        for stop in stops:
            stop.cancel()
        server.stop(timeout=1)
        if socketio:
            socketio.server.shutdown()  # type: ignore[attr-defined]


class LabWSGIServer(WSGIServer):
    """pywsgi with a bound on connections, on those from one address, and on silence."""

    def __init__(self, address: tuple[str, int], app: Flask, limits: LabLimits) -> None:
        self.limits = limits
        self.lobby = AddressLimits(limits.connections, limits.connections_each)
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
        """Take connections. What is there by now stays: no collector need look at it again, while keys wait."""
        super().start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)

    def handle(self, sock: Any, address: Any) -> None:
        with self.lobby.visit(sock, address[0]) as welcome:
            if not welcome:
                sock.close()
                return
            sock.settimeout(self.limits.silence)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().handle(sock, address)


class LabWSGIHandler(WSGIHandler):
    """One connection. What is no request at all, or an accident, is answered with the same headers as all else."""

    server: Any

    def start_response(self, status: str, given: list[tuple[str, str]], exc_info: Any = None) -> Any:
        present = {key.lower() for key, _ in given}
        missing = [(key, value) for key, value in headers("localhost").items() if key.lower() not in present]
        return super().start_response(status, [*given, *missing], exc_info)

    def handle_one_request(self) -> Any:
        result = super().handle_one_request()
        return (result[0], _plain(result[0])) if isinstance(result, tuple) else result

    def read_requestline(self) -> Any:
        self.server.lobby.stands(self.socket, self.client_address[0])
        with gevent.Timeout(self.server.limits.request_idle, TimeoutError()):
            return super().read_requestline()

    def read_request(self, raw_requestline: str) -> Any:
        with gevent.Timeout(self.server.limits.request_head, ValueError("its headers took too long")):
            read = super().read_request(raw_requestline)
        self.server.lobby.works(self.socket)
        return read

    def handle_one_response(self) -> None:
        super().handle_one_response()
        # After a WebSocket there is nothing more to say; else both sides would wait for the other to hang up.
        if (self.environ or {}).get("HTTP_UPGRADE"):
            self.close_connection = True

    def log_error(self, msg: str, *args: Any) -> None:
        text = msg % args if args else msg
        log.warning("Not a request: %s", redact(text)[:200])


def redact(text: str) -> str:
    """`text` with the values of tokens blotted out."""
    return re.sub(r"(token=)[^&\s'\"]+", r"\1…", text)


def _plain(status: str) -> bytes:
    reason = {"414": "URI Too Long"}.get(status, "Bad Request")
    lines = [f"HTTP/1.1 {status} {reason}", "Connection: close", "Content-Length: 0"]
    lines += [f"{key}: {value}" for key, value in headers("localhost").items()]
    return "\r\n".join([*lines, "", ""]).encode()


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
