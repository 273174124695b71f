"""Clients of the terminal benchmark: output is counted and searched, not stored. Knows protocols, and no server.

Three kinds: *fast* draws everything immediately; *xterm* draws 10 MB/s from an unbounded queue, as xterm.js does;
*slow* has a link of 2 MB/s.
"""

from __future__ import annotations

import codecs
import json
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import websocket
import websockets
from docker.models.containers import Container
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from slipway.engine.attached_shell import AttachedShell
from tests.pty_client import PtyClient

DRAW_RATE, LINK_RATE = 10e6, 2e6
"""Bytes per second of *xterm* and of *slow*."""
Done = Callable[[], None]


class BenchClient:
    """A client of a terminal: counts and searches its output, and records it where `recorded` is a list.

    `process` is the server's pid, if known; `sent` holds the times of the letters that are not echoed yet.
    """

    def __init__(self) -> None:
        self.bytes, self._tail, self._changed = 0, "", threading.Condition()
        self._displayed_at = 0.0
        self.kind = "fast"
        self.process = 0
        self.recorded: list[str] | None = None
        self.sent: deque[float] | None = None
        self.delays: list[float] = []
        self._queue: queue.SimpleQueue[tuple[str, Done]] = queue.SimpleQueue()
        threading.Thread(target=self._draw, daemon=True).start()

    def send(self, text: str) -> None:
        """Send input."""
        raise NotImplementedError

    def receive(self, text: str, done: Done = lambda: None) -> None:
        """Handle text from the server; `done` is called once it is drawn."""
        if self.kind == "xterm":
            self._queue.put((text, done))
            return
        if self.kind == "slow":
            time.sleep(len(text) / LINK_RATE)
        self._display(text)
        done()

    def _draw(self) -> None:
        while True:
            text, done = self._queue.get()
            time.sleep(len(text) / DRAW_RATE)
            self._display(text)
            done()

    def _display(self, text: str) -> None:
        with self._changed:
            self.bytes += len(text)
            self._tail, self._displayed_at = (self._tail + text[-400:])[-400:], time.perf_counter()
            if self.recorded is not None:
                self.recorded.append(text)
            for _ in text if self.sent else "":  # iterating over a flood would take longer than the flood
                if self.sent:
                    self.delays.append((self._displayed_at - self.sent.popleft()) * 1000)
            self._changed.notify_all()

    def wait_for(self, text: str, seconds: float = 20.0) -> bool:
        """Wait until the text is among the last 400 characters; return whether it came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: text in self._tail, seconds)

    def echo_delay(self, key: str, sent: float) -> float:
        """Return the milliseconds from `sent` until the key was echoed; wait for that if necessary."""
        assert self.wait_for(key), "no echo"
        return (self._displayed_at - sent) * 1000

    def clear(self) -> None:
        """Forget the output so far."""
        with self._changed:
            self._tail = ""


class AttachClient(BenchClient):
    """A client of the attach socket of a container, without any server."""

    def __init__(self, container: Container) -> None:
        super().__init__()
        self._shell = AttachedShell(container)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, text: str) -> None:
        self._shell.write(text.encode())

    def _read(self) -> None:
        while data := self._shell.read():
            self.receive(self._decode(data))


class BenchPtyClient(BenchClient):
    """A client of a `/pty` namespace, ours or pyxtermjs's. Acknowledges what it has drawn as our page does
    (lab-terminal.js): every 32 KiB, and smaller amounts at most every 100 ms."""

    ACKNOWLEDGE_SIZE, ACKNOWLEDGE_INTERVAL = 32 * 1024, 0.1

    def __init__(self, page: PtyClient, terminal: int | None = None) -> None:
        super().__init__()
        self._page = page
        self._address = {} if terminal is None else {"terminal": terminal}
        self._acknowledged, self._acknowledged_at = 0, 0.0
        page._on_event = self._on_event  # type: ignore[method-assign]  # it would store a flood

    def send(self, text: str) -> None:
        self._page.emit("pty-input", {"input": text, **self._address})

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        if event != "pty-output":
            return
        if self._address and payload["terminal"] != self._address["terminal"]:
            self._drawn(payload)  # the default terminal, sent before the page has attached to its own
        else:
            self.receive(payload["output"], lambda: self._drawn(payload))

    def _drawn(self, payload: dict[str, Any]) -> None:
        end, now = payload.get("end", 0), time.perf_counter()
        is_due = now - self._acknowledged_at >= self.ACKNOWLEDGE_INTERVAL
        if end - self._acknowledged >= self.ACKNOWLEDGE_SIZE or (end and is_due):
            self._acknowledged, self._acknowledged_at = end, now
            self._page.emit("parsed", {"terminal": payload["terminal"], "seq": end})


class WettyClient(BenchClient):
    """A client of wetty's Socket.IO. Acknowledges every 512 KiB that it has drawn, as wetty's page does."""

    COMMIT_SIZE = 524_288

    def __init__(self, url: str) -> None:
        super().__init__()
        address = url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        self._socket = websocket.create_connection(address, skip_utf8_validation=True)
        self._drawn = 0
        self._socket.recv()
        self._socket.send("40")
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, text: str) -> None:
        self._emit("input", text)

    def _emit(self, event: str, payload: object) -> None:
        self._socket.send("42" + json.dumps([event, payload]))

    def _read(self) -> None:
        with suppress(websocket.WebSocketException, OSError):
            while packet := str(self._socket.recv()):
                if packet == "2":
                    self._socket.send("3")
                elif packet.startswith('42["data"'):
                    text = json.loads(packet[2:])[1]
                    self.receive(text, partial(self._commit, len(text)))

    def _commit(self, size: int) -> None:
        self._drawn += size
        if self._drawn >= self.COMMIT_SIZE:
            self._emit("commit", self._drawn)
            self._drawn = 0


class TtydClient(BenchClient):
    """A client of ttyd's WebSocket. Asks it to pause and resume at the thresholds of ttyd's page."""

    PAUSE, RESUME = 1_000_000, 400_000

    def __init__(self, url: str) -> None:
        super().__init__()
        self._send: Callable[[bytes], object]
        self._receive: Callable[[], bytes]
        self._connect(url.replace("http", "ws") + "/ws")
        self._send(json.dumps({"AuthToken": "", "columns": 80, "rows": 24}).encode())
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pending, self._paused, self._lock = 0, False, threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def _connect(self, address: str) -> None:
        connection = websocket.create_connection(address, subprotocols=["tty"], skip_utf8_validation=True)
        self._send, self._receive = connection.send_binary, lambda: _as_bytes(connection.recv())

    def send(self, text: str) -> None:
        self._send(b"0" + text.encode())

    def _read(self) -> None:
        with suppress(websocket.WebSocketException, websockets.ConnectionClosed, OSError):
            while message := self._receive():
                if message[:1] == b"0":
                    self._count(len(message) - 1)
                    self.receive(self._decode(message[1:]), partial(self._count, 1 - len(message)))

    def _count(self, size: int) -> None:
        with self._lock:  # the reader counts what has arrived, the drawing thread what is drawn
            self._pending += size
            paused = self._pending > (self.RESUME if self._paused else self.PAUSE)
            if paused != self._paused:
                self._paused = paused
                self._send(b"2" if paused else b"3")


class TtydDeflateClient(TtydClient):
    """The same with compression, which browsers accept and ttyd offers by default."""

    def _connect(self, address: str) -> None:
        connection = connect(address, subprotocols=[Subprotocol("tty")], compression="deflate", max_size=None)
        self._send, self._receive = connection.send, lambda: _as_bytes(connection.recv())


class TerminadoClient(BenchClient):
    """A client of terminado's WebSocket."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._socket = websocket.create_connection(url, skip_utf8_validation=True)
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, text: str) -> None:
        self._socket.send(json.dumps(["stdin", text]))

    def _read(self) -> None:
        with suppress(websocket.WebSocketException, OSError):
            while message := self._socket.recv():
                kind, *rest = json.loads(message)
                if kind == "stdout":
                    self.receive(rest[0])


def _as_bytes(message: str | bytes) -> bytes:
    return message.encode() if isinstance(message, str) else message
