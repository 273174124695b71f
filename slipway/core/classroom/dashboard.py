"""The wall: everybody's place in the class at one look, and who is stuck on what.

Folds nothing (place.py does) and draws nothing: from places, from who is connected, and from the time that it is
given, it computes a dot for each learner and a group for each thing that somebody is stuck on. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

from slipway.core.classroom.members import Person
from slipway.core.classroom.progress import LearnerProgress, StepKey

ProgressState: TypeAlias = Literal["working", "passed", "idle", "stuck", "lost"]

AGAIN = 2  # times that one makes the same mistake until it is said that one is stuck
IDLE = 4 * 60.0  # seconds without a deed: long enough to read a step
SLOW, SLOW_LEAST = 2.0, 2 * 60.0  # stuck by time: so many times the room's median, and no sooner than so many seconds
FEW = 3  # of fewer than these others there is no median
BLIP = 4.0  # seconds without a connection that are nothing but a page that is loaded again

Present: TypeAlias = Mapping[str, float | None]
"""learner → None while they are connected, else since when they are not (seconds since the epoch)."""


@dataclass(frozen=True)
class StepStatus:
    """One learner on the wall. `slow` is whether the time at the step is what they are stuck on."""

    learner: str
    name: str
    state: ProgressState
    place: LearnerProgress
    slow: bool = False


@dataclass(frozen=True)
class LearnerGroup:
    """Learners who are stuck on the same thing, or about to be; `stuck` is how many of them are.

    `say` is the lesson's sentence for the mistake, "" where nothing but time tells of it.
    """

    kind: Literal["mistake", "slow", "idle"]
    lesson: str
    step: str
    say: str
    learners: tuple[str, ...]
    stuck: int

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.lesson}/{self.step}/{self.say}"


def dots(
    people: Sequence[Person], places: Mapping[str, LearnerProgress], present: Present, now: float
) -> tuple[StepStatus, ...]:
    """A dot for each of `people`, in their order."""
    times = _times(people, places, present, now)
    return tuple(_dot(one, places.get(one.learner, LearnerProgress()), present, now, times) for one in people)


def groups(wall: Sequence[StepStatus]) -> tuple[LearnerGroup, ...]:
    """What the room is stuck on: first where most are stuck. Who is not connected can't be helped from here."""
    found: dict[tuple[Literal["mistake", "slow", "idle"], StepKey, str], list[StepStatus]] = {}
    for dot in wall:
        if dot.state in ("stuck", "working") and dot.place.mistake:
            found.setdefault(("mistake", dot.place.at, dot.place.mistake), []).append(dot)
        elif dot.state == "stuck":
            found.setdefault(("slow", dot.place.at, ""), []).append(dot)
        elif dot.state == "idle":
            found.setdefault(("idle", dot.place.at, dot.place.mistake), []).append(dot)
    made = [
        LearnerGroup(kind, *step, say, tuple(dot.learner for dot in who), sum(dot.state == "stuck" for dot in who))
        for (kind, step, say), who in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.stuck, one.kind == "idle", -len(one.learners), one.key)))


def passed(wall: Sequence[StepStatus]) -> dict[StepKey, int]:
    """How many have passed each step."""
    count: dict[StepKey, int] = {}
    for dot in wall:
        for step in dot.place.passed:
            count[step] = count.get(step, 0) + 1
    return count


def label(say: str, short: str = "") -> str:
    """A name for a mistake, short enough for a wall: the lesson's own, or the first thing that its sentence says."""
    if short:
        return short
    end = next((at for at, sign in enumerate(say) if sign in ".:;!?" and _closes(say, at)), len(say))
    short = say[:end].strip()
    return short if len(short) <= LABEL else f"{short[:LABEL].rsplit(' ', 1)[0].rstrip(',')}…"


LABEL = 72


def _closes(say: str, at: int) -> bool:
    """Whether the sign ends something: it is not inside of `code`, and blank or nothing comes after it."""
    return say.count("`", 0, at) % 2 == 0 and (at + 1 == len(say) or say[at + 1].isspace())


def _dot(
    person: Person, place: LearnerProgress, present: Present, now: float, times: Mapping[StepKey, Mapping[str, float]]
) -> StepStatus:
    slow = _slow(person.learner, place, times)
    state = _state(place, present.get(person.learner, 0.0), now, slow)
    return StepStatus(person.learner, person.name, state, place, slow and state == "stuck")


def _state(place: LearnerProgress, gone: float | None, now: float, slow: bool) -> ProgressState:
    if gone is not None and now - gone > BLIP:
        return "lost"
    if place.done:
        return "passed"
    if place.times >= AGAIN:
        return "stuck"
    if place.last and now - place.last > IDLE:
        return "idle"
    return "stuck" if slow else "working"


def _slow(learner: str, place: LearnerProgress, times: Mapping[StepKey, Mapping[str, float]]) -> bool:
    here = times.get(place.at, {})
    others = [seconds for one, seconds in here.items() if one != learner]
    if learner not in here or len(others) < FEW:
        return False
    return here[learner] > max(SLOW_LEAST, SLOW * median(others))


def _times(
    people: Sequence[Person], places: Mapping[str, LearnerProgress], present: Present, now: float
) -> dict[StepKey, dict[str, float]]:
    """How long each learner was at each step: those who have passed it, and those who are at work on it now."""
    times: dict[StepKey, dict[str, float]] = {}
    for person in people:
        place = places.get(person.learner, LearnerProgress())
        for step, seconds in place.took.items():
            times.setdefault(step, {})[person.learner] = seconds
        if place.step and not place.done and _at_work(place, present.get(person.learner, 0.0), now):
            times.setdefault(place.at, {})[person.learner] = max(0.0, now - place.since)
    return times


def _at_work(place: LearnerProgress, gone: float | None, now: float) -> bool:
    return gone is None and now - place.last <= IDLE
