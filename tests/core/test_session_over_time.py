"""Whatever a learner does, and whenever the app falls over: what has passed stays passed, and a restart is no loss."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.core import events as e
from slipway.core.lessons.checks import PASSED
from slipway.core.messages import (
    EventReceived,
    LessonReset,
    PublishStep,
    SandboxAttached,
    SandboxLost,
    StepSelected,
    Ticked,
)
from tests.core import strategies
from tests.core.docker_events import Engine
from tests.core.session_driver import LESSON, Seat

Deed = Callable[[Seat], object]


def any_container(seat: Seat) -> e.Target:
    engine = seat.engine
    return next(reversed(engine.targets.values())) if engine.targets else engine.create("box", "ping")


ON_THE_ENGINE: dict[str, Deed] = {
    "create": lambda seat: seat.engine.create("box", "ping"),
    "start": lambda seat: seat.engine.start(any_container(seat)),
    "kill": lambda seat: seat.engine.kill(any_container(seat)),
    "stop": lambda seat: seat.engine.stop(any_container(seat)),
    "run": lambda seat: seat.engine.run_detached("clock", "ping"),
    "remove": lambda seat: seat.engine.remove(any_container(seat)),
    "prompt": lambda seat: seat.engine.prompt(),
    "lose": lambda seat: seat.engine.say(e.EngineLost(seat.engine.now)),
    "see": lambda seat: seat.engine.say(e.EngineSeen(seat.engine.now, "26")),
}
ON_THE_PAGE: dict[str, Deed] = {
    "wait": lambda seat: seat.send(Ticked(seat.engine.wait(3).now)),
    "turn to start": lambda seat: seat.send(StepSelected("start")),
    "turn to kill": lambda seat: seat.send(StepSelected("kill")),
}
AROUND: dict[str, Deed] = {
    "turn back": lambda seat: seat.send(StepSelected("make")),
    "reseat": lambda seat: seat.send(SandboxAttached()),
    "unseat": lambda seat: seat.send(SandboxLost("It has gone.")),
    "open again": lambda seat: seat.open(seat.kept),
}
EVERY = ON_THE_ENGINE | ON_THE_PAGE | AROUND


def passed(seat: Seat) -> dict[str, object]:
    known = {one.slug: seat.session.verdict(one.slug) for one in LESSON.steps}
    return {slug: verdict for slug, verdict in known.items() if verdict.value == PASSED}


def do(seat: Seat, deeds: list[str]) -> Seat:
    for deed in deeds:
        EVERY[deed](seat)
        seat.engine.wait(0.5)
        seat.hear()
    return seat


@given(st.lists(st.sampled_from(sorted(EVERY)), max_size=15))
@settings(max_examples=60)
def test_what_has_passed_stays_passed_and_is_kept(deeds: list[str]) -> None:
    seat = Seat().hear().open()
    for deed in deeds:
        before = passed(seat)
        do(seat, [deed])
        assert before.items() <= passed(seat).items()
        assert passed(seat).items() <= seat.kept.items()


@given(st.lists(st.sampled_from(sorted(ON_THE_ENGINE | ON_THE_PAGE)), max_size=15))
@settings(max_examples=60)
def test_a_restart_that_reads_the_journal_again_reaches_the_same_verdicts(deeds: list[str]) -> None:
    before = do(Seat().hear().open(), [*deeds, "see"])  # while the engine is lost, the one may know less than the other
    after = Seat(engine=before.engine).open(before.kept).hear()
    assert after.values == before.values
    assert after.session.world == before.session.world
    assert after.session.story.events == before.session.story.events


@given(st.lists(st.sampled_from(sorted(ON_THE_ENGINE.keys() - {"lose"})), max_size=10))
@settings(max_examples=40)
def test_a_restart_may_lose_the_store_if_nothing_was_skipped(deeds: list[str]) -> None:
    before = do(Seat().hear().open(), deeds)
    after = Seat(engine=before.engine).hear().open()
    assert (after.values, after.session.current) == (before.values, before.session.current)


@given(st.lists(st.sampled_from(sorted(EVERY)), max_size=10))
@settings(max_examples=30)
def test_clearing_leaves_nothing_passed(deeds: list[str]) -> None:
    seat = do(Seat().hear().open(), deeds)
    assert not passed(seat.send(LessonReset(seat.engine.wait(5).now)))


@given(strategies.stories)
@settings(max_examples=60)
def test_no_events_in_any_order_upset_a_session(story: list[e.Event]) -> None:
    seat = Seat().hear().open()
    for event in story:
        seat.send(EventReceived(event))
        assert len({one.step for one in seat.of(PublishStep)}) == len(seat.of(PublishStep))
        assert sum(one.current for one in seat.of(PublishStep)) <= 1
    assert seat.session.seq == len(story) + 1


def test_a_whole_lesson_in_one_breath() -> None:
    """The deeds above can reach the end: without this, all of the above could hold of nothing."""
    seat = do(Seat(engine=Engine()).hear().open(), ["create", "prompt", "start", "kill"])
    assert seat.values == [PASSED, PASSED, PASSED]
