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

SEND_BUFFER = 64 * 1024
"""What the kernel may hold for a client, in bytes: less of a flood is on its way when Ctrl-C is pressed."""

UNREAD = 64
"""Messages of one client that may wait for their handlers; the rest waits in the network."""


class _Whole:
    """A socket whose `send` sends everything, one sender at a time: the reader, too, sends (pongs, closes).

    `unread` says how many messages wait for the handlers; while they are many, no more is received.
    """

    def __init__(self, inner: socket.socket, unread: Callable[[], int]) -> None:
        self._inner = inner
        self._unread = unread
        self._sending = RLock()
        self.close = inner.close
        self.fileno = inner.fileno

    def send(self, data: bytes) -> None:
        with self._sending:
            self._inner.sendall(data)

    def recv(self, size: int) -> bytes:
        gevent.sleep(0)  # while data waits, gevent's recv returns at once: a flood would keep everybody from their turn
        while self._unread() > UNREAD:
            gevent.sleep(0.005)
        return self._inner.recv(size)


class _Server(simple_websocket.Server):  # type: ignore[misc]
    """simple-websocket's server, on a socket that is set up for a terminal."""

    sock: Any

    def handshake(self) -> None:
        if self.sock.family in (socket.AF_INET, socket.AF_INET6):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.sock = _Whole(self.sock, lambda: len(self.input_buffer))
        self.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        super().handshake()


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
