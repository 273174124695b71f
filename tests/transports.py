"""Engine.IO by hand, by WebSocket or by polling: sends and receives packets, and knows nothing of their content."""

from __future__ import annotations

import json
import socket
from collections import deque
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any, Protocol

import websocket

GONE = (OSError, websocket.WebSocketException, HTTPException)
"""What a transport raises once the other side has closed."""


class Transport(Protocol):
    """`receive` returns "" once it has been disconnected."""

    def send(self, packet: str) -> None: ...
    def receive(self) -> str: ...
    def disconnect(self) -> None: ...
    def close(self) -> None: ...


class TextWebSocket(websocket.WebSocket):
    """A WebSocket whose messages are text."""

    def recv(self) -> str:
        """Return the next message; "" once the server has closed."""
        message = super().recv()
        assert isinstance(message, str)
        return message

    def shutdown(self) -> None:
        """Close the socket without a closing handshake."""
        super().shutdown()  # type: ignore[no-untyped-call]


def connect(address: str, **options: Any) -> TextWebSocket:
    """Open a WebSocket; the options are those of `websocket.create_connection`."""
    opened = websocket.create_connection(address, class_=TextWebSocket, **options)
    assert isinstance(opened, TextWebSocket)
    return opened


class WebSocket:
    """Engine.IO over one WebSocket."""

    def __init__(self, url: str) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        # Validated byte by byte in Python, text would come at 4 MB/s; json.loads fails on invalid text anyway.
        self._socket = connect(address, timeout=60, skip_utf8_validation=True)
        assert self.receive().startswith("0{")

    def send(self, packet: str) -> None:
        self._socket.send(packet)

    def receive(self) -> str:
        return str(self._socket.recv())

    def disconnect(self) -> None:
        with suppress(OSError):
            if self._socket.sock:
                self._socket.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.shutdown()


class Polling:
    """Engine.IO by HTTP requests: a long one to receive, one for each packet to send."""

    def __init__(self, url: str) -> None:
        self._host, self._port = url.removeprefix("http://").split(":")
        self._path, self._received, self._disconnected = "/socket.io/?EIO=4&transport=polling", deque[str](), False
        self._path += "&sid=" + str(json.loads(self.receive()[1:])["sid"])

    def send(self, packet: str) -> None:
        self._request("POST", packet)

    def receive(self) -> str:
        while not self._received:
            if self._disconnected:
                return ""
            self._received.extend(self._request("GET").split("\x1e"))
        return self._received.popleft()

    def disconnect(self) -> None:
        self._disconnected = True
        with suppress(OSError, HTTPException, AssertionError):
            self._request("POST", "1")

    def close(self) -> None:
        self._received.clear()

    def _request(self, method: str, body: str | None = None) -> str:
        connection = HTTPConnection(self._host, int(self._port), timeout=60)
        try:
            connection.request(method, self._path, body.encode() if body else None)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status != 200:
                raise ConnectionError(f"{answer.status}: {text}")
            return text
        finally:
            connection.close()
