"""A lab with few sandboxes: who gets one, who waits, and what becomes of those that are not used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from slipway.core import events as e
from slipway.core.classroom.activity import Activity
from slipway.sessions.manager import SessionManager
from slipway.settings import LabLimits
from tests.eventually import eventually
from tests.fake_sandboxes import SMALL, FakeSandbox, FakeSandboxes
from tests.session_fixtures import MemoryStore


def ignore(_activity: Activity) -> None:
    """Record no activities."""


def journal_stream(sandbox: FakeSandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
    return (e.EngineSeen(1000.0, "26.1.5"),), iter(sandbox.journal.get, None)


class Page:
    """Remembers the states of the sandbox that were sent to one page."""

    def __init__(self, manager: SessionManager, learner: str) -> None:
        self.messages: list[dict[str, Any]] = []
        self.manager, self.learner, self.session = manager, learner, manager.session(learner)
        self.session.subscribe(self)

    def __call__(self, name: str, payload: dict[str, Any]) -> None:
        if name == "seat":
            self.messages.append(payload)

    def wait_for(self, state: str, text: str = "") -> None:
        eventually(
            lambda: self.messages and self.messages[-1]["state"] == state and text in self.messages[-1]["say"],
            f"{self.learner} to get {state!r} {text!r}",
            lambda: self.messages[-5:],
        )

    def wait_until_seen(self, state: str, text: str) -> None:
        """Wait until a state was sent, even if another one has been sent since."""
        eventually(
            lambda: any(one["state"] == state and text in one["say"] for one in self.messages),
            f"{self.learner} to have got {state!r} {text!r}",
            lambda: self.messages[-5:],
        )

    def close(self) -> None:
        self.session.unsubscribe(self)


def new_manager(
    limits: LabLimits, sandboxes: FakeSandboxes | None = None, store: MemoryStore | None = None
) -> SessionManager:
    manager = SessionManager((), store or MemoryStore(), sandboxes or FakeSandboxes(), journal_stream, limits, ignore)
    manager.start()
    return manager


def wait_for_housekeeping(sandboxes: FakeSandboxes) -> None:
    """Wait until a round of housekeeping has run."""
    before = sandboxes.rounds
    eventually(lambda: sandboxes.rounds >= before + 2, "a round of housekeeping", lambda: sandboxes.rounds - before)


def test_learners_queue_when_all_sandboxes_are_in_use_and_move_up() -> None:
    manager = new_manager(replace(SMALL, idle=0.3, line_patience=0.0))
    ann = Page(manager, "ann")
    ann.wait_for("ready")
    bob = Page(manager, "bob")
    bob.wait_for("waiting", "you are next in line")
    cem = Page(manager, "cem")
    cem.wait_for("waiting", "You are number 2 in line")

    bob.close()
    cem.wait_for("waiting", "you are next in line")
    ann.close()
    cem.wait_for("ready")


def test_replacing_a_sandbox_does_not_lose_it_to_the_queue() -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(SMALL, sandboxes)
    ann = Page(manager, "ann")
    ann.wait_for("ready")
    bob = Page(manager, "bob")
    bob.wait_for("waiting")
    before = sandboxes.existing[0].key
    ann.session.replace_sandbox()
    eventually(lambda: sandboxes.existing and sandboxes.existing[0].key != before)
    ann.wait_for("ready")
    bob.wait_for("waiting", "you are next in line")


def test_idle_sandbox_with_open_page_is_stopped_only_when_somebody_waits() -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(replace(SMALL, idle=0.5), sandboxes)
    ann = Page(manager, "ann")
    ann.wait_for("ready")
    ann.session.idle_since -= 100
    wait_for_housekeeping(sandboxes)
    assert ann.messages[-1]["state"] == "ready"

    bob = Page(manager, "bob")
    ann.wait_until_seen("idle", "press a key to keep it")
    ann.wait_for("away", "press a key to start a new one")
    bob.wait_for("ready")
    ann.session.mark_active()
    ann.wait_for("waiting", "you are next in line")


def test_active_learner_keeps_the_sandbox() -> None:
    manager = new_manager(replace(SMALL, idle_open=0.6, notice=0.5))
    ann = Page(manager, "ann")
    ann.wait_for("idle")
    ann.session.mark_active()
    ann.wait_for("ready")


def test_returning_learner_is_told_about_the_new_sandbox() -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(replace(SMALL, idle=0.3), sandboxes)
    first = Page(manager, "ann")
    first.wait_for("ready")
    first.close()
    eventually(lambda: not sandboxes.existing)
    again = Page(manager, "ann")
    again.wait_for("ready")
    assert "stopped while you were away" in again.messages[-1]["note"]
    again.session.on_shell_event(1, e.CommandTyped(2000.0, 1, "ls"))
    assert "note" not in again.messages[-1]


def test_printed_shell_marks_do_not_keep_a_sandbox_without_a_page() -> None:
    sandboxes, stop = FakeSandboxes(), threading.Event()
    manager = new_manager(replace(SMALL, idle=0.5), sandboxes)
    ann = Page(manager, "ann")
    ann.wait_for("ready")

    def write() -> None:
        number = 0.0
        while not stop.wait(0.02):
            number += 1
            ann.session.on_shell_event(1, e.CommandTyped(2000.0 + number, 1, "ls"))

    writer = threading.Thread(target=write)
    writer.start()
    ann.close()
    try:
        eventually(lambda: not sandboxes.existing)
    finally:
        stop.set()
        writer.join()


def test_assignment_survives_a_restart_until_the_learner_stays_away() -> None:
    sandboxes = FakeSandboxes("old")
    manager = new_manager(replace(SMALL, idle=1000.0), sandboxes, MemoryStore(ann="old"))
    bob = Page(manager, "bob")
    bob.wait_for("waiting")
    wait_for_housekeeping(sandboxes)
    assert sandboxes.find("old")
    manager._started_at -= 1000
    bob.wait_for("ready")
    assert not sandboxes.find("old")


@pytest.mark.parametrize("warm", [0, 2])
def test_spare_sandboxes_never_exceed_the_limit(warm: int) -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(replace(SMALL, sandboxes=2, warm=warm), sandboxes)
    pages = [Page(manager, name) for name in ("ann", "bob", "cem")]
    eventually(
        lambda: sorted(page.messages[-1]["state"] for page in pages if page.messages) == ["ready", "ready", "waiting"]
    )
    assert len(sandboxes.existing) == 2


def test_low_memory_makes_new_learners_wait() -> None:
    sandboxes = FakeSandboxes()
    sandboxes.free = SMALL.kept_free - 1
    manager = new_manager(replace(SMALL, sandboxes=3, warm=1), sandboxes)
    ann = Page(manager, "ann")
    ann.wait_for("ready")  # with the sandbox that the manager was started with
    bob = Page(manager, "bob")
    bob.wait_for("waiting", "you are next in line")
    assert len(sandboxes.existing) == 1
    ann.session.replace_sandbox()
    eventually(lambda: sandboxes.created == 2)
    ann.wait_for("ready")  # who has one may replace it

    sandboxes.free = SMALL.kept_free
    bob.wait_for("ready")


def test_learner_of_a_paused_sandbox_is_told() -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(replace(SMALL, sandboxes=2), sandboxes)
    ann, bob = Page(manager, "ann"), Page(manager, "bob")
    ann.wait_for("ready")
    bob.wait_for("ready")
    assert ann.session.sandbox
    sandboxes.paused = {ann.session.sandbox.key}
    eventually(lambda: "paused from outside the lab" in ann.messages[-1].get("note", ""))
    assert not any(one.get("note") for one in bob.messages)
    ann.session.on_shell_event(1, e.CommandTyped(2000.0, 1, "ls"))
    assert "note" not in ann.messages[-1]


def test_unknown_free_memory_keeps_nobody_waiting() -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(replace(SMALL, sandboxes=2), sandboxes)
    for name in ("ann", "bob"):
        Page(manager, name).wait_for("ready")


def test_waiting_in_the_queue_does_not_count_as_idle() -> None:
    sandboxes = FakeSandboxes()
    manager = new_manager(replace(SMALL, idle_open=1000.0), sandboxes)
    ann = Page(manager, "ann")
    ann.wait_for("ready")
    bob = Page(manager, "bob")
    bob.wait_for("waiting")
    bob.session.idle_since -= 1000
    ann.session.stop_sandbox("Somebody else needs it.")
    manager._leave_queue("ann")
    bob.wait_for("ready")
    wait_for_housekeeping(sandboxes)
    assert bob.messages[-1]["state"] == "ready"


def test_removed_learners_free_their_sandboxes() -> None:
    sandboxes, store = FakeSandboxes("old"), MemoryStore(ben="old")
    manager = new_manager(replace(SMALL, sandboxes=2), sandboxes, store)
    ada = Page(manager, "ada")
    ada.wait_for("ready")
    for learner in ("ada", "ben", "nobody"):
        manager.remove_learner(learner)
    assert sandboxes.existing == []
    assert store.assigned == {}
    cem = Page(manager, "cem")
    cem.wait_for("ready")


def test_removed_learner_loses_session_and_sandbox() -> None:
    sandboxes, store, gone = FakeSandboxes(), MemoryStore(), set[str]()
    manager = SessionManager(
        (), store, sandboxes, journal_stream, replace(SMALL, sandboxes=2), ignore, lambda learner: learner not in gone
    )
    manager.start()
    Page(manager, "ada").wait_for("ready")
    gone.add("ada")
    manager.remove_learner("ada")
    for asks in (manager.session, manager.assign_sandbox, lambda learner: manager.open_shell(learner, 1, True)):
        with pytest.raises(RuntimeError, match="not in this class"):
            asks("ada")
    manager.on_mark("ada", 1, ("typed", "ls", 2000.0))
    assert (sandboxes.existing, store.assigned) == ([], {})


def test_sandbox_created_for_a_learner_removed_meanwhile_is_removed() -> None:
    gone = set[str]()

    class Slow(FakeSandboxes):
        def create(self) -> FakeSandbox:
            gone.add("ada")
            return super().create()

    sandboxes, store = Slow(), MemoryStore()
    manager = SessionManager((), store, sandboxes, journal_stream, SMALL, ignore, lambda learner: learner not in gone)
    with pytest.raises(RuntimeError, match="not in this class"):
        manager.assign_sandbox("ada")
    assert (sandboxes.existing, store.assigned) == ([], {})


def test_terminals_are_closed_when_a_learner_leaves_the_queue() -> None:
    closed = list[str]()

    class Terminals:
        def terminal(self, learner: str, number: int) -> NoReturn:
            raise LookupError(learner, number)

        def close(self, learner: str) -> None:
            closed.append(learner)

    manager = new_manager(replace(SMALL, line_patience=0.0))
    manager.terminal_input = Terminals()
    Page(manager, "ann").wait_for("ready")
    bob = Page(manager, "bob")
    bob.wait_for("waiting")
    bob.close()
    eventually(lambda: closed == ["bob"])
