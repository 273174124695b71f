"""A seat in a course, as stories of messages: what is told, what is kept, and what can never be lost."""

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
from tests.core.docker_events import Engine
from tests.core.session_driver import LESSON, Seat


@pytest.fixture
def seat() -> Seat:
    return Seat().hear().open()


def tells(effects: Iterable[Effect]) -> dict[str, tuple[str, bool]]:
    return {one.step: (one.verdict.value, one.current) for one in effects if isinstance(one, PublishStep)}


class TestOpening:
    def test_tells_every_step_once(self, seat: Seat) -> None:
        assert tells(seat.effects) == {
            "make": ("not-yet", True),
            "start": ("not-yet", False),
            "kill": ("not-yet", False),
        }

    def test_without_an_engine_nobody_can_tell(self) -> None:
        assert Seat().open().values == ["cannot-tell", "not-yet", "not-yet"]

    def test_goes_on_where_the_learner_was(self) -> None:
        seat = Seat().hear().open({"make": Verdict("passed"), "gone": Verdict("passed")})
        assert seat.session.current == "start"
        assert set(seat.session.verdicts) == {"make", "start"}

    def test_reads_what_happened_before_it(self) -> None:
        seat = Seat()
        seat.make()
        assert seat.hear().open().values[0] == "passed"


class TestSteps:
    def test_begin_one_after_the_other(self, seat: Seat) -> None:
        target = seat.make()
        seat.engine.start(target)
        assert step_start_time(seat.session, seat.lesson.steps[1]) is None
        seat.hear()
        assert seat.values == ["passed", "passed", "not-yet"]
        assert seat.session.current == "kill"
        assert step_start_time(seat.session, seat.lesson.steps[2]) > seat.session.verdict("start").at

    def test_need_what_comes_after_the_step_before(self, seat: Seat) -> None:
        other = seat.engine.create("other", "ping")
        seat.engine.start(other)
        seat.engine.kill(other)
        seat.hear()
        assert seat.values == ["passed", "passed", "passed"]
        assert seat.session.current == ""

    def test_that_were_done_in_the_wrong_order_do_not_count(self, seat: Seat) -> None:
        seat.engine.kill(seat.engine.run_detached("early", "ping"))
        seat.make()
        assert seat.hear().values == ["passed", "not-yet", "not-yet"]

    def test_latch(self, seat: Seat) -> None:
        seat.engine.remove(seat.make())
        assert seat.hear().values[0] == "passed"

    def test_are_kept_once_and_told_with_the_next(self, seat: Seat) -> None:
        seat.engine.create("box", "ping")
        seat.hear().send(Ticked(seat.engine.now + 1))
        assert [one.step for one in seat.of(SaveVerdict)] == ["make"]
        assert tells(seat.effects) == {"make": ("passed", False), "start": ("not-yet", True)}
        seat.send(Ticked(seat.engine.now + 2))
        assert not seat.effects


class TestTime:
    def test_settles_a_create_that_no_prompt_follows(self, seat: Seat) -> None:
        seat.engine.create("box", "ping")
        seat.hear()
        soon, late = seat.of(ScheduleTick)
        assert seat.values[0] == "not-yet"
        assert seat.send(Ticked(soon.at)).values[0] == "not-yet"
        assert seat.send(Ticked(late.at)).values[0] == "passed"

    @pytest.mark.parametrize("now", [1000.0, 1763924400.123457, 1795460403.49186, 1795460444.127394])
    def test_comes_when_it_was_asked_for_to_the_last_digit(self, now: float) -> None:
        seat = Seat(engine=Engine(now=now)).hear().open()
        seat.engine.create("box", "ping")
        seat.hear()
        assert seat.send(Ticked(seat.of(ScheduleTick)[-1].at)).values[0] == "passed"

    def test_settles_a_kill_that_may_be_ignored(self, seat: Seat) -> None:
        seat.engine.kill(seat.make(), 15, None, signal="TERM")
        assert seat.hear().of(ScheduleTick) == [ScheduleTick(seat.engine.now + 2.0)]

    def test_asks_for_no_wake_after_what_failed(self, seat: Seat) -> None:
        seat.engine.call("container.create", status=409)
        assert not seat.hear().of(ScheduleTick)

    def test_never_goes_back(self, seat: Seat) -> None:
        assert seat.send(Ticked(5.0)).session.story.now == 1000.0


