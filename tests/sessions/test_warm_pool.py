"""Spare sandboxes: how many there are, and which one is taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slipway.core.errors import UserFacingError
from slipway.sessions.engine_failures import SPARE, EngineFailures
from slipway.sessions.warm_pool import Pool
from tests.fake_sandboxes import SMALL, FakeSandbox, FakeSandboxes


def test_pool_leaves_room_for_promised_sandboxes() -> None:
    sandboxes = FakeSandboxes()
    Pool(sandboxes, replace(SMALL, sandboxes=3, warm=3), lambda: 2).fill()
    assert len(sandboxes.existing) == 1


def test_pool_leaves_room_for_sandboxes_being_removed(caplog: pytest.LogCaptureFixture) -> None:
    sandboxes = FakeSandboxes("leaving", "going")
    Pool(sandboxes, replace(SMALL, sandboxes=3, warm=3), lambda: 0).fill()
    assert len(sandboxes.existing) == 3
    assert not caplog.records, "nor was one tried"


def test_pool_creates_no_spare_while_memory_is_low() -> None:
    sandboxes = FakeSandboxes()
    pool = Pool(sandboxes, replace(SMALL, sandboxes=3, warm=1), lambda: 0)
    sandboxes.free = SMALL.kept_free - 1
    pool.check_memory()
    pool.fill()
    assert (sandboxes.existing, pool.capacity()) == ([], 0)
    sandboxes.free = SMALL.kept_free
    pool.check_memory()
    pool.fill()
    assert (len(sandboxes.existing), pool.capacity()) == (1, 3)


def test_dead_spare_sandbox_is_not_taken() -> None:
    sandboxes = FakeSandboxes("lives")
    lives, dead = sandboxes.existing[0], FakeSandboxes("died").existing[0]
    pool = Pool(sandboxes, replace(SMALL, sandboxes=2), lambda: 0)
    pool.adopt([dead, lives])
    assert pool.take() is lives
    assert pool.take().key == "sandbox1"


class FailingSandboxes(FakeSandboxes):
    """Sandboxes that cannot be created, or not be warmed up, while there is an error."""

    creating: Exception | None = None
    warming: Exception | None = None

    def create(self) -> FakeSandbox:
        if self.creating:
            raise self.creating
        return super().create()

    def warm_up(self, sandbox: FakeSandbox) -> None:
        if self.warming:
            raise self.warming


def test_failed_spare_is_a_failure_until_one_succeeds(caplog: pytest.LogCaptureFixture) -> None:
    sandboxes, failures = FailingSandboxes(), EngineFailures()
    pool = Pool(sandboxes, replace(SMALL, sandboxes=2, warm=1), lambda: 0, failures)
    sandboxes.creating = IndexError("tuple index out of range")
    pool.fill()
    pool.fill()
    assert {who: one.cause for who, one in failures.all().items()} == {SPARE: "internal"}
    assert caplog.text.count("Traceback") == 1
    sandboxes.creating = None
    pool.fill()
    assert failures.all() == {}
    assert len(sandboxes.existing) == 1


def test_sandbox_that_fails_to_warm_up_is_removed() -> None:
    sandboxes = FailingSandboxes()
    pool = Pool(sandboxes, SMALL, lambda: 1)
    sandboxes.warming = UserFacingError("Terminal 1 could not be started: no space left on device")
    for _ in range(2):
        with pytest.raises(UserFacingError, match="Terminal 1"):
            pool.take()
        assert sandboxes.existing == []
    sandboxes.warming = None
    assert pool.take() in sandboxes.existing
