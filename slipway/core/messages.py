"""The messages that a session receives and the effects that it returns: two closed unions.

Messages are named in the past tense, effects as verbs. `session.step` is the only function between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from slipway.core import events as e
from slipway.core.lessons.checks import Verdict
from slipway.core.lessons.lesson import Lesson
from slipway.core.world import World


@dataclass(frozen=True)
class EventReceived:
    """An event from the journal or from the shell."""

    event: e.Event


@dataclass(frozen=True)
class LessonOpened:
    """The learner opened a lesson; `verdicts` are the stored ones, `opened_at` is when it was first opened."""

    lesson: Lesson
    opened_at: float
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True)
class StepSelected:
    """The learner went to a step."""

    step: str


@dataclass(frozen=True)
class Ticked:
    """Time has passed without an event; `at` is on the engine's clock."""

    at: float


@dataclass(frozen=True)
class HintTimerExpired:
    """The time of `StartHintTimer(…, timer_id)` is over."""

    timer_id: int


@dataclass(frozen=True)
class LessonReset:
    """The learner starts the lesson over at `at`: all its verdicts are forgotten."""

    at: float


@dataclass(frozen=True)
class SandboxAttached:
    """The session has a sandbox, new or found again; `history` is its journal so far. What has passed stays passed."""

    history: tuple[e.Event, ...] = ()


@dataclass(frozen=True)
class SandboxLost:
    """The sandbox is gone; `reason` is a sentence for the learner. Until the next one, verdicts are "cannot tell"."""

    reason: str


Message: TypeAlias = (
    EventReceived
    | LessonOpened
    | StepSelected
    | Ticked
    | HintTimerExpired
    | LessonReset
    | SandboxAttached
    | SandboxLost
)


@dataclass(frozen=True)
class PublishEvent:
    """Send an event to the pages, with the world after it."""

    seq: int
    event: e.Event
    world: World


@dataclass(frozen=True)
class PublishStep:
    """Send the verdict of a step to the pages; `offer_hint`: the page offers the step's first hint."""

    lesson: str
    step: str
    verdict: Verdict
    current: bool
    offer_hint: bool = False


@dataclass(frozen=True)
class SaveVerdict:
    """Store a verdict that must outlive the session."""

    lesson: str
    step: str
    verdict: Verdict


@dataclass(frozen=True)
class ScheduleTick:
    """Send `Ticked(at)` when the engine's clock reaches `at`, because silence until then may decide a verdict."""

    at: float


@dataclass(frozen=True)
class StartHintTimer:
    """Send `HintTimerExpired(timer_id)` after so many `seconds` of real time, not of the engine's clock."""

    seconds: float
    timer_id: int


Effect: TypeAlias = PublishEvent | PublishStep | SaveVerdict | ScheduleTick | StartHintTimer
