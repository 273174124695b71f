"""A relay, packet by packet: bounded for each reader, encoded once for all, and checked again when it is sent."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from engineio.packet import Packet

from slipway.web.sockets.relay import MAX_IN_FLIGHT, NOTHING, Relay, RelayReader
from tests.web.memory_sessions import MemorySession

Shown = Callable[[int, int, str, bool], None]


class Screen:
    """A terminal with one spectator, whose output the test writes."""

    def __init__(self) -> None:
        self.written, self.spectators = "", 0
        self.show: Shown = lambda seq, end, text, fresh: None

    def add_spectator(self, show: Shown, say: Callable[[dict[str, Any]], None]) -> Screen:
        self.show, self.spectators = show, self.spectators + 1
        return self

    def write(self, text: str) -> None:
        seq, self.written = len(self.written), self.written + text
        self.show(seq, len(self.written), text, False)

    def snapshot(self) -> tuple[int, str]:
        return len(self.written), self.written

    def status(self) -> dict[str, Any]:
        return {"terminal": 1, "cols": 80, "rows": 24}

    def send_keys(self, keys: str) -> bool:
        return True

    def close(self) -> None:
        self.spectators -= 1


class Connection:
    """A page's connection: packets wait until the test delivers them."""

    def __init__(self) -> None:
        self.allowed = True
        self.waiting: deque[Packet] = deque()
        self.relay_reader = RelayReader(lambda: self.allowed, self.waiting.append)
        self.text = ""

    def deliver(self) -> list[str]:
        """Send all packets that wait; return the names of the events."""
        told = []
        while self.waiting:
            packet = self.waiting.popleft().encode()
            if packet != NOTHING:
                name, payload = json.loads(packet.removeprefix("42/follow,"))
                told.append(name)
                if name == "screen":
                    self.text = payload["output"] if payload["fresh"] else self.text + payload["output"]
        return told


@pytest.fixture
def session() -> MemorySession:
    return MemorySession()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def relay(session: MemorySession, screen: Screen) -> Relay:
    return Relay(session, lambda number: screen, 1, lambda do, *given: do(*given))


def following(relay: Relay) -> Connection:
    reader = Connection()
    relay.join(reader.relay_reader)
    reader.deliver()
    return reader


def test_forty_readers_share_one_spectator_and_one_listener(
    relay: Relay, session: MemorySession, screen: Screen
) -> None:
    readers = [following(relay) for _ in range(40)]
    assert (screen.spectators, len(session.listeners)) == (1, 1)
    screen.write("hello")
    assert {id(reader.waiting[0]._text) for reader in readers} == {id(readers[0].waiting[0]._text)}, "encoded once"
    for reader in readers:
        relay.leave(reader.relay_reader)
    assert (screen.spectators, len(session.listeners)) == (0, 0)


def test_queued_packets_are_not_sent_after_consent_ends(relay: Relay, screen: Screen) -> None:
    reader = following(relay)
    screen.write("seen ")
    assert reader.deliver() == ["screen"]
    screen.write("secret")
    reader.allowed = False
    assert reader.deliver() == []
    screen.write("more")
    assert (list(reader.waiting), reader.text) == ([], "seen ")


def test_reader_with_renewed_permission_gets_the_present_state(relay: Relay, screen: Screen) -> None:
    reader = following(relay)
    reader.allowed = False
    screen.write("missed ")
    reader.allowed = True
    screen.write("still behind ")
    relay.resume()
    screen.write("and on")
    assert reader.deliver() == ["step", "seat", "story", "sight", "screen", "screen"]
    assert reader.text == "missed still behind and on"


def test_slow_reader_gets_its_bound_and_then_a_fresh_screen(relay: Relay, screen: Screen) -> None:
    slow, quick = following(relay), following(relay)
    for _ in range(100):
        screen.write("x" * 10_000)
        quick.deliver()
    assert sum(len(packet._text) for packet in slow.waiting) <= MAX_IN_FLIGHT + 11_000
    assert len(quick.text) == 1_000_000
    slow.deliver()
    screen.write("end")
    slow.deliver()
    assert slow.text == screen.written


def test_output_that_a_late_reader_has_is_not_sent_twice(relay: Relay, screen: Screen) -> None:
    first = following(relay)
    screen.written += "late "  # read from the shell, and not shown yet
    late = following(relay)
    screen.show(0, 5, "late ", False)
    screen.write("both")
    assert (first.deliver(), late.deliver()) == (["screen", "screen"], ["screen"])
    assert (first.text, late.text) == ("late both", "late both")


def test_gap_in_the_output_is_replaced_by_the_present_state(relay: Relay, screen: Screen) -> None:
    reader = following(relay)
    screen.written += "lost "
    screen.write("found")
    reader.deliver()
    assert reader.text == "lost found"


def test_one_message_larger_than_the_bound_is_sent(relay: Relay, session: MemorySession) -> None:
    reader = following(relay)
    session._broadcast("story", {"text": "x" * MAX_IN_FLIGHT * 2})
    assert reader.deliver() == ["story"]


def test_new_sandbox_switches_to_its_terminal(session: MemorySession) -> None:
    screens = [Screen(), Screen()]
    at = [0]
    relay = Relay(session, lambda number: screens[at[0]], 1, lambda do, *given: do(*given))
    reader = following(relay)
    at[0] = 1
    session._broadcast("seat", {"state": "ready"})
    assert [one.spectators for one in screens] == [0, 1]
    screens[1].written = "new$ "
    screens[1].show(5, 5, "new$ ", True)
    screens[0].write("old")
    reader.deliver()
    assert reader.text == "new$ "