class TestTurning:
    def test_skips_what_was_not_done_and_keeps_that(self, seat: Seat) -> None:
        seat.send(StepSelected("kill"))
        assert seat.values == ["skipped", "skipped", "not-yet"]
        assert {one.step for one in seat.of(SaveVerdict)} == {"make", "start"}
        assert tells(seat.effects) == {
            "make": ("skipped", False),
            "start": ("skipped", False),
            "kill": ("not-yet", True),
        }

    def test_leaves_what_has_passed(self, seat: Seat) -> None:
        seat.make()
        assert seat.hear().send(StepSelected("kill")).values == ["passed", "skipped", "not-yet"]

    def test_counts_from_the_turn(self, seat: Seat) -> None:
        early = seat.engine.run_detached("early", "ping")
        seat.engine.kill(early)
        assert seat.hear().send(StepSelected("kill")).values == ["skipped", "skipped", "not-yet"]
        seat.engine.wait(1).start(early)
        seat.engine.kill(early)
        assert seat.hear().values == ["skipped", "skipped", "passed"]

    def test_begins_a_step_once(self, seat: Seat) -> None:
        start = seat.send(StepSelected("start")).lesson.steps[1]
        began = step_start_time(seat.session, start)
        seat.make()
        assert seat.hear().values == ["passed", "not-yet", "not-yet"]
        assert step_start_time(seat.session, start) == began

    def test_a_skipped_step_can_still_be_done(self, seat: Seat) -> None:
        seat.send(StepSelected("kill"))
        seat.make()
        assert seat.hear().values == ["passed", "skipped", "not-yet"]
        assert seat.session.current == "kill"

    def test_skips_too_while_nobody_can_tell(self, seat: Seat) -> None:
        seat.send(EventReceived(e.EngineLost(1001.0)), StepSelected("start"))
        assert seat.values == ["skipped", "cannot-tell", "not-yet"]

    def test_back_is_no_skip(self, seat: Seat) -> None:
        seat.send(StepSelected("kill"), StepSelected("make"))
        assert seat.session.current == "make"
        assert seat.values == ["skipped", "skipped", "not-yet"]

    def test_after_the_last_the_first_undone_step_is_at_hand(self, seat: Seat) -> None:
        seat.send(StepSelected("kill"))
        seat.engine.kill(seat.engine.run_detached("clock", "ping"))
        assert seat.hear().session.current == "make"

    def test_to_nowhere_is_told(self, seat: Seat) -> None:
        with pytest.raises(NotFoundError, match="no such step"):
            seat.send(StepSelected("fly"))
        with pytest.raises(NotFoundError, match="no such step"):
            step(Session(), StepSelected("make"))


class TestTheSandbox:
    def test_that_is_gone_says_so_and_nobody_can_tell(self, seat: Seat) -> None:
        seat.make()
        seat.hear().send(SandboxLost("It has gone."))
        assert seat.values == ["passed", "cannot-tell", "not-yet"]
        assert seat.session.verdict("start").why == "It has gone."
        assert seat.session.world.engine == "lost"

    def test_that_is_new_knows_nothing_and_what_passed_stays_passed(self, seat: Seat) -> None:
        seat.make()
        seat.hear().send(SandboxLost("It has gone."), SandboxAttached())
        assert seat.values == ["passed", "cannot-tell", "not-yet"]
        assert seat.session.verdict("start").why != "It has gone."
        seat.send(EventReceived(e.EngineSeen(2000.0, "26")))
        assert seat.values == ["passed", "not-yet", "not-yet"]
        assert "earlier step is missing" in seat.session.verdict("start").why

    def test_that_is_lost_leaves_a_skip_a_skip(self, seat: Seat) -> None:
        seat.send(StepSelected("start"), EventReceived(e.EngineLost(1001.0)))
        assert seat.values == ["skipped", "cannot-tell", "not-yet"]


class TestClearing:
    def test_forgets_every_verdict_here_and_in_the_store(self, seat: Seat) -> None:
        seat.make()
        seat.hear().send(LessonReset(seat.engine.now))
        assert seat.values == ["not-yet", "not-yet", "not-yet"]
        assert {slug: one.value for slug, one in seat.kept.items()} == dict.fromkeys(
            ("make", "start", "kill"), "not-yet"
        )
        assert seat.session.current == "make"

    def test_without_a_lesson_is_nothing(self) -> None:
        assert step(Session(), LessonReset(1.0)) == (Session(), ())


class TestTheStory:
    def test_is_shown_event_by_event_with_its_number(self, seat: Seat) -> None:
        event = e.ContainerCreated(1001.0, "a1", "x", "busybox")
        seat.send(EventReceived(event))
        (shown,) = seat.of(PublishEvent)
        assert shown == PublishEvent(2, event, seat.session.world)

    def test_runs_without_a_lesson_too(self) -> None:
        session, effects = step(Session(), EventReceived(e.EngineSeen(1.0, "26")))
        assert session.world.engine == "up"
        assert effects == (PublishEvent(1, e.EngineSeen(1.0, "26"), session.world),)
        assert step(session, Ticked(2.0))[1] == ()
        assert step_start_time(session, LESSON.steps[0]) is None

    def test_forgets_pings_and_what_is_very_old(self) -> None:
        seat = Seat()
        seat.engine.call("system.ping")
        seat.engine.events += [e.ContainerPaused(1001.0, "a1")] * (MAX_EVENTS + 5)
        seat.hear()
        assert len(seat.session.story.events) == MAX_EVENTS
        assert seat.session.seq == MAX_EVENTS + 8
