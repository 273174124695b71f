"""What one person sees, relayed to the pages that follow them: their story and the screen of one terminal.

However many pages follow, the session has one listener and the terminal one spectator, and each message is encoded as
JSON once. A reader has a bounded number of bytes in flight; one that falls behind gets nothing until all of them have
been sent, and then the present state. Whether a reader may see is asked for each message twice: when it is queued, and
when it is written to the network. Knows sessions and terminals by their protocols, and nothing of consents.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

from engineio.packet import MESSAGE, NOOP, Packet

NAMESPACE = "/follow"
MAX_IN_FLIGHT = 192 * 1024
"""Characters that may be on their way to a reader; with one message more it is behind."""
NOTHING = str(NOOP)


class FollowedSession(Protocol):
    """A session that can be followed (slipway/sessions/session.py)."""

    def subscribe(self, listener: Callable[[str, dict[str, Any]], None]) -> None:
        """Send all further events to `listener`."""
        ...

    def unsubscribe(self, listener: Callable[[str, dict[str, Any]], None]) -> None:
        """Send nothing more to `listener`. Idempotent."""
        ...

    def send_snapshot(self, listener: Callable[[str, dict[str, Any]], None]) -> None:
        """Send the present state to `listener`."""
        ...


class SpectatorLike(Protocol):
    """A read-only view of a terminal (slipway/terminal/spectator.py)."""

    def snapshot(self) -> tuple[int, str]:
        """Return the number of the next byte, and output that draws the present screen."""
        ...

    def status(self) -> dict[str, Any]:
        """Return the terminal's status and size."""
        ...

    def close(self) -> None:
        """End the observation. Idempotent."""
        ...


class WatchedTerminal(Protocol):
    """A terminal that others can watch, and type into."""

    def add_spectator(
        self, on_screen: Callable[[int, int, str, bool], None], on_status: Callable[[dict[str, Any]], None]
    ) -> SpectatorLike:
        """Attach a read-only view; `on_status` is called with the terminal's status and size."""
        ...

    def send_keys(self, keys: str) -> bool:
        """Send input. False if the terminal does not accept it."""
        ...


class RelayedPacket(Packet):  # type: ignore[misc]
    """One message to one reader; its text is shared by all. Permission is checked again when it is sent."""

    def __init__(self, text: str, on_sent: Callable[[int], bool]) -> None:
        super().__init__(MESSAGE, "")
        self._text, self._on_sent = text, on_sent

    def encode(self, b64: bool = False) -> str:
        """Return the packet, or an empty one if the reader may not see it any more. Called once, when it is sent."""
        text, self._text = self._text, NOTHING
        return text if self._on_sent(len(text)) else NOTHING


class RelayReader:
    """One page that follows. `offset` is the number of the terminal's next byte, -1 before it has got a screen.

    `allowed` returns whether the page may see anything now; `send` queues a packet; `on_caught_up` is called when a
    reader that is behind has nothing in flight any more, and wants the present state.
    """

    def __init__(self, allowed: Callable[[], bool], send: Callable[[Packet], None]) -> None:
        self.allowed, self._send = allowed, send
        self.behind, self.offset = True, -1
        self.in_flight = 0
        self.on_caught_up: Callable[[RelayReader], object] = lambda _reader: None

    def offer(self, text: str) -> bool:
        """Queue a message unless the reader is behind or would be. Returns whether it was queued."""
        too_much = self.in_flight > 0 and self.in_flight + len(text) > MAX_IN_FLIGHT
        if not self.behind and (too_much or not self.allowed()):
            self.behind = True
        if not self.behind:
            self.queue(text)
        return not self.behind

    def queue(self, text: str) -> None:
        """Queue a message in any case: a part of the present state."""
        self.in_flight += len(text)
        self._send(RelayedPacket(text, self._on_sent))

    def _on_sent(self, count: int) -> bool:
        self.in_flight -= count
        if self.behind and self.in_flight <= 0:
            self.on_caught_up(self)
        return self.allowed()


