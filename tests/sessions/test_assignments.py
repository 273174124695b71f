"""No learner gets a sandbox that another one has used, wherever the app ends and whatever happens to the store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from slipway.sessions.assignments import Assignments
from slipway.sessions.warm_pool import Pool
from tests.crash_points import Crash, CrashPoint, Moment
from tests.fake_sandboxes import SMALL, FakeSandbox, FakeSandboxes
from tests.session_fixtures import MemoryStore

ROOMY = replace(SMALL, sandboxes=9)


class UsedSandboxes(FakeSandboxes):
    """Sandboxes that remember who typed in them."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: dict[str, set[str]] = {}

    def type(self, learner: str, sandbox: FakeSandbox) -> None:
        assert sandbox in self.existing, f"{learner} was given a sandbox that is gone"
        self.typed.setdefault(sandbox.key, set()).add(learner)

    def shared(self) -> dict[str, set[str]]:
        return {key: learners for key, learners in self.typed.items() if len(learners) > 1}


def new_assignments(store: Any, sandboxes: Any) -> Assignments:
    return Assignments(store, sandboxes, Pool(sandboxes, ROOMY, lambda: 0))


def first_run(store: Any, sandboxes: Any, used: UsedSandboxes) -> None:
    """Ann works and replaces her sandbox; Ben works and is removed from the class; Ann comes back."""
    assignments = new_assignments(store, sandboxes)
    assignments.restore()
    used.type("ann", sandbox := assignments.assign("ann"))
    assignments.remove("ann", sandbox)
    used.type("ann", assignments.assign("ann"))
    used.type("ben", assignments.assign("ben"))
    assignments.remove_sandbox_of("ben")
    used.type("ann", assignments.assign("ann"))


def next_run(store: MemoryStore, used: UsedSandboxes, *learners: str) -> None:
    """Restart the app; then these learners come."""
    assignments = new_assignments(store, used)
    assignments.restore()
    left = {sandbox.key for sandbox in used.existing} - set(store.assigned.values()) - used.spare_keys()
    assert not left, "a used sandbox without an owner is still there"
    for learner in learners:
        used.type(learner, assignments.assign(learner))


class BackedUp(MemoryStore):
    """A store with a backup of its first state that has an assignment."""

    backup: dict[str, str] | None = None

    def assign_sandbox(self, learner: str, sandbox: str) -> None:
        super().assign_sandbox(learner, sandbox)
        self.backup = self.backup or dict(self.assigned)


def nothing(store: BackedUp) -> None:
    """The store is as the app left it."""


def lose(store: BackedUp) -> None:
    store.assigned.clear()


def restore_backup(store: BackedUp) -> None:
    store.assigned = dict(store.backup or {})


@pytest.mark.parametrize("then", [nothing, lose, restore_backup])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_no_sandbox_is_shared_wherever_the_app_crashes(moment: Moment, then: Callable[[BackedUp], None]) -> None:
    number = 0
    while True:
        store, used = BackedUp(), UsedSandboxes()
        point = CrashPoint(number, moment)
        try:
            first_run(point.wrap(store), point.wrap(used), used)
        except Crash:
            then(store)
            next_run(store, used, "ann", "cem", "ben")
            lose(store)
            next_run(store, used, "dee", "ann")
            assert not used.shared(), f"ended {moment} {point.calls[-1]}, call {number}"
            number += 1
        else:
            break
    assert {"assign_sandbox", "claim", "remove", "release_sandbox"} < set(point.calls)


def test_assignment_is_kept_until_removal_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stubborn(UsedSandboxes):
        away = False

        def remove(self, sandbox: FakeSandbox) -> None:
            if self.away:
                raise ConnectionError("no answer")
            super().remove(sandbox)

    store, used = MemoryStore(), Stubborn()
    assignments = new_assignments(store, used)
    first = assignments.assign("ann")
    used.away = True
    with caplog.at_level(logging.WARNING):
        assignments.remove("ann", first)
    assert store.assigned == {"ann": first.key}
    assert "not removed yet" in caplog.text
    second = assignments.assign("ann")
    assert second is not first, "one that is being removed is not handed out again, not even to its learner"

    used.away = False
    assignments.retry_removals()
    assert (used.existing, store.assigned) == ([second], {"ann": second.key})


def test_sandbox_returns_to_pool_when_assignment_cannot_be_stored() -> None:
    class Full(MemoryStore):
        full = True

        def assign_sandbox(self, learner: str, sandbox: str) -> None:
            if self.full:
                raise OSError("no space left")
            super().assign_sandbox(learner, sandbox)

    store, used = Full(), UsedSandboxes()
    assignments = new_assignments(store, used)
    for _ in range(3):
        with pytest.raises(OSError, match="no space"):
            assignments.assign("ann")
    assert used.created == 1
    store.full = False
    assert assignments.assign("ann").key in used.claimed


def test_sandbox_that_cannot_be_claimed_is_removed() -> None:
    class Unmarked(UsedSandboxes):
        def claim(self, sandbox: FakeSandbox) -> None:
            if self.created == 1:
                raise ConnectionError("no answer")
            super().claim(sandbox)

    store, used = MemoryStore(), Unmarked()
    assignments = new_assignments(store, used)
    with pytest.raises(ConnectionError):
        assignments.assign("ann")
    assert (used.existing, store.assigned) == ([], {})
    assert assignments.assign("ann").key == "sandbox2"


def test_assignment_to_missing_sandbox_is_deleted() -> None:
    store = MemoryStore(ben="gone")
    assert not new_assignments(store, UsedSandboxes()).remove_sandbox_of("ben")
    assert store.assigned == {}


def test_sandboxes_of_a_lab_that_was_online_are_replaced_in_one_that_is_not() -> None:
    store, used = MemoryStore(), UsedSandboxes()
    assignments = new_assignments(store, used)
    assignments.restore()
    before = assignments.assign("ann")
    used.create()
    used.outdated = {sandbox.key for sandbox in used.existing}

    restarted = new_assignments(store, used)
    assert restarted.restore() == set()
    assert {sandbox.key for sandbox in used.existing} & used.outdated == set()
    assert restarted.assign("ann") != before
