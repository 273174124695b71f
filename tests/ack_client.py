"""A page without a browser, at a namespace whose events are answered."""

from __future__ import annotations

from typing import Any

from tests.socketio_client import SocketIOClient
from tests.transports import WebSocket


class AckClient(SocketIOClient):
    """`heard` is what was told, by name and payload."""

    def __init__(self, url: str, token: str, namespace: str) -> None:
        super().__init__(lambda: WebSocket(url), namespace, token)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._asked = 0

    def emit(self, event: str, **payload: Any) -> int:
        """Say something, and wait for nothing."""
        self._asked += 1
        self._send(event, payload, str(self._asked))
        return self._asked

    def ask(self, event: str, **payload: Any) -> dict[str, Any]:
        """What the server says to it."""
        number = self.emit(event, **payload)
        self.wait(lambda: number in self._answers, what=f"an answer to {event} {payload}")
        return self._answers.pop(number)

    def of(self, name: str) -> list[dict[str, Any]]:
        return [payload for said, payload in self.heard if said == name]

    def _describe(self) -> object:
        return self.heard[-5:]

    def _on_packet(self, packet: str) -> None:
        with self._changed:
            super()._on_packet(packet)
            self._changed.notify_all()

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        self.heard.append((event, payload))

    def _on_ack(self, number: int, answer: dict[str, Any]) -> None:
        self._answers[number] = answer
