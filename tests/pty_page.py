"""A page without a browser, at a `/pty` namespace, pyxtermjs's or ours: Socket.IO by hand, by WebSocket or by polling.

By hand, because python-socketio's client has a thread for each event, so it can't say in which order they came; and
because one script has to speak to a server of 2021 and to one of today.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Any, Self

import websocket


class PtyPage:
    """Connected while in its `with`. Speaks pyxtermjs's protocol; what is ours comes extra, and is kept too.

    Clear `reading` to take nothing more off the network. Raises ConnectionRefusedError with the server's answer.
    """

    def __init__(self, url: str, token: str = "", parses: bool = False, transport: str = "websocket") -> None:
        self.text, self.end = "", 0
        self.outputs: list[dict[str, Any]] = []
        self.news: list[dict[str, Any]] = []
        self.reading = threading.Event()
        self.reading.set()
        self._open = (lambda: Polling(url)) if transport == "polling" else (lambda: WebSocket(url))
        self._token, self._parses = token, parses
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self._wire: WebSocket | Polling = self._open()
        self._wire.send("40/pty," + json.dumps({"token": self._token}))
        while not (answer := self._wire.receive()).startswith("40/pty,"):
            if answer.startswith("44/pty,"):
                self._wire.close()
                raise ConnectionRefusedError(json.loads(answer[7:])["message"])
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Be gone, as a tab that is closed: without a farewell."""
        self.reading.set()
        self._wire.hang_up()
        self._reader.join(30)
        self._wire.close()

    def emit(self, event: str, payload: Any) -> None:
        self._wire.send("42/pty," + json.dumps([event, payload]))

    def type(self, text: str) -> None:
        self.emit("pty-input", {"input": text})

    def resize(self, cols: int, rows: int) -> None:
        self.emit("resize", {"cols": cols, "rows": rows})

    def see(self, text: str, seconds: float = 20.0) -> None:
        """Wait until `text` has been shown; fails with what was shown instead."""
        self.wait(lambda: text in self.text[-100_000:], seconds)

    def wait(self, done: Callable[[], object], seconds: float = 20.0) -> None:
        with self._changed:
            assert self._changed.wait_for(done, seconds), (self.text[-500:], self.news)

    def _read(self) -> None:
        with suppress(OSError, websocket.WebSocketException, HTTPException):
            self._listen()

    def _listen(self) -> None:
        while True:
            self.reading.wait()
            packet = self._wire.receive()
            if not packet:
                return
            if packet == "2":
                self._wire.send("3")
            elif packet.startswith("42/pty,"):
                self._heard(*json.loads(packet[7:]))

    def _heard(self, event: str, payload: dict[str, Any]) -> None:
        with self._changed:
            if event == "pty-output":
                self.text += payload["output"]
                self.end = payload.get("end", 0)
                self.outputs.append(payload)
            elif event == "terminal":
                self.news.append(payload)
            self._changed.notify_all()
        if event == "pty-output" and self._parses:
            self.emit("parsed", {"terminal": payload["terminal"], "seq": payload["end"]})


class WebSocket:
    """Engine.IO over one WebSocket."""

    def __init__(self, url: str) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        # Checked byte by byte in Python, its text would come at 4 MB/s; json.loads sees to it anyway.
        self._socket = websocket.create_connection(address, timeout=60, skip_utf8_validation=True)
        assert self.receive().startswith("0{")

    def send(self, packet: str) -> None:
        self._socket.send(packet)

    def receive(self) -> str:
        return str(self._socket.recv())

    def hang_up(self) -> None:
        with suppress(OSError):
            if self._socket.sock:
                self._socket.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.shutdown()


class Polling:
    """Engine.IO by HTTP requests: one long one to hear, one for each thing to say."""

    def __init__(self, url: str) -> None:
        self._host, self._port = url.removeprefix("http://").split(":")
        self._path, self._heard, self._gone = "/socket.io/?EIO=4&transport=polling", deque[str](), False
        self._path += "&sid=" + str(json.loads(self.receive()[1:])["sid"])

    def send(self, packet: str) -> None:
        self._ask("POST", packet)

    def receive(self) -> str:
        while not self._heard:
            if self._gone:
                return ""
            self._heard.extend(self._ask("GET").split("\x1e"))
        return self._heard.popleft()

    def hang_up(self) -> None:
        self._gone = True
        with suppress(OSError, HTTPException, AssertionError):
            self._ask("POST", "1")

    def close(self) -> None:
        self._heard.clear()

    def _ask(self, method: str, body: str | None = None) -> str:
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
