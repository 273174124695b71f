"""After a while without progress the first hint of a step is offered; a learner who makes progress gets no offer."""

from __future__ import annotations

from slipway.core import events as e
from slipway.core.lessons.parser import parse
from slipway.core.messages import (
    Effect,
    EventReceived,
    HintTimerExpired,
    LessonOpened,
    PublishStep,
    StartHintTimer,
    StepSelected,
)
from slipway.core.session import HINT_DELAY, Session, step
from tests.core.session_driver import THREE_STEPS, SessionDriver

HINTED = parse("01-three", THREE_STEPS.replace("## Start", "```hint\nIt begins with docker.\n```\n\n## Start"))
CREATE, START = HINTED.steps[0], HINTED.steps[1]


def opened() -> tuple[Session, tuple[Effect, ...]]:
    up, _ = step(Session(), EventReceived(e.EngineSeen(1.0, "26")))
    return step(up, LessonOpened(HINTED, 0.0, {}))


def timer_ids(effects: tuple[Effect, ...]) -> list[int]:
    return [effect.timer_id for effect in effects if isinstance(effect, StartHintTimer)]


def offers(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.step for effect in effects if isinstance(effect, PublishStep) and effect.offer_hint]


def test_hint_is_offered_once_after_the_delay() -> None:
    state, effects = opened()
    assert [effect.seconds for effect in effects if isinstance(effect, StartHintTimer)] == [HINT_DELAY]
    assert not offers(effects)
    state, offered = step(state, HintTimerExpired(timer_ids(effects)[0]))
    assert offers(offered) == [CREATE.slug]
    assert step(state, HintTimerExpired(timer_ids(effects)[0])) == (state, ())


def test_learner_who_went_to_another_step_gets_no_offer() -> None:
    state, effects = opened()
    state, later = step(state, StepSelected(START.slug))
    assert step(state, HintTimerExpired(timer_ids(effects)[0]))[1] == ()
    assert timer_ids(later)
    assert timer_ids(later) != timer_ids(effects)


def test_step_without_hints_has_no_offer() -> None:
    state, _ = opened()
    state, later = step(state, StepSelected(START.slug))
    assert step(state, HintTimerExpired(timer_ids(later)[0]))[1] == ()


def test_page_that_opens_later_has_the_offer() -> None:
    state, effects = opened()
    state, _ = step(state, HintTimerExpired(timer_ids(effects)[0]))
    _, effects = step(state, LessonOpened(HINTED, 0.0, {}))
    assert offers(effects) == [CREATE.slug]


def test_progress_restarts_the_timer_and_the_end_stops_it() -> None:
    driver = SessionDriver().open()
    before = driver.session.hint_timer_id
    box = driver.engine.create("box", "sleep")
    driver.engine.prompt()
    driver.receive_events()
    assert driver.session.current == "start"
    assert driver.session.hint_timer_id > before
    driver.engine.start(box)
    driver.engine.kill(box)
    driver.receive_events()
    assert not driver.session.current
    assert step(driver.session, HintTimerExpired(driver.session.hint_timer_id))[1] == ()
