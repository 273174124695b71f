"""The progress of one learner, folded from their activities: current step, mistakes, hints, requests for help.

An activity that is reported twice counts once where that matters. This module does not know the current time: how long
ago something happened is computed in dashboard.py. Pure values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from slipway.core.classroom.activity import Activity

ABSENCE = 10 * 60.0  # seconds without activity that count as an absence, not as time at the step
RETRY_INTERVAL = 2.0  # seconds: the same mistake within this time of the last one is not another try
MAX_UNREAD = 5  # unread messages that are kept; the oldest are dropped

StepKey = tuple[str, str]
"""A lesson's slug and a step's."""

LEARNER_KINDS = (
    *("opened", "turned", "command", "mistake", "mended", "passed", "skipped"),
    *("hint", "solution", "again", "afresh"),
)
"""Activities of the learner's own, which show that they are at work."""


def _no_counts() -> Mapping[str, int]:
    return MappingProxyType({})


@dataclass(frozen=True)
class InstructorMessage:
    """A message from the instructor that the learner has not dismissed. `id` is unique for the learner."""

    id: str
    at: float
    lesson: str
    step: str
    text: str


@dataclass(frozen=True)
class LearnerProgress:
    """What a learner has done so far. Times are seconds since the epoch, 0.0 for never.

    `mistake` is the message that the current step shows now, "" for none, and was last made at `mistake_at`;
    `mistake_counts`, `hint_count` and `retried` (a command was typed since that mistake) cover the current visit to the
    step. `durations` has the seconds that each passed step took. `messages` are the instructor's unread ones,
    `sent_texts` all that were sent in this run of the lesson, read or not.
    """

    lesson: str = ""
    step: str = ""
    arrived_at: float = 0.0
    active_at: float = 0.0
    command: str = ""
    command_at: float = 0.0
    retried: bool = False
    mistake: str = ""
    mistake_at: float = 0.0
    mistake_counts: Mapping[str, int] = field(default_factory=_no_counts)
    hint_count: int = 0
    hint_at: float = 0.0
    last_passed: StepKey = ("", "")
    last_passed_at: float = 0.0
    passed: frozenset[StepKey] = frozenset()
    durations: Mapping[StepKey, float] = field(default_factory=lambda: MappingProxyType({}))
    help_requested_at: float = 0.0
    help_seen: bool = False
    messages: tuple[InstructorMessage, ...] = ()
    sent_texts: frozenset[tuple[StepKey, str]] = frozenset()

    @property
    def step_key(self) -> StepKey:
        """The current lesson and step."""
        return self.lesson, self.step

    @property
    def mistake_count(self) -> int:
        """How often the current mistake was made in this visit to the step."""
        return self.mistake_counts.get(self.mistake, 0)

    @property
    def done(self) -> bool:
        """Whether there is nothing to do here: the lesson is done, or the current step has already passed."""
        return bool(self.lesson) and (not self.step or self.step_key in self.passed)


def fold_activities(activities: Iterable[Activity]) -> dict[str, LearnerProgress]:
    """Return the progress of every learner who has an activity, in the order of their first ones."""
    progress: dict[str, LearnerProgress] = {}
    for activity in activities:
        before = progress.get(activity.learner, LearnerProgress())
        progress[activity.learner] = apply_activity(before, activity)
    return progress


def apply_activity(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    """Return the progress after one more activity."""
    if activity.kind in LEARNER_KINDS or activity.kind == "help":
        progress = _mark_active(progress, activity)
    is_current = _step_key(activity) == progress.step_key
    match activity.kind:
        case "opened" | "turned":
            return progress if is_current else _come_to_step(progress, activity)  # a reloaded page is not a new visit
        case "command":
            return replace(progress, command=activity.text, command_at=activity.at, retried=True)
        case "mistake":
            return _add_mistake(progress, activity) if is_current else progress
        case "mended":
            return replace(progress, mistake="") if is_current else progress
        case "hint":
            return _add_hint(progress, activity) if is_current else progress
        case "passed":
            return _pass_step(progress, activity)
        case "again":
            return _reset_lesson(progress, activity)
        case "help" | "seen" | "settled":
            return _change_help(progress, activity)
        case "told":
            return _add_message(progress, activity)
        case "read":
            unread = tuple(message for message in progress.messages if message.id != activity.text)
            return replace(progress, messages=unread)
        case _:
            return progress


def message_id(activity: Activity) -> str:
    """Return the id by which the learner's page dismisses the message."""
    return f"{activity.at:.6f}"


def _step_key(activity: Activity) -> StepKey:
    return activity.lesson, activity.step


def _mark_active(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    """Note that the learner is at work. An absence does not count as time at the step."""
    gap = activity.at - progress.active_at
    absent = bool(progress.active_at) and gap > ABSENCE
    arrived_at = progress.arrived_at + gap if absent else progress.arrived_at
    return replace(progress, arrived_at=arrived_at, active_at=max(progress.active_at, activity.at))


def _come_to_step(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    moved = replace(progress, lesson=activity.lesson, step=activity.step, arrived_at=activity.at)
    return replace(moved, retried=False, mistake="", mistake_at=0.0, mistake_counts=_no_counts(), hint_count=0)


def _add_mistake(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    """Count the same mistake again only if a command was typed in between: only then it is another try."""
    again = progress.retried and activity.at > progress.mistake_at + RETRY_INTERVAL
    if activity.text in progress.mistake_counts and not again:
        return replace(progress, mistake=activity.text)
    count = progress.mistake_counts.get(activity.text, 0) + 1
    counts = MappingProxyType({**progress.mistake_counts, activity.text: count})
    return replace(progress, mistake=activity.text, mistake_counts=counts, mistake_at=activity.at, retried=False)


def _add_hint(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    if activity.at <= progress.hint_at:
        return progress
    return replace(progress, hint_count=progress.hint_count + 1, hint_at=activity.at)


def _pass_step(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    step, durations = _step_key(activity), progress.durations
    if step == progress.step_key and step not in progress.passed:
        durations = MappingProxyType({**durations, step: max(0.0, activity.at - progress.arrived_at)})
    mistake = "" if step == progress.step_key else progress.mistake
    updated = replace(progress, passed=progress.passed | {step}, durations=durations, mistake=mistake)
    return replace(updated, last_passed=step, last_passed_at=activity.at)


def _reset_lesson(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    passed = frozenset(step for step in progress.passed if step[0] != activity.lesson)
    sent = frozenset(sent_text for sent_text in progress.sent_texts if sent_text[0][0] != activity.lesson)
    return replace(progress, passed=passed, sent_texts=sent, mistake="", mistake_counts=_no_counts())


def _change_help(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    if activity.kind == "help":
        requested_at = progress.help_requested_at
        return progress if requested_at else replace(progress, help_requested_at=activity.at, help_seen=False)
    if activity.kind == "seen":
        return replace(progress, help_seen=bool(progress.help_requested_at))
    return replace(progress, help_requested_at=0.0, help_seen=False)


def _add_message(progress: LearnerProgress, activity: Activity) -> LearnerProgress:
    message = InstructorMessage(message_id(activity), activity.at, activity.lesson, activity.step, activity.text)
    progress = replace(progress, sent_texts=progress.sent_texts | {(_step_key(activity), activity.text)})
    if message in progress.messages:
        return progress
    return replace(progress, messages=(*progress.messages, message)[-MAX_UNREAD:])