class Relay:
    """One person's story and terminal, and the pages that follow. Without followers it listens to nothing.

    `run_later` starts a function in a greenlet of its own.
    """

    def __init__(
        self,
        session: FollowedSession,
        terminal: Callable[[int], WatchedTerminal],
        number: int,
        run_later: Callable[..., object],
    ) -> None:
        self._session, self._terminal, self._number, self._run_later = session, terminal, number, run_later
        self._readers: list[RelayReader] = []
        self._watched: WatchedTerminal | None = None
        self._spectator: SpectatorLike | None = None

    def __len__(self) -> int:
        return len(self._readers)

    def join(self, reader: RelayReader) -> None:
        """Add a reader, which first gets the present state."""
        reader.on_caught_up = lambda late: self._run_later(self.send_state, late)
        self._readers.append(reader)
        if len(self._readers) == 1:
            self._session.subscribe(self._on_session_event)
            self._watch()
        self.send_state(reader)

    def leave(self, reader: RelayReader) -> None:
        """Remove a reader. Idempotent."""
        if reader in self._readers:
            self._readers.remove(reader)
            reader.behind = True
            reader.on_caught_up = lambda _reader: None
        if not self._readers:
            self._session.unsubscribe(self._on_session_event)
            self._unwatch()

    def switch_terminal(self, number: int) -> None:
        """Relay another terminal of the same person."""
        if number != self._number:
            self._number = number
            if self._readers:
                self._watch()

    def resume(self) -> None:
        """Send the present state to all readers that were left out and may see again."""
        for reader in list(self._readers):
            if reader.behind and reader.in_flight <= 0:
                self.send_state(reader)

    def send_state(self, reader: RelayReader) -> None:
        """Send a reader the present state; from there on it gets all messages."""
        if reader not in self._readers or not reader.allowed():
            return

        def send(name: str, payload: dict[str, Any]) -> None:
            reader.behind = False
            reader.queue(encode_event(name, payload))

        self._session.send_snapshot(send)
        if self._spectator:
            reader.queue(encode_event("sight", self._spectator.status()))
            reader.offset, text = self._spectator.snapshot()
            if text:
                reader.queue(encode_event("screen", {"output": text, "fresh": True}))

    # What comes from the followed person

    def _on_session_event(self, name: str, payload: dict[str, Any]) -> None:
        self._broadcast(name, payload)
        if name == "seat" and payload.get("state") == "ready":
            self._run_later(self._watch)  # a new sandbox has new terminals

    def _watch(self) -> None:
        """Watch the terminal in view, unless it is watched already."""
        terminal = self._terminal(self._number)
        if terminal is self._watched or not self._readers:
            return
        self._unwatch()
        self._watched = terminal

        def on_status(status: dict[str, Any]) -> None:
            if self._watched is terminal:
                self._broadcast("sight", status)

        def on_output(start: int, end: int, text: str, fresh: bool) -> None:
            if self._watched is terminal:
                self._broadcast_output(start, end, text, fresh)

        for reader in self._readers:
            reader.offset = -1
        self._spectator = terminal.add_spectator(on_output, on_status)

    def _unwatch(self) -> None:
        spectator, self._spectator, self._watched = self._spectator, None, None
        if spectator:
            spectator.close()

    def _broadcast(self, name: str, payload: dict[str, Any]) -> None:
        text = encode_event(name, payload)
        for reader in list(self._readers):
            reader.offer(text)

    def _broadcast_output(self, start: int, end: int, output: str, fresh: bool) -> None:
        """Offer a piece of output to the readers that have all before it; to all others if it is a `fresh` screen."""
        text = encode_event("screen", {"output": output, "fresh": fresh})
        for reader in list(self._readers):
            if (fresh and reader.offset != end) or reader.offset == start:
                if reader.offer(text):
                    reader.offset = end
            elif reader.offset < start and not reader.behind:
                reader.behind = True  # a piece is missing, for instance when its terminal was attached anew
                self._run_later(self.send_state, reader)


def encode_event(name: str, payload: dict[str, Any]) -> str:
    """Return the Engine.IO packet of one Socket.IO event of this namespace."""
    body = json.dumps([name, payload], ensure_ascii=False, separators=(",", ":"))
    return f"{MESSAGE}2{NAMESPACE},{body}"
