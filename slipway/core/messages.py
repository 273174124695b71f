"""What a session is told, and what it wants done: two closed unions.

Messages come in past tense, effects go out as verbs. `session.step` is the only function between the two.
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
class Happened:
    """The journal, or the shell, tells of an event."""

    event: e.Event


@dataclass(frozen=True)
class Opened:
    """The learner opens a lesson; `verdicts` is what was known of it before, `since` when it was first opened."""

    lesson: Lesson
    since: float
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True)
class Turned:
    """The learner turns to a step."""

    step: str


@dataclass(frozen=True)
class Ticked:
    """Time has passed in which nothing was heard; `at` is on the engine's clock."""

    at: float


@dataclass(frozen=True)
class Waited:
    """The time that `Await(…, turn)` asked for is over."""

    turn: int


@dataclass(frozen=True)
class Cleared:
    """The learner wants to do the lesson once more."""

    since: float


@dataclass(frozen=True)
class Reseated:
    """A new sandbox, or an old one found again, whose journal tells of `past`. What has passed stays passed."""

    past: tuple[e.Event, ...] = ()


@dataclass(frozen=True)
class Unseated:
    """The sandbox is gone, and `say` tells why; until the next one nobody can tell."""

    say: str


Message: TypeAlias = Happened | Opened | Turned | Ticked | Waited | Cleared | Reseated | Unseated


@dataclass(frozen=True)
class Show:
    """Show an event, and the world as it is after it."""

    seq: int
    event: e.Event
    world: World


@dataclass(frozen=True)
class Tell:
    """Tell the verdict of a step; `offer`: its first hint offers itself."""

    lesson: str
    step: str
    verdict: Verdict
    current: bool
    offer: bool = False


@dataclass(frozen=True)
class Keep:
    """Keep a verdict that must outlive the session."""

    lesson: str
    step: str
    verdict: Verdict


@dataclass(frozen=True)
class Wake:
    """Send `Ticked(at)` when the engine's clock gets there, for silence may decide something."""

    at: float


@dataclass(frozen=True)
class Await:
    """Send `Waited(turn)` in so many `seconds`: how long a learner has been at a step is nobody's clock but theirs."""

    seconds: float
    turn: int


Effect: TypeAlias = Show | Tell | Keep | Wake | Await
