"""After a while at the same thing the first hint of a step offers itself; whoever gets on is left in peace."""

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
MADE, STARTED = HINTED.steps[0], HINTED.steps[1]


def opened() -> tuple[Session, tuple[Effect, ...]]:
    up, _ = step(Session(), EventReceived(e.EngineSeen(1.0, "26")))
    return step(up, LessonOpened(HINTED, 0.0, {}))


def turns(effects: tuple[Effect, ...]) -> list[int]:
    return [effect.timer_id for effect in effects if isinstance(effect, StartHintTimer)]


def offers(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.step for effect in effects if isinstance(effect, PublishStep) and effect.offer_hint]


def test_a_hint_offers_itself_after_a_while_and_once() -> None:
    state, effects = opened()
    assert [effect.seconds for effect in effects if isinstance(effect, StartHintTimer)] == [HINT_DELAY]
    assert not offers(effects)
    state, told = step(state, HintTimerExpired(turns(effects)[0]))
    assert offers(told) == [MADE.slug]
    assert step(state, HintTimerExpired(turns(effects)[0])) == (state, ())


def test_whoever_has_gone_on_meanwhile_is_left_in_peace() -> None:
    state, effects = opened()
    state, later = step(state, StepSelected(STARTED.slug))
    assert step(state, HintTimerExpired(turns(effects)[0]))[1] == ()
    assert turns(later)
    assert turns(later) != turns(effects)


def test_a_step_without_hints_offers_none() -> None:
    state, _ = opened()
    state, later = step(state, StepSelected(STARTED.slug))
    assert step(state, HintTimerExpired(turns(later)[0]))[1] == ()


def test_a_page_that_opens_later_sees_the_offer_too() -> None:
    state, effects = opened()
    state, _ = step(state, HintTimerExpired(turns(effects)[0]))
    _, told = step(state, LessonOpened(HINTED, 0.0, {}))
    assert offers(told) == [MADE.slug]


def test_getting_on_with_a_step_begins_the_wait_anew_and_its_end_ends_it() -> None:
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
