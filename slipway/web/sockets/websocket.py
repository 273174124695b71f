"""The WebSocket that Engine.IO sends through, made fit for floods.

simple-websocket sends with one `send`, which under gevent may take a part of a large message and say so to nobody: to a
slow client the rest is lost and the stream broken. It also offers compression, which on a LAN costs a third of the bulk
rate, and leaves Nagle's algorithm on. Knows nothing about terminals.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
import simple_websocket  # type: ignore[import-untyped]
from engineio.packet import MESSAGE, Packet
from flask_socketio import SocketIO
from gevent.lock import RLock
from wsproto.utilities import ProtocolError

from slipway.settings import LabLimits
from slipway.web.security.rate_limit import RateLimit
from slipway.web.sockets import frames

SEND_BUFFER = 64 * 1024
"""What the kernel may hold for a client, in bytes: less of a flood is on its way when Ctrl-C is pressed."""

TURNS = 8
"""Times that one client is read in a row before all others have had their turn."""


class SendAllSocket:
    """A socket whose `send` sends everything, one sender at a time: the reader, too, sends (pongs, closes).

    `push` sends too, and never waits: where that would take waiting it leaves the rest to another greenlet.
    """

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._sending = RLock()
        self._senders = 0
        self._rest = b""
        self._turns = 0
        self.close = inner.close
        self.fileno = inner.fileno

    def send(self, data: bytes) -> None:
        self._senders += 1
        try:
            with self._sending:
                rest, self._rest = self._rest, b""
                self._inner.sendall(rest + data)
        finally:
            self._senders -= 1

    def push(self, data: bytes) -> bool:
        """Send at once; False, and nothing sent, when the client takes nothing now or others are sending."""
        if self._senders or self._rest:
            return False
        try:
            # gevent's own `send` would wait; the socket beneath it is set not to.
            sent = self._inner._sock.send(data)  # type: ignore[attr-defined]
        except OSError:
            return False
        self._rest = data[sent:]
        if self._rest:
            gevent.spawn(self._finish)
        return True

    def _finish(self) -> None:
        with suppress(OSError):  # whoever reads this socket says that it has gone
            self.send(b"")

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
    pace: RateLimit

    def handshake(self) -> None:
        if self.sock.family in (socket.AF_INET, socket.AF_INET6):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.sock = SendAllSocket(self.sock)
        self._held, self._in_parts, self._most = b"", False, self.max_message_size or 2**31
        self._taken = 0
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
            self.connected = bool(data) and self._take(self._held + data)
        except (OSError, ProtocolError):
            self.connected = False
        if not self.connected:
            self.sock.close()

    def _take(self, data: bytes) -> bool:
        """Read whole frames, and hold what is left; wsproto sees only those that are not a plain message."""
        while (size := frames.size(data)) is not None and (size <= len(data) or size > self._most + frames.HEAD):
            frame, data = data[:size], data[size:]
            message = None if self._in_parts or size > self._most + frames.HEAD else frames.text(frame)
            if message is not None:
                self.input_buffer.append(message)
                continue
            while rest := self.pace.take():  # or pings would cost nothing; messages are counted where they are made
                gevent.sleep(rest)
            self._in_parts = frames.leaves_open(frame, self._in_parts)
            self.ws.receive_data(frame)
            if not self._handle_events() or size > self._most + frames.HEAD:
                return False
        self._held = data
        return True

    def follow(self, client: Any) -> None:
        """Count what Engine.IO's writer has taken from its queue and not sent: nothing may be pushed past that."""
        poll = client.poll

        def counted() -> Any:
            packets = poll()
            self._taken += len(packets)
            return packets

        client.poll = counted

    def send(self, data: Any) -> None:
        try:
            if isinstance(data, Text) and self.connected:
                self.sock.send(frames.written(data))
            else:
                super().send(data)
        finally:
            self._taken = max(0, self._taken - 1)

    def push(self, message: bytes) -> bool:
        """Send a text message past Engine.IO's queue, without waiting; False when it has to take its turn there."""
        return bool(self.connected and not self._taken and self.sock.push(frames.written(message)))

    def _thread(self) -> None:
        """Nothing is read here."""


class Text(bytes):
    """A text message that is UTF-8 already: a flood is not made text again to be made bytes once more."""


class FlushedPacket(Packet):  # type: ignore[misc]
    """A message (its type with it) that tells when its turn has come: everything before it has been written to the
    network."""

    def __init__(self, message: bytes, leaving: Callable[[], None]) -> None:
        super().__init__(MESSAGE)
        self._message = message
        self._leaving = leaving

    def encode(self, b64: bool = False) -> Any:
        self._leaving()
        return self._message.decode() if b64 else Text(self._message)  # b64: for long polling, which sends text


def push(engine: Any, sid: str, message: bytes) -> bool:
    """Send to an Engine.IO client now; False, and nothing sent, when something waits to be sent before it.

    Two switches of greenlets less for each message than Engine.IO's queue and writer.
    """
    client = engine.sockets.get(sid)
    if client is None or not client.upgraded or client.closed or not client.queue.empty():
        return False
    server = getattr(client, "short_way", None)
    return server is not None and server.push(message)


def install(socketio: SocketIO, limits: LabLimits) -> None:
    """Have this server, and no other in the process, send through our WebSocket."""
    engine = socketio.server.eio  # type: ignore[attr-defined]
    theirs = engine._async["websocket"]

    class WebSocket(theirs):  # type: ignore[misc, valid-type]
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            self.ws = _Server(environ, max_message_size=engine.max_http_buffer_size, **self.server_args)
            self.ws.pace = RateLimit(limits.packets, limits.packets_burst)
            client = self.app.__self__  # Engine.IO's socket, whose handler this is
            client.short_way = self.ws
            self.ws.follow(client)
            return self.app(self)

    engine._async = {**engine._async, "websocket": WebSocket}


def divert(socketio: SocketIO, take: Callable[[str, str], bool]) -> None:
    """Offer each message with its client's id to `take`; Engine.IO gets those that it does not take.

    After all other installations, so that what they ask of a message holds for these, too.
    """
    engine = socketio.server.eio  # type: ignore[attr-defined]
    theirs = engine._async["websocket"]

    class WebSocket(theirs):  # type: ignore[misc, valid-type]
        def wait(self) -> Any:
            client = self.app.__self__
            while (message := super().wait()) is not None:
                if not (isinstance(message, str) and client.upgraded and take(client.sid, message)):
                    break
            return message

    engine._async = {**engine._async, "websocket": WebSocket}
