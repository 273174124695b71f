"""A learner's session in the course as a pure function: `step(state, message) -> (state, effects)`.

All messages of a session pass through `LessonState.post` (slipway/sessions/lesson_state.py), one at a time. A step
begins when the previous one has passed, or when the learner selects it; from then on it is evaluated after every event
until it passes. A passed step stays passed. This module knows no clocks, sockets or stores: the caller performs the
returned effects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import assert_never

from slipway.core import events as e
from slipway.core import messages as m
from slipway.core.lessons.checks import NOT_YET, PASSED, SKIPPED, Verdict, judge
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.rules.lifecycle import EXIT_DELAY
from slipway.core.rules.matchers import Match
from slipway.core.story import SETTLE_TIME, SETTLE_TIME_AT_PROMPT, Story
from slipway.core.world import World, apply, fold

HINT_DELAY = 100.0  # seconds at one step without progress after which its first hint is offered
MAX_EVENTS = 4000  # events kept in a story: some hours of work, or some minutes of a runaway loop

SKIPPED_TEXT = "Skipped. You can still do this step."


class NotFoundError(ValueError):
    """A page asked for a lesson, step, command or hint that does not exist; the message is for the learner."""


@dataclass(frozen=True)
class Session:
    """The state of a learner's session.

    `opened_at` is when the lesson was opened and `step_started_at` when each step began, on the engine's clock.
    `current` is the slug of the current step, "" when all are done. `hint_timer_id` grows whenever the learner comes to
    another step or makes progress in one, so that older timers can be ignored. `hint_offered` is the step whose first
    hint is offered; `lost_reason` says why there is no sandbox.
    """

    lesson: Lesson | None = None
    opened_at: float = 0.0
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: MappingProxyType({}))
    current: str = ""
    step_started_at: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    story: Story = field(default_factory=Story)
    seq: int = 0
    lost_reason: str = ""
    hint_timer_id: int = 0
    hint_offered: str = ""

    @property
    def world(self) -> World:
        """The world after all events so far."""
        return self.story.world

    def verdict(self, slug: str) -> Verdict:
        """Return the verdict of a step, "not yet" if there is none."""
        return self.verdicts.get(slug, Verdict())


def step(state: Session, message: m.Message) -> tuple[Session, tuple[m.Effect, ...]]:
    """Return the session after one message, and the effects that the caller has to perform.

    Raises NotFoundError when the message selects a step that the lesson does not have.
    """
    after, effects = _handle(state, message)
    if _position(after) == _position(state) and not isinstance(message, m.LessonOpened):
        return after, effects
    after = replace(after, hint_timer_id=after.hint_timer_id + 1)
    return after, (*effects, m.StartHintTimer(HINT_DELAY, after.hint_timer_id)) if after.current else effects


def _position(state: Session) -> tuple[str, str, int]:
    """Return lesson, step, and the amount of evidence: while these stay the same, the hint timer keeps running."""
    lesson = state.lesson.slug if state.lesson else ""
    return lesson, state.current, len(state.verdict(state.current).evidence)


def _handle(state: Session, message: m.Message) -> tuple[Session, tuple[m.Effect, ...]]:
    match message:
        case m.EventReceived(event):
            return _on_event(state, event)
        case m.LessonOpened():
            return _open_lesson(state, message)
        case m.StepSelected(slug):
            return _select_step(state, slug)
        case m.Ticked(at):
            story = replace(state.story, now=max(state.story.now, at))
            return _evaluate(replace(state, story=story))
        case m.HintTimerExpired(timer_id):
            return _offer_hint(state) if timer_id == state.hint_timer_id else (state, ())
        case m.LessonReset(at):
            if state.lesson is None:
                return state, ()
            cleared = tuple(
                m.SaveVerdict(state.lesson.slug, lesson_step.slug, Verdict()) for lesson_step in state.lesson.steps
            )
            opened, effects = _open_lesson(state, m.LessonOpened(state.lesson, at, {}))
            return opened, (*cleared, *effects)
        case m.SandboxAttached(history):
            return _attach_sandbox(state, history)
        case m.SandboxLost(reason):
            lost = replace(state.world, engine="lost", pending=())
            return _evaluate(replace(state, story=replace(state.story, world=lost), lost_reason=reason))
        case _:
            assert_never(message)


def _offer_hint(state: Session) -> tuple[Session, tuple[m.Effect, ...]]:
    """Offer the first hint of the current step, if it has one and it was not offered before."""
    current = state.lesson.step(state.current) if state.lesson else None
    if (
        current is None
        or not current.hints
        or state.hint_offered == current.slug
        or state.verdict(current.slug).value != NOT_YET
    ):
        return state, ()
    state = replace(state, hint_offered=current.slug)
    return state, (publish_step(state, current),)


def step_start_time(state: Session, lesson_step: Step) -> float | None:
    """Return when the step began, on the engine's clock; None if it has not begun.

    A step begins just after the last evidence of the previous step, or just after the learner skipped that. Once begun,
    it never begins again at a later time.
    """
    start = min(state.step_started_at.get(lesson_step.slug, math.inf), _start_after_previous(state, lesson_step))
    return start if start < math.inf else None


def _start_after_previous(state: Session, lesson_step: Step) -> float:
    if state.lesson is None:
        return math.inf
    if lesson_step.number == 1:
        return state.opened_at
    before = state.verdict(state.lesson.steps[lesson_step.number - 2].slug)
    if before.value not in (PASSED, SKIPPED):
        return math.inf
    return max(state.opened_at, math.nextafter(before.at, math.inf))


def _on_event(state: Session, event: e.Event) -> tuple[Session, tuple[m.Effect, ...]]:
    world = apply(state.world, event)
    events = (*state.story.events, event)[-MAX_EVENTS:] if _is_relevant(event) else state.story.events
    now = state.story.now if isinstance(event, e.CommandTyped | e.CommandFinished) else max(state.story.now, event.at)
    state = replace(state, story=Story(events, world, now), seq=state.seq + 1)
    publish = m.PublishEvent(state.seq, event, world)
    state, effects = _evaluate(state)
    return state, (publish, *effects, *_schedule_ticks(event))


def _attach_sandbox(state: Session, history: tuple[e.Event, ...]) -> tuple[Session, tuple[m.Effect, ...]]:
    """Fold the whole history and evaluate once, so that a long journal is read in a moment."""
    now = max((event.at for event in history), default=0.0)
    story = Story(tuple(filter(_is_relevant, history))[-MAX_EVENTS:], fold(history), now)
    state, effects = _evaluate(replace(state, story=story, seq=state.seq + len(history), lost_reason=""))
    return state, (*effects, *((m.ScheduleTick(now + EXIT_DELAY),) if history else ()))


def _is_relevant(event: e.Event) -> bool:
    """Return whether a rule could ever read this event: pings and samples are only displayed."""
    return not isinstance(event, e.SampleEvent) and not (
        isinstance(event, e.CallStarted | e.CallEnded) and event.name in ("system.ping", "system.events")
    )


def _schedule_ticks(event: e.Event) -> tuple[m.ScheduleTick, ...]:
    if not isinstance(event, e.CallEnded) or event.status >= 400:
        return ()
    delays = {"container.create": (SETTLE_TIME_AT_PROMPT, SETTLE_TIME), "container.kill": (EXIT_DELAY,)}.get(
        event.name, ()
    )
    return tuple(m.ScheduleTick(event.at + seconds) for seconds in delays)


def _open_lesson(state: Session, message: m.LessonOpened) -> tuple[Session, tuple[m.Effect, ...]]:
    lesson = message.lesson
    known = {
        lesson_step.slug: message.verdicts[lesson_step.slug]
        for lesson_step in lesson.steps
        if lesson_step.slug in message.verdicts
    }
    state = replace(
        state,
        lesson=lesson,
        opened_at=message.opened_at,
        verdicts=MappingProxyType(known),
        current="",
        step_started_at=MappingProxyType({}),
        hint_offered=state.hint_offered if state.lesson and state.lesson.slug == lesson.slug else "",
    )
    state = replace(state, current=_next_step(state))
    state, effects = _evaluate(state)
    published = {effect.step for effect in effects if isinstance(effect, m.PublishStep)}
    rest = tuple(publish_step(state, lesson_step) for lesson_step in lesson.steps if lesson_step.slug not in published)
    return state, (*effects, *rest)


def _select_step(state: Session, slug: str) -> tuple[Session, tuple[m.Effect, ...]]:
    if state.lesson is None or state.lesson.step(slug) is None:
        raise NotFoundError("This lesson has no such step. Reload the page, please.")
    lesson, verdicts, before = state.lesson, dict(state.verdicts), state.current
    selected = next(lesson_step for lesson_step in lesson.steps if lesson_step.slug == slug)
    skipped = [
        lesson_step
        for lesson_step in lesson.steps[: selected.number - 1]
        if state.verdict(lesson_step.slug).value not in (PASSED, SKIPPED)
    ]
    for lesson_step in skipped:
        verdicts[lesson_step.slug] = Verdict(SKIPPED, (Match(state.story.now, "skipped"),), SKIPPED_TEXT)
    state = replace(state, verdicts=MappingProxyType(verdicts), current=slug)
    state, effects = _evaluate(state, also={before, slug})
    saves = tuple(
        m.SaveVerdict(lesson.slug, lesson_step.slug, state.verdict(lesson_step.slug)) for lesson_step in skipped
    )
    skips = tuple(publish_step(state, lesson_step) for lesson_step in skipped if lesson_step.slug not in (before, slug))
    return state, (*saves, *skips, *effects)


def _evaluate(state: Session, also: set[str] | None = None) -> tuple[Session, tuple[m.Effect, ...]]:
    """Judge every step that has begun and not passed, in order; a step that passes begins the next one.

    The steps in `also` are published whether or not their verdict has changed.
    """
    lesson = state.lesson
    if lesson is None:
        return state, ()
    changed: dict[str, Step] = {
        lesson_step.slug: lesson_step for lesson_step in lesson.steps if lesson_step.slug in (also or set())
    }
    saves: list[m.Effect] = []
    for lesson_step in lesson.steps:
        start, old = step_start_time(state, lesson_step), state.verdict(lesson_step.slug)
        if start is None or old.value == PASSED:
            continue
        state = replace(state, step_started_at=MappingProxyType({**state.step_started_at, lesson_step.slug: start}))
        new = _keep_skipped(old, judge(lesson_step.check, lesson_step.mistakes, state.story, start))
        if state.lost_reason and new.value not in (PASSED, SKIPPED):
            new = replace(new, why=state.lost_reason)
        if new != old:
            state = replace(state, verdicts=MappingProxyType({**state.verdicts, lesson_step.slug: new}))
            changed[lesson_step.slug] = lesson_step
        if new.value == PASSED:
            saves.append(m.SaveVerdict(lesson.slug, lesson_step.slug, new))
            state = _advance(state, lesson_step, changed)
    return state, (*saves, *(publish_step(state, lesson_step) for lesson_step in changed.values()))


def _keep_skipped(old: Verdict, new: Verdict) -> Verdict:
    """Keep a skipped step skipped until it passes, whatever the new verdict is."""
    return old if old.value == SKIPPED and new.value != PASSED else new


def _advance(state: Session, passed: Step, changed: dict[str, Step]) -> Session:
    """Make the next open step the current one, if the current one has passed."""
    assert state.lesson is not None
    if state.current != passed.slug:
        return state
    following = _next_step(state, passed.number)
    after = state.lesson.step(following)
    if after is not None:
        changed[after.slug] = after
    return replace(state, current=following)


def _next_step(state: Session, after: int = 0) -> str:
    """Return the slug of the first step after number `after` that is neither passed nor skipped, else of the first one
    that has not passed, else "" when all have passed."""
    assert state.lesson is not None
    steps = state.lesson.steps
    later = [
        lesson_step for lesson_step in steps[after:] if state.verdict(lesson_step.slug).value not in (PASSED, SKIPPED)
    ]
    undone = [lesson_step for lesson_step in steps if state.verdict(lesson_step.slug).value != PASSED]
    return next((lesson_step.slug for lesson_step in (*later, *undone)), "")


def publish_step(state: Session, lesson_step: Step) -> m.PublishStep:
    """Return the effect that sends the pages the status of a step of the open lesson."""
    assert state.lesson is not None
    return m.PublishStep(
        state.lesson.slug,
        lesson_step.slug,
        state.verdict(lesson_step.slug),
        lesson_step.slug == state.current,
        lesson_step.slug == state.hint_offered,
    )
