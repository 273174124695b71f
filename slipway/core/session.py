"""One learner's seat in a course, as a pure function: `step(state, message) -> (state, effects)`.

All messages of a session pass one queue (slipway/sessions/session.py), so there is one order. A step begins when the
one before it has passed, or when the learner turns to it; from then on every event is read for it until it has passed.
What has passed stays passed. Nothing here knows of clocks, sockets or stores: whoever performs the effects is boring.
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
from slipway.core.rules.lifecycle import SOON
from slipway.core.rules.matchers import Match
from slipway.core.story import BLINK, SETTLED, Story
from slipway.core.world import World, apply, fold

PATIENCE = 100.0  # seconds at one thing, with nothing new seen, after which a hint offers itself
KEPT = 4000  # events that a story remembers: some hours of work, some minutes of a runaway loop

SKIPPED_SAYS = "You went on without it. It can still be done."


class Unknown(ValueError):
    """The learner's page asked for something that is not there; the message is for the learner."""


@dataclass(frozen=True)
class Session:
    """Where a learner is. `since` is when the lesson was opened, `begun` when each step began (engine time)."""

    lesson: Lesson | None = None
    since: float = 0.0
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: MappingProxyType({}))
    current: str = ""
    begun: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    story: Story = field(default_factory=Story)
    seq: int = 0
    gone: str = ""
    turn: int = 0  # how many times the learner has come to a step, or got on with it
    offered: str = ""  # the step whose first hint offers itself

    @property
    def world(self) -> World:
        return self.story.world

    def verdict(self, slug: str) -> Verdict:
        return self.verdicts.get(slug, Verdict())


def step(state: Session, message: m.Message) -> tuple[Session, tuple[m.Effect, ...]]:
    """What becomes of a session on one message, and what is to be done about it.

    Raises Unknown when the message asks for a step that the lesson does not have.
    """
    after, effects = _told(state, message)
    if _place(after) == _place(state) and not isinstance(message, m.Opened):
        return after, effects
    after = replace(after, turn=after.turn + 1)
    return after, (*effects, m.Await(PATIENCE, after.turn)) if after.current else effects


def _place(state: Session) -> tuple[str, str, int]:
    """Where the learner is, and how far: while this is the same, they are at the same thing."""
    lesson = state.lesson.slug if state.lesson else ""
    return lesson, state.current, len(state.verdict(state.current).evidence)


def _told(state: Session, message: m.Message) -> tuple[Session, tuple[m.Effect, ...]]:
    match message:
        case m.Happened(event):
            return _happened(state, event)
        case m.Opened():
            return _opened(state, message)
        case m.Turned(slug):
            return _turned(state, slug)
        case m.Ticked(at):
            story = replace(state.story, now=max(state.story.now, at))
            return _judged(replace(state, story=story))
        case m.Waited(turn):
            return _offered(state) if turn == state.turn else (state, ())
        case m.Cleared(since):
            if state.lesson is None:
                return state, ()
            forgotten = tuple(m.Keep(state.lesson.slug, one.slug, Verdict()) for one in state.lesson.steps)
            opened, effects = _opened(state, m.Opened(state.lesson, since, {}))
            return opened, (*forgotten, *effects)
        case m.Reseated(past):
            return _reseated(state, past)
        case m.Unseated(say):
            lost = replace(state.world, engine="lost", pending=())
            return _judged(replace(state, story=replace(state.story, world=lost), gone=say))
        case _:
            assert_never(message)


def _offered(state: Session) -> tuple[Session, tuple[m.Effect, ...]]:
    """The learner has been at this step for a while: its first hint offers itself, once, where there is one."""
    here = state.lesson.step(state.current) if state.lesson else None
    if here is None or not here.hints or state.offered == here.slug or state.verdict(here.slug).value != NOT_YET:
        return state, ()
    state = replace(state, offered=here.slug)
    return state, (tell(state, here),)


def begins(state: Session, one: Step) -> float | None:
    """When `one` began, on the engine's clock: just after the last evidence of the step before, or just after the
    learner went on without that; None if it has not begun. What has begun does not begin again, later."""
    known, now = state.begun.get(one.slug, math.inf), _begins_now(state, one)
    return min(known, now) if min(known, now) < math.inf else None


def _begins_now(state: Session, one: Step) -> float:
    if state.lesson is None:
        return math.inf
    if one.number == 1:
        return state.since
    before = state.verdict(state.lesson.steps[one.number - 2].slug)
    if before.value not in (PASSED, SKIPPED):
        return math.inf
    return max(state.since, math.nextafter(before.at, math.inf))


def _happened(state: Session, event: e.Event) -> tuple[Session, tuple[m.Effect, ...]]:
    world = apply(state.world, event)
    events = (*state.story.events, event)[-KEPT:] if _tells(event) else state.story.events
    now = state.story.now if isinstance(event, e.CommandTyped | e.CommandFinished) else max(state.story.now, event.at)
    state = replace(state, story=Story(events, world, now), seq=state.seq + 1)
    shown = m.Show(state.seq, event, world)
    state, effects = _judged(state)
    return state, (shown, *effects, *_wake(event))


