"""Clients of the terminal bench: what is shown is counted and searched, and not kept. Knows wires, and no server.

Three kinds: *fast* draws everything at once; *xterm* draws 10 MB/s behind an unbounded queue, as xterm.js does;
*slow* sits behind a link of 2 MB/s.
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

DRAWS, LINK = 10e6, 2e6
"""Bytes a second of *xterm* and of *slow*."""
Done = Callable[[], None]


class Desk:
    """A terminal as a client has it: what it shows is counted and searched, and kept where `kept` is a list.

    `process` is the server's id, where it is known; `sent` holds when each letter left that is still to be echoed.
    """

    def __init__(self) -> None:
        self.bytes, self._tail, self._changed = 0, "", threading.Condition()
        self._at = 0.0
        self.kind = "fast"
        self.process = 0
        self.kept: list[str] | None = None
        self.sent: deque[float] | None = None
        self.took: list[float] = []
        self._queue: queue.SimpleQueue[tuple[str, Done]] = queue.SimpleQueue()
        threading.Thread(target=self._draw, daemon=True).start()

    def send(self, text: str) -> None:
        raise NotImplementedError

    def came(self, text: str, done: Done = lambda: None) -> None:
        """Text from the wire; `done` is called when it is drawn."""
        if self.kind == "xterm":
            self._queue.put((text, done))
            return
        if self.kind == "slow":
            time.sleep(len(text) / LINK)
        self._shown(text)
        done()

    def _draw(self) -> None:
        while True:
            text, done = self._queue.get()
            time.sleep(len(text) / DRAWS)
            self._shown(text)
            done()

    def _shown(self, text: str) -> None:
        with self._changed:
            self.bytes += len(text)
            self._tail, self._at = (self._tail + text[-400:])[-400:], time.perf_counter()
            if self.kept is not None:
                self.kept.append(text)
            for _ in text if self.sent else "":  # to go through a flood would take longer than the flood
                if self.sent:
                    self.took.append((self._at - self.sent.popleft()) * 1000)
            self._changed.notify_all()

    def see(self, text: str, seconds: float = 20.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: text in self._tail, seconds)

    def echoed(self, key: str, sent: float) -> float:
        """Milliseconds from `sent` to when the key came back, which it may have done already."""
        assert self.see(key), "no echo"
        return (self._at - sent) * 1000

    def forget(self) -> None:
        with self._changed:
            self._tail = ""


class Raw(Desk):
    def __init__(self, container: Container) -> None:
        super().__init__()
        self._line = AttachedShell(container)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, text: str) -> None:
        self._line.write(text.encode())

    def _read(self) -> None:
        while data := self._line.read():
            self.came(self._decode(data))


class Page(Desk):
    """At a `/pty` namespace, ours or pyxtermjs's; what was drawn is told as our page tells it (lab-terminal.js): each
    32 KiB, and less not more often than every 100 ms."""

    ACKNOWLEDGES, PAUSE = 32 * 1024, 0.1

    def __init__(self, page: PtyClient, terminal: int | None = None) -> None:
        super().__init__()
        self._page = page
        self._where = {} if terminal is None else {"terminal": terminal}
        self._told, self._told_at = 0, 0.0
        page._heard = self._heard  # type: ignore[method-assign]  # a flood must not be kept

    def send(self, text: str) -> None:
        self._page.emit("pty-input", {"input": text, **self._where})

    def _heard(self, event: str, payload: dict[str, Any]) -> None:
        if event != "pty-output":
            return
        if self._where and payload["terminal"] != self._where["terminal"]:
            self._drawn(payload)  # the first terminal, given to a page that was slow to say which one it wants
        else:
            self.came(payload["output"], lambda: self._drawn(payload))

    def _drawn(self, payload: dict[str, Any]) -> None:
        end, now = payload.get("end", 0), time.perf_counter()
        if end - self._told >= self.ACKNOWLEDGES or (end and now - self._told_at >= self.PAUSE):
            self._told, self._told_at = end, now
            self._page.emit("parsed", {"terminal": payload["terminal"], "seq": end})


class Wetty(Desk):
    """At wetty's Socket.IO; every 512 KiB that were drawn are told, as its page does."""

    COMMITS = 524_288

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

    def _emit(self, event: str, given: object) -> None:
        self._socket.send("42" + json.dumps([event, given]))

    def _read(self) -> None:
        with suppress(websocket.WebSocketException, OSError):
            while packet := str(self._socket.recv()):
                if packet == "2":
                    self._socket.send("3")
                elif packet.startswith('42["data"'):
                    text = json.loads(packet[2:])[1]
                    self.came(text, partial(self._commit, len(text)))

    def _commit(self, size: int) -> None:
        self._drawn += size
        if self._drawn >= self.COMMITS:
            self._emit("commit", self._drawn)
            self._drawn = 0


class Ttyd(Desk):
    """At ttyd's WebSocket; it is asked to pause and to go on at the marks of its own page."""

    PAUSE, RESUME = 1_000_000, 400_000

    def __init__(self, url: str) -> None:
        super().__init__()
        self._connect(url.replace("http", "ws") + "/ws")
        self._send(json.dumps({"AuthToken": "", "columns": 80, "rows": 24}).encode())
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._waiting, self._paused, self._counting = 0, False, threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def _connect(self, address: str) -> None:
        connection = websocket.create_connection(address, subprotocols=["tty"], skip_utf8_validation=True)
        self._send, self._receive = connection.send_binary, connection.recv

    def send(self, text: str) -> None:
        self._send(b"0" + text.encode())

    def _read(self) -> None:
        with suppress(websocket.WebSocketException, websockets.ConnectionClosed, OSError):
            while message := self._receive():
                if message[:1] == b"0":
                    self._count(len(message) - 1)
                    self.came(self._decode(message[1:]), partial(self._count, 1 - len(message)))

    def _count(self, size: int) -> None:
        with self._counting:  # what came is counted by the reader, what was drawn by whoever draws
            self._waiting += size
            paused = self._waiting > (self.RESUME if self._paused else self.PAUSE)
            if paused != self._paused:
                self._paused = paused
                self._send(b"2" if paused else b"3")


class Deflated(Ttyd):
    """The same, by a client that takes compression, as browsers do: ttyd as it is shipped."""

    def _connect(self, address: str) -> None:
        connection = connect(address, subprotocols=[Subprotocol("tty")], compression="deflate", max_size=None)
        self._send, self._receive = connection.send, connection.recv


class Socket(Desk):
    """At a WebSocket of terminado's."""

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
                    self.came(rest[0])
