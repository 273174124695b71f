"""Any sequence of actions, and a crash at any time: passed steps stay passed, and a restart loses nothing."""

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
from tests.core.docker_events import ScriptedEngine
from tests.core.session_driver import LESSON, SessionDriver

Action = Callable[[SessionDriver], object]


def any_container(driver: SessionDriver) -> e.Target:
    engine = driver.engine
    return next(reversed(engine.targets.values())) if engine.targets else engine.create("box", "ping")


ON_THE_ENGINE: dict[str, Action] = {
    "create": lambda driver: driver.engine.create("box", "ping"),
    "start": lambda driver: driver.engine.start(any_container(driver)),
    "kill": lambda driver: driver.engine.kill(any_container(driver)),
    "stop": lambda driver: driver.engine.stop(any_container(driver)),
    "run": lambda driver: driver.engine.run_detached("clock", "ping"),
    "remove": lambda driver: driver.engine.remove(any_container(driver)),
    "prompt": lambda driver: driver.engine.prompt(),
    "lose": lambda driver: driver.engine.emit(e.EngineLost(driver.engine.now)),
    "see": lambda driver: driver.engine.emit(e.EngineSeen(driver.engine.now, "26")),
}
ON_THE_PAGE: dict[str, Action] = {
    "wait": lambda driver: driver.send(Ticked(driver.engine.advance(3).now)),
    "turn to start": lambda driver: driver.send(StepSelected("start")),
    "turn to kill": lambda driver: driver.send(StepSelected("kill")),
}
AROUND: dict[str, Action] = {
    "turn back": lambda driver: driver.send(StepSelected("make")),
    "attach a sandbox": lambda driver: driver.send(SandboxAttached()),
    "lose the sandbox": lambda driver: driver.send(SandboxLost("It has gone.")),
    "open again": lambda driver: driver.open(driver.saved),
}
EVERY = ON_THE_ENGINE | ON_THE_PAGE | AROUND


def passed(driver: SessionDriver) -> dict[str, object]:
    known = {one.slug: driver.session.verdict(one.slug) for one in LESSON.steps}
    return {slug: verdict for slug, verdict in known.items() if verdict.value == PASSED}


def do(driver: SessionDriver, actions: list[str]) -> SessionDriver:
    for action in actions:
        EVERY[action](driver)
        driver.engine.advance(0.5)
        driver.receive_events()
    return driver


@given(st.lists(st.sampled_from(sorted(EVERY)), max_size=15))
@settings(max_examples=60)
def test_passed_steps_stay_passed_and_are_saved(actions: list[str]) -> None:
    driver = SessionDriver().receive_events().open()
    for action in actions:
        before = passed(driver)
        do(driver, [action])
        assert before.items() <= passed(driver).items()
        assert passed(driver).items() <= driver.saved.items()


@given(st.lists(st.sampled_from(sorted(ON_THE_ENGINE | ON_THE_PAGE)), max_size=15))
@settings(max_examples=60)
def test_restart_reaches_the_same_verdicts_from_the_journal(actions: list[str]) -> None:
    before = do(
        SessionDriver().receive_events().open(), [*actions, "see"]
    )  # while the engine is lost, they may know different things
    after = SessionDriver(engine=before.engine).open(before.saved).receive_events()
    assert after.verdicts == before.verdicts
    assert after.session.world == before.session.world
    assert after.session.story.events == before.session.story.events


@given(st.lists(st.sampled_from(sorted(ON_THE_ENGINE.keys() - {"lose"})), max_size=10))
@settings(max_examples=40)
def test_restart_without_the_store_loses_only_skips(actions: list[str]) -> None:
    before = do(SessionDriver().receive_events().open(), actions)
    after = SessionDriver(engine=before.engine).receive_events().open()
    assert (after.verdicts, after.session.current) == (before.verdicts, before.session.current)


@given(st.lists(st.sampled_from(sorted(EVERY)), max_size=10))
@settings(max_examples=30)
def test_reset_leaves_nothing_passed(actions: list[str]) -> None:
    driver = do(SessionDriver().receive_events().open(), actions)
    assert not passed(driver.send(LessonReset(driver.engine.advance(5).now)))


@given(strategies.stories)
@settings(max_examples=60)
def test_session_accepts_any_events_in_any_order(story: list[e.Event]) -> None:
    driver = SessionDriver().receive_events().open()
    for event in story:
        driver.send(EventReceived(event))
        assert len({one.step for one in driver.effects_of(PublishStep)}) == len(driver.effects_of(PublishStep))
        assert sum(one.current for one in driver.effects_of(PublishStep)) <= 1
    assert driver.session.seq == len(story) + 1


def test_whole_lesson_can_be_passed() -> None:
    """The actions above can pass every step; otherwise the tests above could be vacuous."""
    driver = do(SessionDriver(engine=ScriptedEngine()).receive_events().open(), ["create", "prompt", "start", "kill"])
    assert driver.verdicts == [PASSED, PASSED, PASSED]
