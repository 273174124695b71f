"""A Socket.IO client at one namespace, written by hand, so that the order of what arrived is known.

By hand, because python-socketio's client has a thread for each event, so it can't say in which order they arrived; and
because one script has to speak to a server of 2021 and to one of today.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from tests.eventually import PATIENCE, missed
from tests.transports import GONE, Transport


class SocketIOClient:
    """Connected while in its `with`. Knows how a namespace is connected to, and how events and acknowledgements arrive.

    `options` are sent beside the token on connecting. Clear `reading` to read nothing more from the network. Raises
    ConnectionRefusedError with the server's sentence.
    """

    def __init__(self, transport: Callable[[], Transport], namespace: str, token: str, **options: object) -> None:
        self.reading = threading.Event()
        self.reading.set()
        self._open, self._namespace, self._auth = transport, namespace, {"token": token, **options}
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self._transport = self._open()
        self._transport.send(f"40{self._namespace}," + json.dumps(self._auth))
        while not (answer := self._transport.receive()).startswith(f"40{self._namespace},"):
            if answer.startswith(f"44{self._namespace},"):
                self._transport.close()
                raise ConnectionRefusedError(json.loads(answer.partition(",")[2])["message"])
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect as a closed tab does, without a closing handshake."""
        self.reading.set()
        self._transport.disconnect()
        self._reader.join(30)
        self._transport.close()

    def wait(self, done: Callable[[], object], seconds: float = PATIENCE, what: str = "") -> None:
        """Wait until something that arrives makes `done` true; fail with what was awaited, and what arrived."""
        with self._changed:
            if not self._changed.wait_for(done, seconds):
                raise AssertionError(missed(done, what, self._describe, seconds))

    def _describe(self) -> object:
        """Return what a failed wait shows."""
        raise NotImplementedError

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        raise NotImplementedError

    def _on_ack(self, number: int, answer: dict[str, Any]) -> None:
        """Handle the acknowledgement of the event sent with this number; an event without one gets none."""

    def _send(self, event: str, payload: Any, number: str = "") -> None:
        self._transport.send(f"42{self._namespace},{number}" + json.dumps([event, payload]))

    def _read(self) -> None:
        with suppress(*GONE):
            self._read_packets()

    def _read_packets(self) -> None:
        while True:
            self.reading.wait()
            packet = self._transport.receive()
            if not packet:
                return
            if packet == "2":
                self._transport.send("3")
            elif packet.startswith(("42", "43")):
                self._on_packet(packet)

    def _on_packet(self, packet: str) -> None:
        start = packet.index("[")
        arguments = json.loads(packet[start:])
        if packet[1] == "3":
            self._on_ack(int(packet[2 + len(self._namespace) + 1 : start]), arguments[0])
        else:
            self._on_event(*arguments)