def _reseated(state: Session, past: tuple[e.Event, ...]) -> tuple[Session, tuple[m.Effect, ...]]:
    """Fold all that happened in the sandbox, and judge once: a long journal is read in a moment."""
    now = max((event.at for event in past), default=0.0)
    story = Story(tuple(filter(_tells, past))[-KEPT:], fold(past), now)
    state, effects = _judged(replace(state, story=story, seq=state.seq + len(past), gone=""))
    return state, (*effects, *((m.Wake(now + SOON),) if past else ()))


def _tells(event: e.Event) -> bool:
    """Whether a rule could ever ask for this: pings are shown on the wire, glimpses in pictures, and both forgotten."""
    return not isinstance(event, e.Glimpse) and not (
        isinstance(event, e.CallStarted | e.CallEnded) and event.name in ("system.ping", "system.events")
    )


def _wake(event: e.Event) -> tuple[m.Wake, ...]:
    if not isinstance(event, e.CallEnded) or event.status >= 400:
        return ()
    settles = {"container.create": (BLINK, SETTLED), "container.kill": (SOON,)}.get(event.name, ())
    return tuple(m.Wake(event.at + seconds) for seconds in settles)


def _opened(state: Session, message: m.Opened) -> tuple[Session, tuple[m.Effect, ...]]:
    lesson = message.lesson
    kept = {one.slug: message.verdicts[one.slug] for one in lesson.steps if one.slug in message.verdicts}
    state = replace(
        state,
        lesson=lesson,
        since=message.since,
        verdicts=MappingProxyType(kept),
        current="",
        begun=MappingProxyType({}),
        offered=state.offered if state.lesson and state.lesson.slug == lesson.slug else "",
    )
    state = replace(state, current=_next_open(state))
    judged, effects = _judged(state)
    said = {effect.step for effect in effects if isinstance(effect, m.Tell)}
    rest = tuple(tell(judged, one) for one in lesson.steps if one.slug not in said)
    return judged, (*effects, *rest)


def _turned(state: Session, slug: str) -> tuple[Session, tuple[m.Effect, ...]]:
    if state.lesson is None or state.lesson.step(slug) is None:
        raise Unknown("This lesson has no such step. Reload the page, please.")
    lesson, verdicts, before = state.lesson, dict(state.verdicts), state.current
    here = next(one for one in lesson.steps if one.slug == slug)
    skipped = [one for one in lesson.steps[: here.number - 1] if state.verdict(one.slug).value not in (PASSED, SKIPPED)]
    for one in skipped:
        verdicts[one.slug] = Verdict(SKIPPED, (Match(state.story.now, "went on without it"),), SKIPPED_SAYS)
    state = replace(state, verdicts=MappingProxyType(verdicts), current=slug)
    judged, told = _judged(state, also={before, slug})
    keeps = tuple(m.Keep(lesson.slug, one.slug, judged.verdict(one.slug)) for one in skipped)
    skips = tuple(tell(judged, one) for one in skipped if one.slug not in (before, slug))
    return judged, (*keeps, *skips, *told)


def _judged(state: Session, also: set[str] | None = None) -> tuple[Session, tuple[m.Effect, ...]]:
    """Read the story for every step that has begun and not passed, again and again while one more passes."""
    lesson = state.lesson
    if lesson is None:
        return state, ()
    changed: dict[str, Step] = {one.slug: one for one in lesson.steps if one.slug in (also or set())}
    keeps: list[m.Effect] = []
    for one in lesson.steps:
        since, old = begins(state, one), state.verdict(one.slug)
        if since is None or old.value == PASSED:
            continue
        state = replace(state, begun=MappingProxyType({**state.begun, one.slug: since}))
        new = _fitting(old, judge(one.check, one.mistakes, state.story, since))
        if state.gone and new.value not in (PASSED, SKIPPED):
            new = replace(new, why=state.gone)
        if new != old:
            state = replace(state, verdicts=MappingProxyType({**state.verdicts, one.slug: new}))
            changed[one.slug] = one
        if new.value == PASSED:
            keeps.append(m.Keep(lesson.slug, one.slug, new))
            state = _advance(state, one, changed)
    return state, (*keeps, *(tell(state, one) for one in changed.values()))


def _fitting(old: Verdict, new: Verdict) -> Verdict:
    """A skipped step stays skipped, whatever is said of it, until it has passed."""
    return old if old.value == SKIPPED and new.value != PASSED else new


def _advance(state: Session, passed: Step, changed: dict[str, Step]) -> Session:
    """The step at hand has passed: the next one that has not is at hand."""
    assert state.lesson is not None
    if state.current != passed.slug:
        return state
    following = _next_open(state, passed.number)
    after = state.lesson.step(following)
    if after is not None:
        changed[after.slug] = after
    return replace(state, current=following)


def _next_open(state: Session, after: int = 0) -> str:
    """The first step after number `after` that is neither passed nor skipped; else the first one that has not passed;
    else "" when all is done."""
    assert state.lesson is not None
    steps = state.lesson.steps
    later = [one for one in steps[after:] if state.verdict(one.slug).value not in (PASSED, SKIPPED)]
    undone = [one for one in steps if state.verdict(one.slug).value != PASSED]
    return next((one.slug for one in (*later, *undone)), "")


def tell(state: Session, one: Step) -> m.Tell:
    """How a step of the open lesson stands."""
    assert state.lesson is not None
    return m.Tell(
        state.lesson.slug, one.slug, state.verdict(one.slug), one.slug == state.current, one.slug == state.offered
    )
