"""A relay, packet by packet: bounded for each reader, written once for all, and asked for again when it leaves."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from engineio.packet import Packet

from slipway.web.sockets.relay import NOTHING, UNREAD, Relay, RelayReader
from tests.web.memory_sessions import MemorySession

Shown = Callable[[int, int, str, bool], None]


class Screen:
    """A terminal with one onlooker, which the test shows things to."""

    def __init__(self) -> None:
        self.written, self.looks = "", 0
        self.show: Shown = lambda seq, end, text, fresh: None

    def overlook(self, show: Shown, say: Callable[[dict[str, Any]], None]) -> Screen:
        self.show, self.looks = show, self.looks + 1
        return self

    def writes(self, text: str) -> None:
        seq, self.written = len(self.written), self.written + text
        self.show(seq, len(self.written), text, False)

    def screen(self) -> tuple[int, str]:
        return len(self.written), self.written

    def news(self) -> dict[str, Any]:
        return {"terminal": 1, "cols": 80, "rows": 24}

    def press(self, keys: str) -> bool:
        return True

    def close(self) -> None:
        self.looks -= 1


class Wire:
    """A page's connection: packets wait until the test lets them leave."""

    def __init__(self) -> None:
        self.allowed = True
        self.waiting: deque[Packet] = deque()
        self.reader = RelayReader(lambda: self.allowed, self.waiting.append)
        self.text = ""

    def leaves(self) -> list[str]:
        """Let all that waits leave; what the page was told."""
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
def seat() -> MemorySession:
    return MemorySession()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def relay(seat: MemorySession, screen: Screen) -> Relay:
    return Relay(seat, lambda number: screen, 1, lambda do, *given: do(*given))


def following(relay: Relay) -> Wire:
    wire = Wire()
    relay.join(wire.reader)
    wire.leaves()
    return wire


def test_forty_readers_cost_one_look_and_one_ear(relay: Relay, seat: MemorySession, screen: Screen) -> None:
    wires = [following(relay) for _ in range(40)]
    assert (screen.looks, len(seat.listeners)) == (1, 1)
    screen.writes("hello")
    assert {id(wire.waiting[0]._text) for wire in wires} == {id(wires[0].waiting[0]._text)}, "written as JSON once"
    for wire in wires:
        relay.leave(wire.reader)
    assert (screen.looks, len(seat.listeners)) == (0, 0)


def test_what_waits_when_consent_ends_never_leaves(relay: Relay, screen: Screen) -> None:
    wire = following(relay)
    screen.writes("seen ")
    assert wire.leaves() == ["screen"]
    screen.writes("secret")
    wire.allowed = False
    assert wire.leaves() == []
    screen.writes("more")
    assert (list(wire.waiting), wire.text) == ([], "seen ")


def test_who_may_again_begins_with_the_present_state(relay: Relay, screen: Screen) -> None:
    wire = following(relay)
    wire.allowed = False
    screen.writes("missed ")
    wire.allowed = True
    screen.writes("still behind ")
    relay.stir()
    screen.writes("and on")
    assert wire.leaves() == ["step", "seat", "story", "sight", "screen", "screen"]
    assert wire.text == "missed still behind and on"


def test_a_slow_reader_is_sent_no_more_than_its_bound_and_then_a_fresh_screen(relay: Relay, screen: Screen) -> None:
    slow, quick = following(relay), following(relay)
    for _ in range(100):
        screen.writes("x" * 10_000)
        quick.leaves()
    assert sum(len(packet._text) for packet in slow.waiting) <= UNREAD + 11_000
    assert len(quick.text) == 1_000_000
    slow.leaves()
    screen.writes("end")
    slow.leaves()
    assert slow.text == screen.written


def test_a_piece_that_a_latecomer_has_already_is_not_sent_twice(relay: Relay, screen: Screen) -> None:
    first = following(relay)
    screen.written += "late "  # taken by the pump, and not shown yet
    late = following(relay)
    screen.show(0, 5, "late ", False)
    screen.writes("both")
    assert (first.leaves(), late.leaves()) == (["screen", "screen"], ["screen"])
    assert (first.text, late.text) == ("late both", "late both")


def test_a_gap_is_mended_with_the_present_state(relay: Relay, screen: Screen) -> None:
    wire = following(relay)
    screen.written += "lost "
    screen.writes("found")
    wire.leaves()
    assert wire.text == "lost found"


def test_the_bound_is_for_many_messages_and_not_for_a_large_one(relay: Relay, seat: MemorySession) -> None:
    wire = following(relay)
    seat._tell("story", {"text": "x" * UNREAD * 2})
    assert wire.leaves() == ["story"]


def test_a_new_sandbox_has_a_new_terminal(seat: MemorySession) -> None:
    screens = [Screen(), Screen()]
    at = [0]
    relay = Relay(seat, lambda number: screens[at[0]], 1, lambda do, *given: do(*given))
    wire = following(relay)
    at[0] = 1
    seat._tell("seat", {"state": "ready"})
    assert [one.looks for one in screens] == [0, 1]
    screens[1].written = "new$ "
    screens[1].show(5, 5, "new$ ", True)
    screens[0].writes("old")
    wire.leaves()
    assert wire.text == "new$ "
