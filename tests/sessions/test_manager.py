"""A house with few engines: who gets one, who waits, and what becomes of those that nobody uses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from slipway.core import events as e
from slipway.sessions.manager import SessionManager
from slipway.settings import LabLimits
from tests.eventually import eventually
from tests.fake_sandboxes import SMALL, FakeSandbox, FakeSandboxes
from tests.session_fixtures import MemoryStore


def journal_stream(sandbox: FakeSandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
    return (e.EngineSeen(1000.0, "26.1.5"),), iter(sandbox.journal.get, None)


class Page:
    """What one page was told of its seat."""

    def __init__(self, sessions: SessionManager, learner: str) -> None:
        self.told: list[dict[str, Any]] = []
        self.sessions, self.learner, self.session = sessions, learner, sessions.session(learner)
        self.session.subscribe(self)

    def __call__(self, name: str, payload: dict[str, Any]) -> None:
        if name == "seat":
            self.told.append(payload)

    def awaits(self, state: str, words: str = "") -> None:
        eventually(
            lambda: self.told and self.told[-1]["state"] == state and words in self.told[-1]["say"],
            f"{self.learner} to be told {state!r} {words!r}",
            lambda: self.told[-5:],
        )

    def hears(self, state: str, words: str) -> None:
        """Wait until it was told so, even if it has been told something else since."""
        eventually(
            lambda: any(one["state"] == state and words in one["say"] for one in self.told),
            f"{self.learner} to have been told {state!r} {words!r}",
            lambda: self.told[-5:],
        )

    def closes(self) -> None:
        self.session.unsubscribe(self)


def opened(
    limits: LabLimits, sandboxes: FakeSandboxes | None = None, store: MemoryStore | None = None
) -> SessionManager:
    sessions = SessionManager((), store or MemoryStore(), sandboxes or FakeSandboxes(), journal_stream, limits)
    sessions.start()
    return sessions


def whole_round(sandboxes: FakeSandboxes) -> None:
    """Wait until housekeeping has looked at everybody once more, from its beginning to its end."""
    before = sandboxes.rounds
    eventually(
        lambda: sandboxes.rounds >= before + 2, "a whole round of housekeeping", lambda: sandboxes.rounds - before
    )


def test_who_comes_to_a_full_house_stands_in_line_and_moves_up_by_itself() -> None:
    sessions = opened(replace(SMALL, idle=0.3, line_patience=0.0))
    ann = Page(sessions, "ann")
    ann.awaits("ready")
    bob = Page(sessions, "bob")
    bob.awaits("waiting", "you are next in line")
    cem = Page(sessions, "cem")
    cem.awaits("waiting", "You are number 2 in line")

    bob.closes()
    cem.awaits("waiting", "you are next in line")
    ann.closes()
    cem.awaits("ready")


def test_who_starts_afresh_in_a_full_house_loses_no_place_to_those_who_wait() -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(SMALL, sandboxes)
    ann = Page(sessions, "ann")
    ann.awaits("ready")
    bob = Page(sessions, "bob")
    bob.awaits("waiting")
    before = sandboxes.existing[0].key
    ann.session.replace_sandbox()
    eventually(lambda: sandboxes.existing and sandboxes.existing[0].key != before)
    ann.awaits("ready")
    bob.awaits("waiting", "you are next in line")


def test_an_engine_that_lies_open_unused_is_put_away_when_somebody_waits_and_not_before() -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(replace(SMALL, idle=0.5), sandboxes)
    ann = Page(sessions, "ann")
    ann.awaits("ready")
    ann.session.idle_since -= 100
    whole_round(sandboxes)
    assert ann.told[-1]["state"] == "ready"

    bob = Page(sessions, "bob")
    ann.hears("idle", "press a key to keep it")
    ann.awaits("away", "Press a key or click")
    bob.awaits("ready")
    ann.session.mark_active()
    ann.awaits("waiting", "you are next in line")


def test_who_shows_that_they_are_there_keeps_their_engine() -> None:
    sessions = opened(replace(SMALL, idle_open=0.6, notice=0.5))
    ann = Page(sessions, "ann")
    ann.awaits("idle")
    ann.session.mark_active()
    ann.awaits("ready")


def test_who_comes_back_is_told_that_the_engine_is_another() -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(replace(SMALL, idle=0.3), sandboxes)
    first = Page(sessions, "ann")
    first.awaits("ready")
    first.closes()
    eventually(lambda: not sandboxes.existing)
    again = Page(sessions, "ann")
    again.awaits("ready")
    assert "put away while you were gone" in again.told[-1]["note"]
    again.session.on_shell_event(1, e.CommandTyped(2000.0, 1, "ls"))
    assert "note" not in again.told[-1]


def test_nobody_without_a_page_keeps_an_engine_by_a_program_that_writes_what_a_shell_would() -> None:
    sandboxes, stop = FakeSandboxes(), threading.Event()
    sessions = opened(replace(SMALL, idle=0.5), sandboxes)
    ann = Page(sessions, "ann")
    ann.awaits("ready")

    def write() -> None:
        number = 0.0
        while not stop.wait(0.02):
            number += 1
            ann.session.on_shell_event(1, e.CommandTyped(2000.0 + number, 1, "ls"))

    writer = threading.Thread(target=write)
    writer.start()
    ann.closes()
    try:
        eventually(lambda: not sandboxes.existing)
    finally:
        stop.set()
        writer.join()


def test_after_a_restart_who_sat_here_sits_here_still_until_they_stay_away() -> None:
    sandboxes = FakeSandboxes("old")
    sessions = opened(replace(SMALL, idle=1000.0), sandboxes, MemoryStore(ann="old"))
    bob = Page(sessions, "bob")
    bob.awaits("waiting")
    whole_round(sandboxes)
    assert sandboxes.find("old")
    sessions._opened -= 1000
    bob.awaits("ready")
    assert not sandboxes.find("old")


@pytest.mark.parametrize("warm", [0, 2])
def test_a_warm_engine_is_never_one_too_many(warm: int) -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(replace(SMALL, sandboxes=2, warm=warm), sandboxes)
    pages = [Page(sessions, name) for name in ("ann", "bob", "cem")]
    eventually(lambda: sorted(page.told[-1]["state"] for page in pages if page.told) == ["ready", "ready", "waiting"])
    assert len(sandboxes.existing) == 2


def test_on_a_machine_short_of_memory_nobody_gets_a_new_engine_until_there_is_some() -> None:
    sandboxes = FakeSandboxes()
    sandboxes.free = SMALL.kept_free - 1
    sessions = opened(replace(SMALL, sandboxes=3, warm=1), sandboxes)
    ann = Page(sessions, "ann")
    ann.awaits("ready")  # with the engine that the house was opened with
    bob = Page(sessions, "bob")
    bob.awaits("waiting", "you are next in line")
    assert len(sandboxes.existing) == 1
    ann.session.replace_sandbox()
    eventually(lambda: sandboxes.created == 2)
    ann.awaits("ready")  # who has a right to one is given another

    sandboxes.free = SMALL.kept_free
    bob.awaits("ready")


def test_whose_engine_was_paused_from_outside_is_told_and_nobody_else_is() -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(replace(SMALL, sandboxes=2), sandboxes)
    ann, bob = Page(sessions, "ann"), Page(sessions, "bob")
    ann.awaits("ready")
    bob.awaits("ready")
    assert ann.session.sandbox
    sandboxes.paused = {ann.session.sandbox.key}
    eventually(lambda: "paused from outside" in ann.told[-1].get("note", ""))
    assert not any(one.get("note") for one in bob.told)
    ann.session.on_shell_event(1, e.CommandTyped(2000.0, 1, "ls"))
    assert "note" not in ann.told[-1]


def test_whoever_can_not_tell_how_much_is_free_keeps_nobody_waiting() -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(replace(SMALL, sandboxes=2), sandboxes)
    for name in ("ann", "bob"):
        Page(sessions, name).awaits("ready")


def test_who_stood_in_line_for_long_was_not_idle() -> None:
    sandboxes = FakeSandboxes()
    sessions = opened(replace(SMALL, idle_open=1000.0), sandboxes)
    ann = Page(sessions, "ann")
    ann.awaits("ready")
    bob = Page(sessions, "bob")
    bob.awaits("waiting")
    bob.session.idle_since -= 1000
    ann.session.stop_sandbox("Somebody else needs it.")
    sessions._leave_queue("ann")
    bob.awaits("ready")
    whole_round(sandboxes)
    assert bob.told[-1]["state"] == "ready"


def test_who_is_of_the_class_no_more_leaves_their_engine_to_others_here_or_from_before() -> None:
    sandboxes, store = FakeSandboxes("old"), MemoryStore(ben="old")
    sessions = opened(replace(SMALL, sandboxes=2), sandboxes, store)
    ada = Page(sessions, "ada")
    ada.awaits("ready")
    for learner in ("ada", "ben", "nobody"):
        sessions.remove_learner(learner)
    assert sandboxes.existing == []
    assert store.sits == {}
    cem = Page(sessions, "cem")
    cem.awaits("ready")


def test_who_is_of_the_class_no_more_has_no_seat_and_takes_no_engine() -> None:
    sandboxes, store, gone = FakeSandboxes(), MemoryStore(), set[str]()
    sessions = SessionManager(
        (), store, sandboxes, journal_stream, replace(SMALL, sandboxes=2), lambda learner: learner not in gone
    )
    sessions.start()
    Page(sessions, "ada").awaits("ready")
    gone.add("ada")
    sessions.remove_learner("ada")
    for asks in (sessions.session, sessions.assign_sandbox, lambda learner: sessions.open_shell(learner, 1, True)):
        with pytest.raises(RuntimeError, match="not in this class"):
            asks("ada")
    sessions.on_mark("ada", 1, ("typed", "ls", 2000.0))
    assert (sandboxes.existing, store.sits) == ([], {})


def test_an_engine_that_was_made_for_who_is_gone_meanwhile_is_given_back() -> None:
    gone = set[str]()

    class Slow(FakeSandboxes):
        def create(self) -> FakeSandbox:
            gone.add("ada")
            return super().create()

    sandboxes, store = Slow(), MemoryStore()
    sessions = SessionManager((), store, sandboxes, journal_stream, SMALL, lambda learner: learner not in gone)
    with pytest.raises(RuntimeError, match="not in this class"):
        sessions.assign_sandbox("ada")
    assert (sandboxes.existing, store.sits) == ([], {})


def test_the_terminals_of_who_left_the_line_ask_for_no_seat_any_more() -> None:
    closed = list[str]()

    class Terminals:
        def terminal(self, learner: str, number: int, fresh: bool = False) -> None:
            raise LookupError(learner, number, fresh)

        def close(self, learner: str) -> None:
            closed.append(learner)

    sessions = opened(replace(SMALL, line_patience=0.0))
    sessions.terminal_input = Terminals()
    Page(sessions, "ann").awaits("ready")
    bob = Page(sessions, "bob")
    bob.awaits("waiting")
    bob.closes()
    eventually(lambda: closed == ["bob"])
