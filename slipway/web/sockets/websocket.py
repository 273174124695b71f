"""The WebSocket of Engine.IO, made fit for floods of output and for keys.

simple-websocket sends with one `send`, which under gevent may send a part of a large message and not say so: a slow
client loses the rest, and its stream is broken. It also offers compression, which costs a third of the bulk rate on a
LAN, and leaves Nagle's algorithm on. This module uses private fields of Engine.IO and simple-websocket;
tests/web/sockets/test_library_internals.py fails when an upgrade changes one of them. Knows nothing about terminals.
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
"""Bytes that the kernel may hold for a client: the less, the less of a flood is on its way when Ctrl-C is pressed."""

READS_IN_A_ROW = 8
"""Times that one client is read before all others get a turn."""


class SendAllSocket:
    """A socket whose `send` sends everything, one sender at a time: the reader sends, too (pongs, closes).

    `send_now` never waits: what the kernel does not take at once is left to another greenlet.
    """

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._lock = RLock()
        self._senders = 0
        self._unsent = b""
        self._reads = 0
        self.close = inner.close
        self.fileno = inner.fileno

    def send(self, data: bytes) -> None:
        """Send everything; wait for the client if necessary."""
        self._senders += 1
        try:
            with self._lock:
                unsent, self._unsent = self._unsent, b""
                self._inner.sendall(unsent + data)
        finally:
            self._senders -= 1

    def send_now(self, data: bytes) -> bool:
        """Send without waiting. False, with nothing sent, if the client takes nothing now or others are sending."""
        if self._senders or self._unsent:
            return False
        try:
            # gevent's own `send` would wait; the socket beneath it is non-blocking.
            sent = self._inner._sock.send(data)  # type: ignore[attr-defined]
        except OSError:
            return False
        self._unsent = data[sent:]
        if self._unsent:
            gevent.spawn(self._send_rest)
        return True

    def _send_rest(self) -> None:
        with suppress(OSError):  # the reader of this socket notices that the client is gone
            self.send(b"")

    def recv(self, size: int) -> bytes:
        """Receive at most `size` bytes."""
        self._reads += 1
        if self._reads % READS_IN_A_ROW == 0:
            gevent.sleep(0)  # while data waits, gevent's recv returns at once: a flood would starve everybody else
        return self._inner.recv(size)


class DirectServer(simple_websocket.Server):  # type: ignore[misc]
    """simple-websocket's server, on a socket set up for terminals, read by the greenlet that waits for a message.

    Its own reader, a greenlet for each connection, would cost each key one more switch, and would go on reading while
    the handlers are busy.
    """

    sock: Any
    rate_limit: RateLimit

    def handshake(self) -> None:
        """Accept the connection. Called by simple-websocket's constructor."""
        if self.sock.family in (socket.AF_INET, socket.AF_INET6):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.sock = SendAllSocket(self.sock)
        self._received, self._fragmented, self._max_size = b"", False, self.max_message_size or 2**31
        self._unsent_packets = 0
        self.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        super().handshake()

    def receive(self, timeout: float | None = None) -> Any:
        """Return the next message. Raises simple_websocket.ConnectionClosed when there will be none."""
        while self.connected and not self.input_buffer:
            self._read()
        if self.input_buffer:
            return self.input_buffer.pop(0)
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)

    def _read(self) -> None:
        try:
            data = self.sock.recv(self.receive_bytes)
            self.connected = bool(data) and self._parse(self._received + data)
        except (OSError, ProtocolError):
            self.connected = False
        if not self.connected:
            self.sock.close()

    def _parse(self, data: bytes) -> bool:
        """Parse whole frames and keep the rest; wsproto gets only those that are not a plain message."""
        limit = self._max_size + frames.MAX_HEADER
        while (size := frames.frame_size(data)) is not None and (size <= len(data) or size > limit):
            frame, data = data[:size], data[size:]
            message = None if self._fragmented or size > limit else frames.decode_text(frame)
            if message is not None:
                self.input_buffer.append(message)
                continue
            while (
                wait := self.rate_limit.take()
            ):  # or pings would be free; messages are limited in malformed_packets.py
                gevent.sleep(wait)
            self._fragmented = frames.is_fragmented_after(frame, self._fragmented)
            self.ws.receive_data(frame)
            if not self._handle_events() or size > limit:
                return False
        self._received = data
        return True

    def count_unsent(self, client: Any) -> None:
        """Count what Engine.IO's writer has taken from its queue and not sent: nothing may be sent past that."""
        poll = client.poll

        def counted() -> Any:
            packets = poll()
            self._unsent_packets += len(packets)
            return packets

        client.poll = counted

    def send(self, data: Any) -> None:
        """Send a queued message. Called by Engine.IO's writer."""
        try:
            if isinstance(data, EncodedText) and self.connected:
                self.sock.send(frames.encode_text(data))
            else:
                super().send(data)
        finally:
            self._unsent_packets = max(0, self._unsent_packets - 1)

    def send_now(self, message: bytes) -> bool:
        """Send a text message past Engine.IO's queue, without waiting. False if it has to take its turn there."""
        return bool(self.connected and not self._unsent_packets and self.sock.send_now(frames.encode_text(message)))

    def _thread(self) -> None:
        """Replaces simple-websocket's reader: nothing is read here."""


