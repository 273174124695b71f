"""The class dashboard: the status of every learner, and which learners are stuck on the same thing.

Computed from the learners' progress, from who is connected, and from the given time; progress.py folds and the page
draws. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

from slipway.core.classroom.members import Person
from slipway.core.classroom.progress import LearnerProgress, StepKey

LearnerState: TypeAlias = Literal["working", "passed", "idle", "stuck", "lost"]
GroupKind: TypeAlias = Literal["mistake", "slow", "idle"]

STUCK_MISTAKES = 2  # times that a learner makes the same mistake before they count as stuck
IDLE_AFTER = 4 * 60.0  # seconds without activity: long enough to read a step
SLOW_FACTOR, SLOW_MINIMUM = 2.0, 2 * 60.0  # stuck by time: this multiple of the class's median, but at least so many s
MIN_PEERS = 3  # with fewer other learners there is no median
RECONNECT_GRACE = 4.0  # seconds without a connection that a page needs to reload
MAX_LABEL_LENGTH = 72

Presence: TypeAlias = Mapping[str, float | None]
"""learner → None while they are connected, else since when they are not (seconds since the epoch)."""


@dataclass(frozen=True)
class LearnerStatus:
    """One learner on the dashboard. `slow` says whether their time at the step is why they are stuck."""

    learner: str
    name: str
    state: LearnerState
    progress: LearnerProgress
    slow: bool = False


@dataclass(frozen=True)
class LearnerGroup:
    """Learners who are stuck on the same thing, or about to be; `stuck` is how many of them are.

    `message` is the lesson's text for the mistake, "" if the learners are only slow.
    """

    kind: GroupKind
    lesson: str
    step: str
    message: str
    learners: tuple[str, ...]
    stuck: int

    @property
    def key(self) -> str:
        """An identifier that stays the same while the group does."""
        return f"{self.kind}/{self.lesson}/{self.step}/{self.message}"


def learner_statuses(
    people: Sequence[Person], progress: Mapping[str, LearnerProgress], presence: Presence, now: float
) -> tuple[LearnerStatus, ...]:
    """Return the status of each of `people`, in their order."""
    times = _step_times(people, progress, presence, now)
    return tuple(
        _status(person, progress.get(person.learner, LearnerProgress()), presence, now, times) for person in people
    )


def learner_groups(statuses: Sequence[LearnerStatus]) -> tuple[LearnerGroup, ...]:
    """Return what the class is stuck on, the largest problem first. Disconnected learners are in no group."""
    members: dict[tuple[GroupKind, StepKey, str], list[LearnerStatus]] = {}
    for status in statuses:
        step, mistake = status.progress.step_key, status.progress.mistake
        if status.state in ("stuck", "working") and mistake:
            members.setdefault(("mistake", step, mistake), []).append(status)
        elif status.state == "stuck":
            members.setdefault(("slow", step, ""), []).append(status)
        elif status.state == "idle":
            members.setdefault(("idle", step, mistake), []).append(status)
    groups = [
        LearnerGroup(
            kind,
            *step,
            message,
            tuple(status.learner for status in affected),
            sum(status.state == "stuck" for status in affected),
        )
        for (kind, step, message), affected in members.items()
    ]
    return tuple(
        sorted(groups, key=lambda group: (-group.stuck, group.kind == "idle", -len(group.learners), group.key))
    )


def passed_counts(statuses: Sequence[LearnerStatus]) -> dict[StepKey, int]:
    """Return how many learners have passed each step."""
    counts: dict[StepKey, int] = {}
    for status in statuses:
        for step in status.progress.passed:
            counts[step] = counts.get(step, 0) + 1
    return counts


def mistake_label(message: str, short: str = "") -> str:
    """Return a short name for a mistake: the lesson's own, or the first clause of its message."""
    if short:
        return short
    end = next((at for at, char in enumerate(message) if char in ".:;!?" and _ends_clause(message, at)), len(message))
    clause = message[:end].strip()
    if len(clause) <= MAX_LABEL_LENGTH:
        return clause
    return f"{clause[:MAX_LABEL_LENGTH].rsplit(' ', 1)[0].rstrip(',')}…"


def _ends_clause(message: str, at: int) -> bool:
    """Return whether the punctuation at `at` ends a clause: not inside `code`, and before white space or the end."""
    return message.count("`", 0, at) % 2 == 0 and (at + 1 == len(message) or message[at + 1].isspace())


def _status(
    person: Person,
    progress: LearnerProgress,
    presence: Presence,
    now: float,
    times: Mapping[StepKey, Mapping[str, float]],
) -> LearnerStatus:
    slow = _is_slow(person.learner, progress, times)
    state = _state(progress, presence.get(person.learner, 0.0), now, slow)
    return LearnerStatus(person.learner, person.name, state, progress, slow and state == "stuck")


def _state(progress: LearnerProgress, disconnected_at: float | None, now: float, slow: bool) -> LearnerState:
    if disconnected_at is not None and now - disconnected_at > RECONNECT_GRACE:
        return "lost"
    if progress.done:
        return "passed"
    if progress.mistake_count >= STUCK_MISTAKES:
        return "stuck"
    if progress.active_at and now - progress.active_at > IDLE_AFTER:
        return "idle"
    return "stuck" if slow else "working"


def _is_slow(learner: str, progress: LearnerProgress, times: Mapping[StepKey, Mapping[str, float]]) -> bool:
    seconds_by_learner = times.get(progress.step_key, {})
    others = [seconds for other, seconds in seconds_by_learner.items() if other != learner]
    if learner not in seconds_by_learner or len(others) < MIN_PEERS:
        return False
    return seconds_by_learner[learner] > max(SLOW_MINIMUM, SLOW_FACTOR * median(others))


def _step_times(
    people: Sequence[Person], progress: Mapping[str, LearnerProgress], presence: Presence, now: float
) -> dict[StepKey, dict[str, float]]:
    """Return the seconds of each learner at each step: of steps that they passed, and of the one they work on now."""
    times: dict[StepKey, dict[str, float]] = {}
    for person in people:
        own_progress = progress.get(person.learner, LearnerProgress())
        for step, seconds in own_progress.durations.items():
            times.setdefault(step, {})[person.learner] = seconds
        if (
            own_progress.step
            and not own_progress.done
            and _is_at_work(own_progress, presence.get(person.learner, 0.0), now)
        ):
            times.setdefault(own_progress.step_key, {})[person.learner] = max(0.0, now - own_progress.arrived_at)
    return times


def _is_at_work(progress: LearnerProgress, disconnected_at: float | None, now: float) -> bool:
    return disconnected_at is None and now - progress.active_at <= IDLE_AFTER
