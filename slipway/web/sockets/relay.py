"""What one person sees, passed on to everybody who follows them: their story and one terminal's screen.

The seat is listened to once and the terminal looked at once, however many follow, and each message is written as JSON
once. Every reader has a bounded number of bytes on the way; who is behind gets nothing more until all of that has
left, and then the present state anew. Whether a reader may still see is asked for each message, when it is queued and
again when it leaves for the network. Knows seats and terminals by their contracts, and no consents.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

from engineio.packet import MESSAGE, NOOP, Packet

NAMESPACE = "/follow"
UNREAD = 192 * 1024
"""Characters that may be on their way to one reader; one message more makes it late."""
NOTHING = str(NOOP)


class FollowedSession(Protocol):
    """A seat, as one looks on (slipway/sessions/session.py)."""

    def subscribe(self, listener: Callable[[str, dict[str, Any]], None]) -> None: ...
    def unsubscribe(self, listener: Callable[[str, dict[str, Any]], None]) -> None: ...
    def send_snapshot(self, listener: Callable[[str, dict[str, Any]], None]) -> None: ...


class SpectatorLike(Protocol):
    """A quiet look at a terminal (slipway/terminal/spectator.py)."""

    def screen(self) -> tuple[int, str]: ...
    def news(self) -> dict[str, Any]: ...
    def close(self) -> None: ...


class WatchedTerminal(Protocol):
    """A terminal that can be looked at, and typed into."""

    def overlook(
        self, show: Callable[[int, int, str, bool], None], say: Callable[[dict[str, Any]], None]
    ) -> SpectatorLike: ...
    def press(self, keys: str) -> bool: ...


class RelayedPacket(Packet):  # type: ignore[misc]
    """One message to one reader, its text shared by all. When its turn comes it may be this reader's no more."""

    def __init__(self, text: str, leaving: Callable[[int], bool]) -> None:
        super().__init__(MESSAGE, "")
        self._text, self._leaving = text, leaving

    def encode(self, b64: bool = False) -> str:
        """The whole packet, or an empty one when the reader may see it no more. Called once, when it is sent."""
        text, self._text = self._text, NOTHING
        return text if self._leaving(len(text)) else NOTHING


class RelayReader:
    """One page that follows. `at` is the number of the terminal's next byte, -1 before its screen has come.

    `may` says whether it may be shown anything just now; `put` queues a packet; `late` is called when all that was on
    the way has left and the reader wants the present state.
    """

    def __init__(self, may: Callable[[], bool], put: Callable[[Packet], None]) -> None:
        self.may, self._put = may, put
        self.behind, self.at = True, -1
        self.queued = 0
        self.late: Callable[[RelayReader], object] = lambda _reader: None

    def pass_on(self, text: str) -> bool:
        """Queue a message unless the reader is behind, or becomes so by it; whether it was queued."""
        much = self.queued > 0 and self.queued + len(text) > UNREAD
        if not self.behind and (much or not self.may()):
            self.behind = True
        if not self.behind:
            self.force(text)
        return not self.behind

    def force(self, text: str) -> None:
        """Queue a piece of the present state."""
        self.queued += len(text)
        self._put(RelayedPacket(text, self._leaving))

    def _leaving(self, count: int) -> bool:
        self.queued -= count
        if self.behind and self.queued <= 0:
            self.late(self)
        return self.may()


class Relay:
    """One person's story and terminal, and those who follow it. Nothing is listened to while nobody does."""

    def __init__(
        self,
        seat: FollowedSession,
        terminal: Callable[[int], WatchedTerminal],
        number: int,
        later: Callable[..., object],
    ) -> None:
        self._seat, self._terminal, self._number, self._later = seat, terminal, number, later
        self._readers: list[RelayReader] = []
        self._looked: WatchedTerminal | None = None
        self._onlooker: SpectatorLike | None = None

    def __len__(self) -> int:
        return len(self._readers)

    def join(self, reader: RelayReader) -> None:
        """Follow from now on, beginning with the present state."""
        reader.late = lambda late: self._later(self.renew, late)
        self._readers.append(reader)
        if len(self._readers) == 1:
            self._seat.subscribe(self._heard)
            self._look()
        self.renew(reader)

    def leave(self, reader: RelayReader) -> None:
        if reader in self._readers:
            self._readers.remove(reader)
            reader.behind = True
            reader.late = lambda _reader: None
        if not self._readers:
            self._seat.unsubscribe(self._heard)
            self._away()

    def turn_to(self, number: int) -> None:
        """Another terminal is in view over there."""
        if number != self._number:
            self._number = number
            if self._readers:
                self._look()

    def stir(self) -> None:
        """Somebody may see again: who was left out gets the present state."""
        for reader in list(self._readers):
            if reader.behind and reader.queued <= 0:
                self.renew(reader)

    def renew(self, reader: RelayReader) -> None:
        """Give a reader the present state, from which on it is passed what comes."""
        if reader not in self._readers or not reader.may():
            return

        def tell(name: str, payload: dict[str, Any]) -> None:
            reader.behind = False
            reader.force(event(name, payload))

        self._seat.send_snapshot(tell)
        if self._onlooker:
            reader.force(event("sight", self._onlooker.news()))
            end, text = self._onlooker.screen()
            reader.at = end
            if text:
                reader.force(event("screen", {"output": text, "fresh": True}))

    # What happens over there

    def _heard(self, name: str, payload: dict[str, Any]) -> None:
        self._pass(name, payload)
        if name == "seat" and payload.get("state") == "ready":
            self._later(self._look)  # a new sandbox has new terminals

    def _look(self) -> None:
        """Look at the terminal in view, unless it is the one that is looked at."""
        looked = self._terminal(self._number)
        if looked is self._looked or not self._readers:
            return
        self._away()
        self._looked = looked

        def say(news: dict[str, Any]) -> None:
            if self._looked is looked:
                self._pass("sight", news)

        def show(seq: int, end: int, text: str, fresh: bool) -> None:
            if self._looked is looked:
                self._show(seq, end, text, fresh)

        for reader in self._readers:
            reader.at = -1
        self._onlooker = looked.overlook(show, say)

    def _away(self) -> None:
        onlooker, self._onlooker, self._looked = self._onlooker, None, None
        if onlooker:
            onlooker.close()

    def _pass(self, name: str, payload: dict[str, Any]) -> None:
        text = event(name, payload)
        for reader in list(self._readers):
            reader.pass_on(text)

    def _show(self, seq: int, end: int, output: str, fresh: bool) -> None:
        """Pass on a piece of the screen to whoever has all before it, or to everybody when it begins anew."""
        text = event("screen", {"output": output, "fresh": fresh})
        for reader in list(self._readers):
            if (fresh and reader.at != end) or reader.at == seq:
                if reader.pass_on(text):
                    reader.at = end
            elif reader.at < seq and not reader.behind:
                reader.behind = True  # a piece is missing, as when its terminal was joined anew
                self._later(self.renew, reader)


def event(name: str, payload: dict[str, Any]) -> str:
    """A whole Engine.IO packet with one Socket.IO event of this namespace."""
    body = json.dumps([name, payload], ensure_ascii=False, separators=(",", ":"))
    return f"{MESSAGE}2{NAMESPACE},{body}"