class EncodedText(bytes):
    """A text message that is UTF-8 already, so that a flood is not decoded only to be encoded again."""


class FlushedPacket(Packet):  # type: ignore[misc]
    """A message (with its type) that calls `on_sent` when everything before it has been written to the network."""

    def __init__(self, message: bytes, on_sent: Callable[[], None]) -> None:
        super().__init__(MESSAGE)
        self._message = message
        self._on_sent = on_sent

    def encode(self, b64: bool = False) -> Any:
        """Return the packet. Engine.IO calls it when the packet is sent."""
        self._on_sent()
        return self._message.decode() if b64 else EncodedText(self._message)  # b64: long polling, which sends text


def send_now(engine: Any, sid: str, message: bytes) -> bool:
    """Send to an Engine.IO client at once. False, with nothing sent, if something waits to be sent before it.

    Saves two switches of greenlets for each message, compared with Engine.IO's queue and writer.
    """
    client = engine.sockets.get(sid)
    if client is None or not client.upgraded or client.closed or not client.queue.empty():
        return False
    server = getattr(client, "direct_server", None)
    return server is not None and server.send_now(message)


def install(socketio: SocketIO, limits: LabLimits) -> None:
    """Have this server, and no other in the process, send through our WebSocket."""
    engine = socketio.server.eio  # type: ignore[attr-defined]
    base = engine._async["websocket"]

    class WebSocket(base):  # type: ignore[misc, valid-type]
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            self.ws = DirectServer(environ, max_message_size=engine.max_http_buffer_size, **self.server_args)
            self.ws.rate_limit = RateLimit(limits.packets, limits.packets_burst)
            client = self.app.__self__  # the Engine.IO socket, whose handler this is
            client.direct_server = self.ws
            self.ws.count_unsent(client)
            return self.app(self)

    engine._async = {**engine._async, "websocket": WebSocket}


def intercept(socketio: SocketIO, handle: Callable[[str, str], bool]) -> None:
    """Offer each message, with its client's id, to `handle`; Engine.IO gets those for which that is False.

    To be called after all other installations, so that their checks hold for these messages, too.
    """
    engine = socketio.server.eio  # type: ignore[attr-defined]
    base = engine._async["websocket"]

    class WebSocket(base):  # type: ignore[misc, valid-type]
        def wait(self) -> Any:
            client = self.app.__self__
            while (message := super().wait()) is not None:
                if not (isinstance(message, str) and client.upgraded and handle(client.sid, message)):
                    break
            return message

    engine._async = {**engine._async, "websocket": WebSocket}
