"""Recordings for playback: the messages that a page would have received, and the terminal's output, on one clock.

The messages of a proof record go through the same `session.step` as live ones, in the order of their times, and the
effects become messages to a page. Pure: the caller provides the proof record and the asciicast.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from slipway.core.lessons.checks import PASSED
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.messages import (
    EventReceived,
    LessonOpened,
    LessonReset,
    Message,
    PublishEvent,
    PublishStep,
    StepSelected,
    Ticked,
)
from slipway.core.payloads import step_payload, story_payload
from slipway.core.recordings.asciicast import Cast, TimedText
from slipway.core.recordings.proof import ProofRecord
from slipway.core.session import Session, step

END_PAUSE = 1.5  # seconds that a recording goes on after its last change
START_PAUSE = 1.0  # seconds before anything happens
READING_TIME = (1.5, 0.3, 4.0)  # seconds to read a command's output: minimum, per line, maximum
PROMPT_END = "\x1b]133;B"  # the shell's mark at the end of its prompt (OSC 133): it waits for a command
VERDICT_LABELS = {"passed": "passed", "not-yet": "not yet", "cannot-tell": "cannot tell", "skipped": "skipped"}


@dataclass(frozen=True)
class ServerMessage:
    """A message from the server to a page at a moment (seconds since the epoch): `story` or `step`."""

    at: float
    name: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class RecordedMessages:
    """All messages of a proof record, in order of time: those before the step starts at `starts_at`, and the others."""

    starts_at: float
    before: tuple[ServerMessage, ...]
    during: tuple[ServerMessage, ...]

    @property
    def all(self) -> tuple[ServerMessage, ...]:
        """Every message, in order of time."""
        return self.before + self.during


def replay_messages(lesson: Lesson, record: ProofRecord) -> RecordedMessages:
    """Send the record through a session, and return what it would have sent to a page."""
    sent: list[ServerMessage] = []
    starts_at, now, before = 0.0, 0.0, 0
    session, _ = step(Session(), LessonOpened(lesson, 0.0, {}))
    for message in _in_order_of_time(record.messages):
        now = max(now, _time(message))
        if isinstance(message, StepSelected | LessonReset):
            starts_at, before = now, len(sent)
        session, effects = step(session, message)
        for effect in effects:
            if isinstance(effect, PublishEvent):
                sent.append(ServerMessage(now, "story", story_payload(effect)))
            elif isinstance(effect, PublishStep):
                sent.append(ServerMessage(now, "step", step_payload(effect)))
    return RecordedMessages(starts_at, tuple(sent[:before]), tuple(sent[before:]))


def markers(lesson: Lesson, record: ProofRecord) -> tuple[TimedText, ...]:
    """Return a marker for each verdict: each step that passes, and each text of the step itself once it has begun."""
    messages = replay_messages(lesson, record)
    found: list[TimedText] = []
    last: dict[str, str] = {}
    for index, message in enumerate(messages.all):
        if message.name != "step":
            continue
        slug, value, why = (message.payload[key] for key in ("step", "verdict", "why"))
        label = f"{VERDICT_LABELS[value]}: {_title(lesson, slug) if value == PASSED else why}"
        of_the_step = slug == record.step and index >= len(messages.before)
        if (value == PASSED or of_the_step) and last.get(slug) != label:
            last[slug] = label
            found.append((message.at, label))
    return tuple(found)


def recording_payload(lesson: Lesson, step: Step, record: ProofRecord, cast: Cast) -> dict[str, Any]:
    """Return the recording of a step as a page plays it (docs/architecture.md); seconds count from its start."""
    messages = replay_messages(lesson, record)
    start = _start(messages.starts_at, cast)
    end = max([start, *(at for at, _ in cast.output), *(each.at for each in messages.all)]) + END_PAUSE
    pauses = ((start, START_PAUSE), *_reading_pauses(start, cast, messages.all))
    return {
        "lesson": lesson.slug,
        "step": step.slug,
        "title": step.title,
        "scene": lesson.scene,
        "begins": start,
        "seconds": round(end - start, 3),
        "cols": cast.cols,
        "rows": cast.rows,
        "told": [[round(each.at - start, 6), each.name, each.payload] for each in messages.all],
        "screen": [[round(at - start, 3), text] for at, text in cast.output],
        "pauses": [[round(at - start, 3), seconds] for at, seconds in pauses],
        "markers": [[round(at - start, 3), text] for at, text in cast.markers if at >= messages.starts_at],
    }


def _start(step_starts_at: float, cast: Cast) -> float:
    """Return when playback starts: with the step, once the prompt is shown, and not long before the next output."""
    prompt, *rest = [at for at, _ in cast.output] or [step_starts_at]
    following = [at for at in rest if at >= step_starts_at]
    return max(step_starts_at, prompt, following[0] - END_PAUSE if following else step_starts_at)


def _reading_pauses(start: float, cast: Cast, messages: tuple[ServerMessage, ...]) -> Iterator[tuple[float, float]]:
    """Yield pauses in which a viewer can read: between two commands, when the prompt is back and nothing is running.

    A prover types the next command at once. The time of a command itself, silences included, is never changed.
    """
    stories = [each for each in messages if each.name == "story"]
    typed = [each.at for each in stories if each.payload["event"]["kind"] == "CommandTyped"]
    lines = 0
    for (at, text), (following, _) in pairwise(cast.output):
        lines += text.count("\n")
        if PROMPT_END not in text:
            continue
        minimum, per_line, maximum = READING_TIME
        until = min([following, *(time for time in typed if time > at)])
        if until > start:
            yield until - 0.001, round(min(maximum, minimum + per_line * lines), 1)
        lines = 0


def _in_order_of_time(messages: tuple[Message, ...]) -> Iterator[Message]:
    """Sort the messages by time between the prover's own ones.

    The shell's marks and the journal arrive by different ways, and either may be late. The prover's own messages
    (reset, select) stay where they are, because it had waited for everything before them.
    """
    boundaries = [at for at, message in enumerate(messages) if isinstance(message, StepSelected | LessonReset)]
    for first, after in pairwise([0, *boundaries, len(messages)]):
        yield from sorted(messages[first:after], key=_sort_key)


def _sort_key(message: Message) -> float:
    return -math.inf if isinstance(message, StepSelected | LessonReset) else _time(message)


def _time(message: Message) -> float:
    match message:
        case EventReceived(event):
            return event.at
        case Ticked(at) | LessonReset(at):
            return at
        case _:
            return -math.inf


def _title(lesson: Lesson, slug: str) -> str:
    return next((step.title for step in lesson.steps if step.slug == slug), slug)
