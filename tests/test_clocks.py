"""The machine's clock changes while a lesson is open: verdicts stay, and steps count again later.

Times are the engine's, as in the journal; here they jump in the middle of a lesson. Idle times and rate limits use a
monotonic clock (tests/sessions/test_manager.py, tests/web/security/test_rate_limit.py).
"""

from __future__ import annotations

import pytest

from slipway.sessions.clock_skew import ClockSkewDetector
from slipway.sessions.session import LearnerSession
from tests.core.docker_events import ScriptedEngine
from tests.eventually import eventually
from tests.session_fixtures import CREATE, LESSON, WATCH, FakeProvider, MemoryProgress, Page, created, new_session

DAY = 24 * 3600.0


class Learner:
    """A learner whose `docker create` has passed, and who continues after the clock has changed."""

    def __init__(self) -> None:
        self.provider, self.store, self.page, self.engine = FakeProvider(), MemoryProgress(), Page(), ScriptedEngine()
        self.session: LearnerSession = new_session(self.provider, self.store, self.page)
        self.provider.emit(*created(self.engine))
        eventually(lambda: self.page.verdict(CREATE) == "passed")

    def start_container(self) -> None:
        before = len(self.engine.events)
        self.engine.start_attached(self.engine.targets["greeter"])
        self.engine.prompt()
        self.provider.emit(*self.engine.events[before:])
        self.wait_for_events()

    @property
    def warning(self) -> str:
        return str(self.page.of("seat")[-1].get("warning", ""))

    def wait_for_events(self) -> None:
        eventually(lambda: self.session.state.seq >= len(self.engine.events))


@pytest.mark.parametrize("step", [2.0, 3600.0, DAY])
def test_clock_set_forward_changes_nothing(step: float) -> None:
    learner = Learner()
    learner.engine.advance(step)
    learner.start_container()
    eventually(lambda: learner.page.verdict(WATCH) == "passed")
    assert not any(one.get("warning") for one in learner.page.of("seat"))
    assert learner.store.saved[LESSON].keys() >= {CREATE, WATCH}


@pytest.mark.parametrize("step", [120.0, 3600.0, DAY])
def test_clock_set_back_keeps_verdicts_and_delays_steps_until_it_caught_up(step: float) -> None:
    learner = Learner()
    newest = learner.engine.now
    learner.engine.advance(-step)
    learner.start_container()
    assert (learner.page.verdict(CREATE), learner.page.verdict(WATCH)) == ("passed", "not-yet")
    assert learner.store.saved[LESSON][CREATE]["verdict"] == "passed"
    assert "clock was set back" in learner.warning

    learner.engine.now = newest + 1.0
    learner.start_container()
    eventually(lambda: learner.page.verdict(WATCH) == "passed")
    assert learner.page.verdict(CREATE) == "passed"
    assert learner.warning == ""


def test_warning_tells_how_long_steps_do_not_count() -> None:
    warnings: list[str] = []
    detector = ClockSkewDetector(warnings.append)
    for at in (995.0, 930.0, 400.0, 1001.0):
        detector.observe(at, 1000.0)
    assert ["", *warnings[1:3], ""] == warnings
    assert "in about a minute;" in warnings[1]
    assert "in about 10 minutes;" in warnings[2]


def test_restart_after_the_clock_was_set_back_keeps_verdicts() -> None:
    learner = Learner()
    learner.engine.advance(-3600.0)
    learner.start_container()
    again = new_session(learner.provider, learner.store, Page())
    assert again.state.verdict(CREATE).value == "passed"
