"""A page without a browser, at one namespace: Socket.IO by hand, so that the order of what came is known.

By hand, because python-socketio's client has a thread for each event, so it can't say in which order they came; and
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
    """Connected while in its `with`. Knows a namespace's door, and how events and answers come in; not what they say.

    `named` is what it tells the door beside its token. Clear `reading` to take nothing more off the network. Raises
    ConnectionRefusedError with the server's answer.
    """

    def __init__(self, transport: Callable[[], Transport], namespace: str, token: str, **named: object) -> None:
        self.reading = threading.Event()
        self.reading.set()
        self._open, self._namespace, self._auth = transport, namespace, {"token": token, **named}
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
        """Be gone, as a tab that is closed: without a farewell."""
        self.reading.set()
        self._transport.disconnect()
        self._reader.join(30)
        self._transport.close()

    def wait(self, done: Callable[[], object], seconds: float = PATIENCE, what: str = "") -> None:
        """Wait until something that came makes `done` true; fails with what was waited for, and what came."""
        with self._changed:
            if not self._changed.wait_for(done, seconds):
                raise AssertionError(missed(done, what, self._describe, seconds))

    def _describe(self) -> object:
        """What a failed wait shows."""
        raise NotImplementedError

    def _on_event(self, event: str, payload: dict[str, Any]) -> None:
        """An event has come."""
        raise NotImplementedError

    def _on_ack(self, number: int, answer: dict[str, Any]) -> None:
        """To the event that was sent with this number; sent without one, none is answered."""

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
        at = packet.index("[")
        given = json.loads(packet[at:])
        if packet[1] == "3":
            self._on_ack(int(packet[2 + len(self._namespace) + 1 : at]), given[0])
        else:
            self._on_event(*given)
