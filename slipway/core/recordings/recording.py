"""Recordings to be shown: what a page would have been told during a play, and what its terminal showed, on one clock.

The play's messages go through the same `session.step` as live ones, in the order of their times, and what comes out is
what a page is told. Pure; whoever asks brings the proof and the asciicast.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from slipway.core import payloads
from slipway.core.lessons.checks import PASSED
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.messages import Cleared, Happened, Message, Opened, Show, Tell, Ticked, Turned
from slipway.core.recordings.asciicast import Cast, Shown
from slipway.core.recordings.proof import ProofRecord
from slipway.core.session import Session, step

TAIL = 1.5  # seconds that a recording goes on after the last thing in it, to be looked at
LEAD = 1.0  # seconds of stillness before anything happens
READING = (1.5, 0.3, 4.0)  # seconds to read what a command said: at least, more for each line, at most
PROMPT = "\x1b]133;B"  # the shell's mark at the end of its prompt: it waits for a command
SIGNS = {"passed": "passed", "not-yet": "not yet", "cannot-tell": "cannot tell", "skipped": "skipped"}


@dataclass(frozen=True)
class ServerMessage:
    """What a page is told at a moment (seconds since the epoch): `story` or `step`, with its payload."""

    at: float
    name: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class RecordedStep:
    """All that a page is told during a play, in order of time: `before` the step begins at `begins`, and `after`."""

    begins: float
    before: tuple[ServerMessage, ...]
    after: tuple[ServerMessage, ...]


def listen(lesson: Lesson, play: ProofRecord) -> RecordedStep:
    """The play, sent through a session of its own."""
    said: list[ServerMessage] = []
    begins, now, border = 0.0, 0.0, 0
    session, _ = step(Session(), Opened(lesson, 0.0, {}))
    for message in _in_time(play.messages):
        now = max(now, _time(message))
        if isinstance(message, Turned | Cleared):
            begins, border = now, len(said)
        session, effects = step(session, message)
        for effect in effects:
            if isinstance(effect, Show):
                said.append(ServerMessage(now, "story", payloads.story(effect)))
            elif isinstance(effect, Tell):
                said.append(ServerMessage(now, "step", payloads.step(effect)))
    return RecordedStep(begins, tuple(said[:border]), tuple(said[border:]))


def markers(lesson: Lesson, play: ProofRecord) -> tuple[Shown, ...]:
    """A marker at each verdict: whatever passes, and each thing that is said of the step itself once it has begun."""
    heard = listen(lesson, play)
    found: list[Shown] = []
    last: dict[str, str] = {}
    for place, one in enumerate(heard.before + heard.after):
        if one.name != "step":
            continue
        slug, value, why = (one.payload[key] for key in ("step", "verdict", "why"))
        label = f"{SIGNS[value]}: {_title(lesson, slug) if value == PASSED else why}"
        of_the_step = slug == play.step and place >= len(heard.before)
        if (value == PASSED or of_the_step) and last.get(slug) != label:
            last[slug] = label
            found.append((one.at, label))
    return tuple(found)


def page(lesson: Lesson, one: Step, play: ProofRecord, cast: Cast) -> dict[str, Any]:
    """The recording of a step as a page plays it (docs/architecture.md): seconds count from when the step begins."""
    heard = listen(lesson, play)
    said = heard.before + heard.after
    begins = _curtain(heard.begins, cast)
    ends = max([begins, *(at for at, _ in cast.output), *(each.at for each in said)]) + TAIL
    return {
        "lesson": lesson.slug,
        "step": one.slug,
        "title": one.title,
        "scene": lesson.scene,
        "begins": begins,
        "seconds": round(ends - begins, 3),
        "cols": cast.cols,
        "rows": cast.rows,
        "told": [[round(each.at - begins, 6), each.name, each.payload] for each in said],
        "screen": [[round(at - begins, 3), text] for at, text in cast.output],
        "pauses": [[round(at - begins, 3), seconds] for at, seconds in ((begins, LEAD), *_pauses(begins, cast, said))],
        "markers": [[round(at - begins, 3), text] for at, text in cast.markers if at >= heard.begins],
    }


def _curtain(began: float, cast: Cast) -> float:
    """The moment at which a recording begins: with the step, when the prompt stands there, and not long before the
    terminal shows anything after that."""
    prompt, *rest = [at for at, _ in cast.output] or [began]
    following = [at for at in rest if at >= began]
    return max(began, prompt, following[0] - TAIL if following else began)


def _pauses(begins: float, cast: Cast, said: tuple[ServerMessage, ...]) -> Iterator[tuple[float, float]]:
    """Where a viewer is given time to read: between two commands, when the prompt is back and nothing goes on. A proof
    types the next command at once; a command itself, with all its silences, is never stretched or cut."""
    typed = [each.at for each in said if each.name == "story" and each.payload["event"]["kind"] == "CommandTyped"]
    lines = 0
    for (at, text), (following, _) in pairwise(cast.output):
        lines += text.count("\n")
        if PROMPT not in text:
            continue
        least, more, most = READING
        until = min([following, *(one for one in typed if one > at)])
        if until > begins:
            yield until - 0.001, round(min(most, least + more * lines), 1)
        lines = 0


def _in_time(messages: tuple[Message, ...]) -> Iterator[Message]:
    """The messages in the order of their times: the shell's marks come by another way than the journal, and either may
    be late. What the prover itself did (clearing, turning) stays where it was, for it had waited for all before it."""
    borders = [at for at, one in enumerate(messages) if isinstance(one, Turned | Cleared)]
    for first, after in pairwise([0, *borders, len(messages)]):
        yield from sorted(messages[first:after], key=_place)


def _place(message: Message) -> float:
    return -math.inf if isinstance(message, Turned | Cleared) else _time(message)


def _time(message: Message) -> float:
    match message:
        case Happened(event):
            return event.at
        case Ticked(at) | Cleared(at):
            return at
        case _:
            return -math.inf


def _title(lesson: Lesson, slug: str) -> str:
    return next((one.title for one in lesson.steps if one.slug == slug), slug)
