"""A page without a browser, at a namespace whose events are answered: Socket.IO by hand, so that the order of what
came is known."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import websocket

from tests.pty_page import WebSocket


class AskingPage:
    """Connected while in its `with`. `heard` is what was told, by name and payload.

    Clear `reading` to take nothing more off the network. Raises ConnectionRefusedError with the server's answer.
    """

    def __init__(self, url: str, token: str, namespace: str) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.reading = threading.Event()
        self.reading.set()
        self._url, self._token, self._namespace = url, token, namespace
        self._answers: dict[int, dict[str, Any]] = {}
        self._asked = 0
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self._wire = WebSocket(self._url)
        self._wire.send(f"40{self._namespace}," + json.dumps({"token": self._token}))
        while not (answer := self._wire.receive()).startswith(f"40{self._namespace},"):
            if answer.startswith(f"44{self._namespace},"):
                self._wire.close()
                raise ConnectionRefusedError(json.loads(answer.partition(",")[2])["message"])
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

    def emit(self, event: str, **payload: Any) -> int:
        """Say something, and wait for nothing."""
        self._asked += 1
        self._wire.send(f"42{self._namespace},{self._asked}" + json.dumps([event, payload]))
        return self._asked

    def ask(self, event: str, **payload: Any) -> dict[str, Any]:
        """What the server says to it."""
        number = self.emit(event, **payload)
        self.wait(lambda: number in self._answers)
        return self._answers.pop(number)

    def of(self, name: str) -> list[dict[str, Any]]:
        return [payload for said, payload in self.heard if said == name]

    def wait(self, done: Callable[[], object], seconds: float = 20.0) -> None:
        with self._changed:
            assert self._changed.wait_for(done, seconds), self._shown()

    def _shown(self) -> object:
        """What a failed wait shows."""
        return self.heard[-5:]

    def _read(self) -> None:
        with suppress(OSError, websocket.WebSocketException):
            while True:
                self.reading.wait()
                packet = self._wire.receive()
                if not packet:
                    return
                if packet == "2":
                    self._wire.send("3")
                elif packet.startswith(("42", "43")):
                    self._came(packet)

    def _came(self, packet: str) -> None:
        kind, rest = packet[1], packet[2 + len(self._namespace) + 1 :]
        number, bracket, body = rest.partition("[")
        given = json.loads(bracket + body)
        with self._changed:
            if kind == "3":
                self._answers[int(number)] = given[0]
            else:
                self._heard(*given)
            self._changed.notify_all()

    def _heard(self, event: str, payload: dict[str, Any]) -> None:
        self.heard.append((event, payload))
