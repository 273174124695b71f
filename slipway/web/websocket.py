"""The WebSocket that Engine.IO sends through, made fit for floods.

simple-websocket sends with one `send`, which under gevent may take a part of a large message and say so to nobody: to a
slow client the rest is lost and the stream broken. It also offers compression, which on a LAN costs a third of the bulk
rate, and leaves Nagle's algorithm on. Knows nothing about terminals.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import gevent
import simple_websocket  # type: ignore[import-untyped]
from engineio.packet import Packet
from flask_socketio import SocketIO
from gevent.lock import RLock
from wsproto.utilities import ProtocolError

SEND_BUFFER = 64 * 1024
"""What the kernel may hold for a client, in bytes: less of a flood is on its way when Ctrl-C is pressed."""

TURNS = 8
"""Times that one client is read in a row before all others have had their turn."""


class _Whole:
    """A socket whose `send` sends everything, one sender at a time: the reader, too, sends (pongs, closes)."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._sending = RLock()
        self._turns = 0
        self.close = inner.close
        self.fileno = inner.fileno

    def send(self, data: bytes) -> None:
        with self._sending:
            self._inner.sendall(data)

    def recv(self, size: int) -> bytes:
        self._turns += 1
        if self._turns % TURNS == 0:
            gevent.sleep(0)  # while data waits, gevent's recv returns at once: a flood would keep everybody from it
        return self._inner.recv(size)


class _Server(simple_websocket.Server):  # type: ignore[misc]
    """simple-websocket's server, on a socket that is set up for a terminal, read by whoever waits for a message.

    Its own reader, a greenlet for each connection, would cost each key a switch more, and would read on while the
    handlers are busy.
    """

    sock: Any

    def handshake(self) -> None:
        if self.sock.family in (socket.AF_INET, socket.AF_INET6):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.sock = _Whole(self.sock)
        self.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        super().handshake()

    def receive(self, timeout: float | None = None) -> Any:
        """The next message. Raises simple_websocket.ConnectionClosed when there will be none."""
        while self.connected and not self.input_buffer:
            self._read()
        if self.input_buffer:
            return self.input_buffer.pop(0)
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)

    def _read(self) -> None:
        try:
            data = self.sock.recv(self.receive_bytes)
            self.ws.receive_data(data)
            self.connected = bool(data) and self._handle_events()
        except (OSError, ProtocolError):
            self.connected = False
        if not self.connected:
            self.sock.close()

    def _thread(self) -> None:
        """Nothing is read here."""


class Parting(Packet):  # type: ignore[misc]
    """A message that tells when its turn has come: everything before it has been written to the network."""

    def __init__(self, packet_type: int, data: str, leaving: Callable[[], None]) -> None:
        super().__init__(packet_type, data)
        self._leaving = leaving

    def encode(self, b64: bool = False) -> Any:
        self._leaving()
        return super().encode(b64=b64)


def install(socketio: SocketIO) -> None:
    """Have this server, and no other in the process, send through our WebSocket."""
    engine = socketio.server.eio  # type: ignore[attr-defined]
    theirs = engine._async["websocket"]

    class WebSocket(theirs):  # type: ignore[misc, valid-type]
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            self.ws = _Server(environ, max_message_size=engine.max_http_buffer_size, **self.server_args)
            return self.app(self)

    engine._async = {**engine._async, "websocket": WebSocket}
