"""What malformed Socket.IO packets cost: one counted line of log, at most one in ten seconds, and never a traceback.

python-engineio and python-socketio decode packets inside their own `except` clauses and log the traceback of whatever
fails (read in 4.15 and 5.18). Our own handlers catch and log their own accidents (lab.py), so what reaches those two
loggers is the client's fault. This module replaces those loggers; it knows nothing of what packets carry.
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
    """A logger for python-socketio and python-engineio that counts faults instead of telling them at length."""

    def __init__(self, every: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__("slipway.packets", logging.ERROR)
        self.count = 0
        self._every, self._clock = every, clock
        self._told = float("-inf")

    def handle(self, record: logging.LogRecord) -> None:
        """Count what was logged as an error, and tell it in one line when the last such line is long enough ago."""
        error = record.exc_info[1] if record.exc_info else None
        self.note(type(error).__name__ if error else record.getMessage())
        log.debug("The malformed packet", exc_info=record.exc_info)

    def note(self, what: str) -> None:
        """One more malformed packet; `what` says in a word what was wrong with it."""
        self.count += 1
        if self._clock() - self._told >= self._every:
            self._told = self._clock()
            log.warning("Malformed packets so far: %d (the last: %s)", self.count, _short(what))

    def note_current(self) -> None:
        """Note the exception that is being handled."""
        error = sys.exc_info()[0]
        self.note(error.__name__ if error else "unknown")


def install(socketio: SocketIO, malformed: MalformedPacketLog) -> None:
    """Have the WebSockets of this server, ours already, treat what can't be a packet as the end of its client.

    Engine.IO would let the error escape to the web server, and leave the session open behind it.
    """
    _refuse_reserved_names(socketio.server, malformed)  # type: ignore[attr-defined]
    engine: Any = socketio.server.eio  # type: ignore[attr-defined]
    given = engine._async["websocket"]

    class WebSocket(given):  # type: ignore[misc, valid-type]
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            try:
                return super().__call__(environ, start_response)
            except Exception:
                malformed.note_current()
                if not hasattr(self, "ws"):  # else the connection speaks WebSocket already
                    start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
                return []

        def wait(self) -> Any:
            message = super().wait()
            while rest := self.ws.pace.take():
                engine.sleep(rest)
            if message is None or message.startswith("42/"):  # an event, of which python-socketio makes what it can
                return message
            try:
                Packet(encoded_packet=message)
            except (ValueError, IndexError, RecursionError):
                malformed.note_current()
                return None
            return message

    engine._async = {**engine._async, "websocket": WebSocket}


def _refuse_reserved_names(server: Any, malformed: MalformedPacketLog) -> None:
    """A client can send an event that is called `connect`, and Socket.IO would call the handler that lets pages in."""
    theirs = server._handle_event

    def handle(transport: str, namespace: str, id: Any, data: Any) -> None:
        if data[0] in server.reserved_events:
            malformed.note(f"an event called {data[0]}")
        else:
            theirs(transport, namespace, id, data)

    server._handle_event = handle


def _short(text: str) -> str:
    return text.encode("ascii", "replace").decode()[:80].replace("\n", " ")
