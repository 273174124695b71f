"""A client of a namespace whose events are acknowledged."""

from __future__ import annotations

from typing import Any

from tests.socketio_client import SocketIOClient
from tests.transports import WebSocket


class AckClient(SocketIOClient):
    """`heard` has the events that arrived, by name and payload."""

    def __init__(self, url: str, token: str, namespace: str) -> None:
        super().__init__(lambda: WebSocket(url), namespace, token)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._sent = 0

    def emit(self, event: str, **payload: Any) -> int:
        """Send an event and wait for nothing; its number."""
        self._sent += 1
        self._send(event, payload, str(self._sent))
        return self._sent

    def ask(self, event: str, **payload: Any) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        number = self.emit(event, **payload)
        self.wait(lambda: number in self._answers, what=f"an answer to {event} {payload}")
        return self._answers.pop(number)

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the payloads of all events of this name."""
        return [payload for event, payload in self.heard if event == name]

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
