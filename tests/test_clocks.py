"""The machine's clock steps while a lesson is open: what passed stays, and steps count again.

Times are the engine's own, as the journal brings them; here they jump in the middle of a lesson. How long somebody was
idle, and how fast they go, is measured by a clock that does not step (tests/test_house.py, tests/web/test_pace.py).
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
    """Somebody whose `docker create` has passed, and who goes on after the clock has stepped."""

    def __init__(self) -> None:
        self.provider, self.store, self.page, self.engine = FakeProvider(), MemoryProgress(), Page(), ScriptedEngine()
        self.session: LearnerSession = new_session(self.provider, self.store, self.page)
        self.provider.emit(*created(self.engine))
        eventually(lambda: self.page.verdict(CREATE) == "passed")

    def starts(self) -> None:
        before = len(self.engine.events)
        self.engine.start_attached(self.engine.targets["greeter"])
        self.engine.prompt()
        self.provider.emit(*self.engine.events[before:])
        self.hears_all()

    @property
    def warning(self) -> str:
        return str(self.page.of("seat")[-1].get("warning", ""))

    def hears_all(self) -> None:
        eventually(lambda: self.session.state.seq >= len(self.engine.events))


@pytest.mark.parametrize("step", [2.0, 3600.0, DAY])
def test_clock_set_forward_changes_nothing(step: float) -> None:
    learner = Learner()
    learner.engine.advance(step)
    learner.starts()
    eventually(lambda: learner.page.verdict(WATCH) == "passed")
    assert not any(one.get("warning") for one in learner.page.of("seat"))
    assert learner.store.saved[LESSON].keys() >= {CREATE, WATCH}


@pytest.mark.parametrize("step", [120.0, 3600.0, DAY])
def test_clock_set_back_keeps_verdicts_and_delays_steps_until_it_caught_up(step: float) -> None:
    learner = Learner()
    newest = learner.engine.now
    learner.engine.advance(-step)
    learner.starts()
    assert (learner.page.verdict(CREATE), learner.page.verdict(WATCH)) == ("passed", "not-yet")
    assert learner.store.saved[LESSON][CREATE]["verdict"] == "passed"
    assert "clock was set back" in learner.warning

    learner.engine.now = newest + 1.0
    learner.starts()
    eventually(lambda: learner.page.verdict(WATCH) == "passed")
    assert learner.page.verdict(CREATE) == "passed"
    assert learner.warning == ""


def test_warning_tells_how_long_steps_do_not_count() -> None:
    told: list[str] = []
    clock = ClockSkewDetector(told.append)
    for at in (995.0, 930.0, 400.0, 1001.0):
        clock.observe(at, 1000.0)
    assert ["", *told[1:3], ""] == told
    assert "in about a minute;" in told[1]
    assert "in about 10 minutes;" in told[2]


def test_restart_after_the_clock_was_set_back_keeps_verdicts() -> None:
    learner = Learner()
    learner.engine.advance(-3600.0)
    learner.starts()
    again = new_session(learner.provider, learner.store, Page())
    assert again.state.verdict(CREATE).value == "passed"
