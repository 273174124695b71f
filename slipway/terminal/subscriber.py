"""What all subscribers of a terminal have in common: a pump that sends the status and the output in one order.

Knows no socket and no other subscriber. The terminal's lock guards every field.
"""

from __future__ import annotations

import codecs
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from slipway.terminal.state import TerminalState

OnStatus = Callable[[dict[str, Any]], None]

Piece = TypeVar("Piece")


class Subscriber(ABC, Generic[Piece]):
    """A reader of a terminal's output, with its own position and UTF-8 decoder.

    `offset` is the number of the next byte to send, of the output whose `generation` this is. A `Piece` is what is sent
    at once.
    """

    def __init__(self, state: TerminalState, on_status: OnStatus) -> None:
        self._state, self._on_status = state, on_status
        self._wake = threading.Condition(state.lock)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._closed = False
        self.generation = self.offset = 0

    @abstractmethod
    def status(self) -> dict[str, Any]:
        """Return the terminal's status in the form for this subscriber."""

    def notify(self) -> None:
        """Wake the pump if there is something to send. Called with the lock held."""
        if self._has_work():
            self._wake.notify_all()

    def pump(self) -> None:
        """Send changes of the status and output until closed; a change of the status goes first."""
        while True:
            with self._state.lock:
                self._wait()
                if self._closed:
                    return
                status = self._next_status()
                piece = self._next_piece() if status is None else None
            if status is not None:
                self._on_status(status)
            elif piece is not None:
                self._send(piece)

    def close(self) -> None:
        """Stop sending. Idempotent."""
        with self._state.lock:
            self._closed = True
            self._leave()
            self._wake.notify_all()

    @property
    def _decoded(self) -> int:
        """The number of the byte after the last whole character."""
        return self.offset - len(self._decoder.getstate()[0])

    def _decode(self, data: bytes) -> str:
        """Return the whole characters in the next bytes; the beginning of another one waits for its end."""
        self.offset += len(data)
        return self._decoder.decode(data)

    def _wait(self) -> None:
        self._wake.wait_for(self._has_work)

    @abstractmethod
    def _has_work(self) -> bool:
        """Return whether there is something to send, or the pump is to end."""

    @abstractmethod
    def _next_status(self) -> dict[str, Any] | None:
        """Return the status if it has changed since the last call."""

    @abstractmethod
    def _next_piece(self) -> Piece | None: ...

    @abstractmethod
    def _send(self, piece: Piece) -> None:
        """Send a piece of output, without the lock."""

    @abstractmethod
    def _leave(self) -> None:
        """Tell the terminal that this subscriber has gone."""
