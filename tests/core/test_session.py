"""A learner's session as sequences of messages: what is published, what is saved, and what is never lost."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from slipway.core import events as e
from slipway.core.lessons.checks import Verdict
from slipway.core.messages import (
    Effect,
    EventReceived,
    LessonReset,
    PublishEvent,
    PublishStep,
    SandboxAttached,
    SandboxLost,
    SaveVerdict,
    ScheduleTick,
    StepSelected,
    Ticked,
)
from slipway.core.session import MAX_EVENTS, NotFoundError, Session, step, step_start_time
from tests.core.docker_events import ScriptedEngine
from tests.core.session_driver import LESSON, SessionDriver


@pytest.fixture
def driver() -> SessionDriver:
    return SessionDriver().receive_events().open()


def published(effects: Iterable[Effect]) -> dict[str, tuple[str, bool]]:
    return {one.step: (one.verdict.value, one.current) for one in effects if isinstance(one, PublishStep)}


class TestOpening:
    def test_publishes_every_step_once(self, driver: SessionDriver) -> None:
        assert published(driver.effects) == {
            "make": ("not-yet", True),
            "start": ("not-yet", False),
            "kill": ("not-yet", False),
        }

    def test_without_an_engine_the_verdict_is_cannot_tell(self) -> None:
        assert SessionDriver().open().verdicts == ["cannot-tell", "not-yet", "not-yet"]

    def test_resumes_at_the_first_open_step(self) -> None:
        driver = SessionDriver().receive_events().open({"make": Verdict("passed"), "gone": Verdict("passed")})
        assert driver.session.current == "start"
        assert set(driver.session.verdicts) == {"make", "start"}

    def test_judges_events_from_before_it(self) -> None:
        driver = SessionDriver()
        driver.create_container()
        assert driver.receive_events().open().verdicts[0] == "passed"


class TestSteps:
    def test_begin_one_after_the_other(self, driver: SessionDriver) -> None:
        target = driver.create_container()
        driver.engine.start(target)
        assert step_start_time(driver.session, driver.lesson.steps[1]) is None
        driver.receive_events()
        assert driver.verdicts == ["passed", "passed", "not-yet"]
        assert driver.session.current == "kill"
        start = step_start_time(driver.session, driver.lesson.steps[2])
        assert start is not None
        assert start > driver.session.verdict("start").at

    def test_need_events_after_the_previous_step(self, driver: SessionDriver) -> None:
        other = driver.engine.create("other", "ping")
        driver.engine.start(other)
        driver.engine.kill(other)
        driver.receive_events()
        assert driver.verdicts == ["passed", "passed", "passed"]
        assert driver.session.current == ""

    def test_done_in_the_wrong_order_do_not_count(self, driver: SessionDriver) -> None:
        driver.engine.kill(driver.engine.run_detached("early", "ping"))
        driver.create_container()
        assert driver.receive_events().verdicts == ["passed", "not-yet", "not-yet"]

    def test_stay_passed(self, driver: SessionDriver) -> None:
        driver.engine.remove(driver.create_container())
        assert driver.receive_events().verdicts[0] == "passed"

    def test_are_saved_once_and_published_with_the_next(self, driver: SessionDriver) -> None:
        driver.engine.create("box", "ping")
        driver.receive_events().send(Ticked(driver.engine.now + 1))
        assert [one.step for one in driver.effects_of(SaveVerdict)] == ["make"]
        assert published(driver.effects) == {"make": ("passed", False), "start": ("not-yet", True)}
        driver.send(Ticked(driver.engine.now + 2))
        assert not driver.effects


class TestTime:
    def test_settles_a_create_that_no_prompt_follows(self, driver: SessionDriver) -> None:
        driver.engine.create("box", "ping")
        driver.receive_events()
        soon, late = driver.effects_of(ScheduleTick)
        assert driver.verdicts[0] == "not-yet"
        assert driver.send(Ticked(soon.at)).verdicts[0] == "not-yet"
        assert driver.send(Ticked(late.at)).verdicts[0] == "passed"

    @pytest.mark.parametrize("now", [1000.0, 1763924400.123457, 1795460403.49186, 1795460444.127394])
    def test_scheduled_tick_settles_despite_float_rounding(self, now: float) -> None:
        driver = SessionDriver(engine=ScriptedEngine(now=now)).receive_events().open()
        driver.engine.create("box", "ping")
        driver.receive_events()
        assert driver.send(Ticked(driver.effects_of(ScheduleTick)[-1].at)).verdicts[0] == "passed"

    def test_settles_a_kill_that_may_be_ignored(self, driver: SessionDriver) -> None:
        driver.engine.kill(driver.create_container(), 15, None, signal="TERM")
        assert driver.receive_events().effects_of(ScheduleTick) == [ScheduleTick(driver.engine.now + 2.0)]

    def test_schedules_no_tick_after_a_failed_call(self, driver: SessionDriver) -> None:
        driver.engine.call("container.create", status=409)
        assert not driver.receive_events().effects_of(ScheduleTick)

    def test_never_goes_backwards(self, driver: SessionDriver) -> None:
        assert driver.send(Ticked(5.0)).session.story.now == 1000.0


class TestSelectingAStep:
    def test_skips_the_open_steps_before_it_and_saves_that(self, driver: SessionDriver) -> None:
        driver.send(StepSelected("kill"))
        assert driver.verdicts == ["skipped", "skipped", "not-yet"]
        assert {one.step for one in driver.effects_of(SaveVerdict)} == {"make", "start"}
        assert published(driver.effects) == {
            "make": ("skipped", False),
            "start": ("skipped", False),
            "kill": ("not-yet", True),
        }

    def test_leaves_passed_steps(self, driver: SessionDriver) -> None:
        driver.create_container()
        assert driver.receive_events().send(StepSelected("kill")).verdicts == ["passed", "skipped", "not-yet"]

    def test_counts_from_the_selection(self, driver: SessionDriver) -> None:
        early = driver.engine.run_detached("early", "ping")
        driver.engine.kill(early)
        assert driver.receive_events().send(StepSelected("kill")).verdicts == ["skipped", "skipped", "not-yet"]
        driver.engine.advance(1).start(early)
        driver.engine.kill(early)
        assert driver.receive_events().verdicts == ["skipped", "skipped", "passed"]

    def test_begins_a_step_once(self, driver: SessionDriver) -> None:
        start = driver.send(StepSelected("start")).lesson.steps[1]
        began = step_start_time(driver.session, start)
        driver.create_container()
        assert driver.receive_events().verdicts == ["passed", "not-yet", "not-yet"]
        assert step_start_time(driver.session, start) == began

    def test_a_skipped_step_can_still_be_done(self, driver: SessionDriver) -> None:
        driver.send(StepSelected("kill"))
        driver.create_container()
        assert driver.receive_events().verdicts == ["passed", "skipped", "not-yet"]
        assert driver.session.current == "kill"

    def test_skips_while_the_engine_is_lost(self, driver: SessionDriver) -> None:
        driver.send(EventReceived(e.EngineLost(1001.0)), StepSelected("start"))
        assert driver.verdicts == ["skipped", "cannot-tell", "not-yet"]

    def test_going_back_skips_nothing(self, driver: SessionDriver) -> None:
        driver.send(StepSelected("kill"), StepSelected("make"))
        assert driver.session.current == "make"
        assert driver.verdicts == ["skipped", "skipped", "not-yet"]

    def test_first_open_step_is_current_after_the_last(self, driver: SessionDriver) -> None:
        driver.send(StepSelected("kill"))
        driver.engine.kill(driver.engine.run_detached("clock", "ping"))
        assert driver.receive_events().session.current == "make"

    def test_unknown_step_is_an_error(self, driver: SessionDriver) -> None:
        with pytest.raises(NotFoundError, match="no such step"):
            driver.send(StepSelected("fly"))
        with pytest.raises(NotFoundError, match="no such step"):
            step(Session(), StepSelected("make"))


class TestTheSandbox:
    def test_lost_sandbox_gives_its_reason_as_the_verdict(self, driver: SessionDriver) -> None:
        driver.create_container()
        driver.receive_events().send(SandboxLost("It has gone."))
        assert driver.verdicts == ["passed", "cannot-tell", "not-yet"]
        assert driver.session.verdict("start").why == "It has gone."
        assert driver.session.world.engine == "lost"

    def test_new_sandbox_is_empty_and_passed_steps_stay_passed(self, driver: SessionDriver) -> None:
        driver.create_container()
        driver.receive_events().send(SandboxLost("It has gone."), SandboxAttached())
        assert driver.verdicts == ["passed", "cannot-tell", "not-yet"]
        assert driver.session.verdict("start").why != "It has gone."
        driver.send(EventReceived(e.EngineSeen(2000.0, "26")))
        assert driver.verdicts == ["passed", "not-yet", "not-yet"]
        assert "earlier step is missing" in driver.session.verdict("start").why

    def test_lost_engine_leaves_skipped_steps_skipped(self, driver: SessionDriver) -> None:
        driver.send(StepSelected("start"), EventReceived(e.EngineLost(1001.0)))
        assert driver.verdicts == ["skipped", "cannot-tell", "not-yet"]


class TestReset:
    def test_clears_every_verdict_in_session_and_store(self, driver: SessionDriver) -> None:
        driver.create_container()
        driver.receive_events().send(LessonReset(driver.engine.now))
        assert driver.verdicts == ["not-yet", "not-yet", "not-yet"]
        assert {slug: one.value for slug, one in driver.saved.items()} == dict.fromkeys(
            ("make", "start", "kill"), "not-yet"
        )
        assert driver.session.current == "make"

    def test_without_a_lesson_does_nothing(self) -> None:
        assert step(Session(), LessonReset(1.0)) == (Session(), ())


class TestTheStory:
    def test_every_event_is_published_with_its_number(self, driver: SessionDriver) -> None:
        event = e.ContainerCreated(1001.0, "a1", "x", "busybox")
        driver.send(EventReceived(event))
        (shown,) = driver.effects_of(PublishEvent)
        assert shown == PublishEvent(2, event, driver.session.world)

    def test_works_without_a_lesson(self) -> None:
        session, effects = step(Session(), EventReceived(e.EngineSeen(1.0, "26")))
        assert session.world.engine == "up"
        assert effects == (PublishEvent(1, e.EngineSeen(1.0, "26"), session.world),)
        assert step(session, Ticked(2.0))[1] == ()
        assert step_start_time(session, LESSON.steps[0]) is None

    def test_drops_pings_and_the_oldest_events(self) -> None:
        driver = SessionDriver()
        driver.engine.call("system.ping")
        driver.engine.events += [e.ContainerPaused(1001.0, "a1")] * (MAX_EVENTS + 5)
        driver.receive_events()
        assert len(driver.session.story.events) == MAX_EVENTS
        assert driver.session.seq == MAX_EVENTS + 8
