"""Malformed Socket.IO packets: counted, in at most one log line every ten seconds, and never with a traceback.

python-engineio and python-socketio decode packets inside their own `except` clauses and log the traceback of whatever
fails (read in 4.15 and 5.18). Our own handlers catch and log their own errors (namespace.py), so what reaches those two
loggers is the client's fault. This module replaces those loggers; it does not know what packets contain.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from engineio.packet import Packet
from flask_socketio import SocketIO

log = logging.getLogger(__name__)


class MalformedPacketLog(logging.Logger):
    """A logger for python-socketio and python-engineio that counts errors instead of logging each."""

    def __init__(self, interval: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__("slipway.packets", logging.ERROR)
        self.count = 0
        self._interval, self._clock = interval, clock
        self._logged_at = float("-inf")

    def handle(self, record: logging.LogRecord) -> None:
        """Count what a library logs as an error."""
        error = record.exc_info[1] if record.exc_info else None
        self.add(type(error).__name__ if error else record.getMessage())
        log.debug("The malformed packet", exc_info=record.exc_info)

    def add(self, reason: str) -> None:
        """Count a malformed packet, and log the count if the last such line is long enough ago."""
        self.count += 1
        if self._clock() - self._logged_at >= self._interval:
            self._logged_at = self._clock()
            log.warning("Malformed packets so far: %d (the last: %s)", self.count, _printable(reason))

    def add_current_exception(self) -> None:
        """Count the exception that is being handled."""
        error = sys.exc_info()[0]
        self.add(error.__name__ if error else "unknown")


def install(socketio: SocketIO, malformed: MalformedPacketLog) -> None:
    """Have the WebSockets of this server, ours already, disconnect a client that sends what can't be a packet.

    Engine.IO would let the error reach the web server, and leave the session open behind it.
    """
    _refuse_reserved_events(socketio.server, malformed)  # type: ignore[attr-defined]
    engine: Any = socketio.server.eio  # type: ignore[attr-defined]
    base = engine._async["websocket"]

    class WebSocket(base):  # type: ignore[misc, valid-type]
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            try:
                return super().__call__(environ, start_response)
            except Exception:
                malformed.add_current_exception()
                if not hasattr(self, "ws"):  # otherwise the connection speaks WebSocket already
                    start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
                return []

        def wait(self) -> Any:
            message = super().wait()
            while delay := self.ws.rate_limit.take():
                engine.sleep(delay)
            if message is None or message.startswith("42/"):  # an event, which python-socketio checks itself
                return message
            try:
                Packet(encoded_packet=message)
            except (ValueError, IndexError, RecursionError):
                malformed.add_current_exception()
                return None
            return message

    engine._async = {**engine._async, "websocket": WebSocket}


def _refuse_reserved_events(server: Any, malformed: MalformedPacketLog) -> None:
    """Drop events named `connect` or `disconnect`: Socket.IO would call the handlers that connect pages."""
    original = server._handle_event

    def handle(transport: str, namespace: str, id: Any, data: Any) -> None:
        if data[0] in server.reserved_events:
            malformed.add(f"an event called {data[0]}")
        else:
            original(transport, namespace, id, data)

    server._handle_event = handle


def _printable(text: str) -> str:
    return text.encode("ascii", "replace").decode()[:80].replace("\n", " ")
