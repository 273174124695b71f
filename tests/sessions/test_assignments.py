"""Nobody is given a sandbox that somebody else has used, wherever the app ends and whatever becomes of the store."""

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


class UsedBeds(FakeSandboxes):
    """Sandboxes that remember who typed in them."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: dict[str, set[str]] = {}

    def type(self, learner: str, bed: FakeSandbox) -> None:
        assert bed in self.existing, f"{learner} was given a sandbox that is gone"
        self.typed.setdefault(bed.key, set()).add(learner)

    def shared(self) -> dict[str, set[str]]:
        return {key: learners for key, learners in self.typed.items() if len(learners) > 1}


def assignments(register: Any, beds: Any) -> Assignments:
    return Assignments(register, beds, Pool(beds, ROOMY, lambda: 0))


def first_run(register: Any, beds: Any, used: UsedBeds) -> None:
    """Ann comes, works, and starts afresh; Ben comes, works and leaves the class; Ann comes back."""
    given = assignments(register, beds)
    given.restore()
    used.type("ann", sandbox := given.settle("ann"))
    given.remove("ann", sandbox)
    used.type("ann", given.settle("ann"))
    used.type("ben", given.settle("ben"))
    given.remove_of("ben")
    used.type("ann", given.settle("ann"))


def next_run(register: MemoryStore, used: UsedBeds, *learners: str) -> None:
    """The app starts anew, and these learners come."""
    given = assignments(register, used)
    given.restore()
    left = {bed.key for bed in used.existing} - set(register.sits.values()) - used.spare_keys()
    assert not left, "a used sandbox without an owner is still there"
    for learner in learners:
        used.type(learner, given.settle(learner))


class BackedUp(MemoryStore):
    """A store of which the first state with anything in it is kept."""

    backup: dict[str, str] | None = None

    def assign_sandbox(self, learner: str, sandbox: str) -> None:
        super().assign_sandbox(learner, sandbox)
        self.backup = self.backup or dict(self.sits)


def nothing(register: BackedUp) -> None:
    """The store is as the app left it."""


def lose(register: BackedUp) -> None:
    register.sits.clear()


def restore_backup(register: BackedUp) -> None:
    register.sits = dict(register.backup or {})


@pytest.mark.parametrize("then", [nothing, lose, restore_backup])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_no_sandbox_is_shared_whichever_call_the_app_ends_in(moment: Moment, then: Callable[[BackedUp], None]) -> None:
    number = 0
    while True:
        register, used = BackedUp(), UsedBeds()
        point = CrashPoint(number, moment)
        try:
            first_run(point.wrap(register), point.wrap(used), used)
        except Crash:
            then(register)
            next_run(register, used, "ann", "cem", "ben")
            lose(register)
            next_run(register, used, "dee", "ann")
            assert not used.shared(), f"ended {moment} {point.calls[-1]}, call {number}"
            number += 1
        else:
            break
    assert {"assign_sandbox", "claim", "remove", "release_sandbox"} < set(point.calls)


def test_the_row_outlives_a_removal_that_failed_and_is_deleted_once_it_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stubborn(UsedBeds):
        away = False

        def remove(self, bed: FakeSandbox) -> None:
            if self.away:
                raise ConnectionError("no answer")
            super().remove(bed)

    register, used = MemoryStore(), Stubborn()
    given = assignments(register, used)
    first = given.settle("ann")
    used.away = True
    with caplog.at_level(logging.WARNING):
        given.remove("ann", first)
    assert register.sits == {"ann": first.key}
    assert "not removed yet" in caplog.text
    second = given.settle("ann")
    assert second is not first, "one that is being removed is not handed out again, not even to its learner"

    used.away = False
    given.retry()
    assert (used.existing, register.sits) == ([second], {"ann": second.key})


def test_a_spare_sandbox_is_spare_again_when_the_store_cannot_note_its_owner() -> None:
    class Full(MemoryStore):
        full = True

        def assign_sandbox(self, learner: str, sandbox: str) -> None:
            if self.full:
                raise OSError("no space left")
            super().assign_sandbox(learner, sandbox)

    register, used = Full(), UsedBeds()
    given = assignments(register, used)
    for _ in range(3):
        with pytest.raises(OSError, match="no space"):
            given.settle("ann")
    assert used.created == 1
    register.full = False
    assert given.settle("ann").key in used.claimed


def test_a_sandbox_that_cannot_be_marked_is_given_to_nobody() -> None:
    class Unmarked(UsedBeds):
        def claim(self, bed: FakeSandbox) -> None:
            if self.created == 1:
                raise ConnectionError("no answer")
            super().claim(bed)

    register, used = MemoryStore(), Unmarked()
    given = assignments(register, used)
    with pytest.raises(ConnectionError):
        given.settle("ann")
    assert (used.existing, register.sits) == ([], {})
    assert given.settle("ann").key == "sandbox2"


def test_a_row_whose_sandbox_is_gone_goes_with_the_learner() -> None:
    register = MemoryStore(ben="gone")
    assert not assignments(register, UsedBeds()).remove_of("ben")
    assert register.sits == {}
