"""Proofs: what was played for a step, message by message, and what the lab made of it. Pure.

A proof file has one JSON object a line: a head, and for each play its own head, its messages, and the verdict at the
end. `replay` sends the messages through the same `session.step` as live ones; no consumer can tell the two apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from slipway.core import event_codec
from slipway.core.lessons.checks import Verdict
from slipway.core.lessons.lesson import Lesson
from slipway.core.messages import Cleared, Happened, Message, Opened, Ticked, Turned
from slipway.core.session import Session, step


@dataclass(frozen=True)
class ProofRecord:
    """One way to do (or to miss) a step. `kind` is solution, way or mistake; `why` is the sentence at the end."""

    step: str
    kind: str
    commands: str
    messages: tuple[Message, ...]
    verdict: str
    why: str = ""


def replay(lesson: Lesson, play: ProofRecord) -> Verdict:
    """The verdict that the lab reaches today over what was recorded then."""
    session = Session()
    session, _ = step(session, Opened(lesson, 0.0, {}))
    for message in play.messages:
        session, _ = step(session, message)
    return session.verdict(play.step)


def write(plays: Iterable[ProofRecord], head: dict[str, Any]) -> Iterator[str]:
    """The lines of a proof file."""
    yield json.dumps({"proof": 1} | head, ensure_ascii=False)
    for play in plays:
        yield json.dumps({"play": play.kind, "step": play.step, "commands": play.commands}, ensure_ascii=False)
        for message in play.messages:
            yield json.dumps(_encode(message), ensure_ascii=False)
        yield json.dumps({"verdict": play.verdict, "why": play.why}, ensure_ascii=False)


def read(lines: Iterable[str]) -> list[ProofRecord]:
    """The plays of a proof file. Raises ValueError for what is no proof."""
    first, *rest = [json.loads(line) for line in lines] or [None]
    if not isinstance(first, dict) or first.get("proof") != 1:
        raise ValueError('a proof file begins with a line that says so: {"proof": 1, …}')
    plays: list[ProofRecord] = []
    messages: list[Message] = []
    head: dict[str, Any] = {}
    for said in rest:
        match said:
            case {"play": _, "step": _, "commands": _}:
                head, messages = said, []
            case {"verdict": verdict, "why": why} if head:
                plays.append(ProofRecord(head["step"], head["play"], head["commands"], tuple(messages), verdict, why))
                head = {}
            case _ if head:
                messages.append(_decode(said))
            case _:
                raise ValueError(f"outside of a play: {said!r}")
    if head:
        raise ValueError(f"a play without a verdict: {head['commands']}")
    return plays


def _encode(message: Message) -> dict[str, Any]:
    match message:
        case Happened(event):
            return {"event": event_codec.encode(event)}
        case Turned(slug):
            return {"turned": slug}
        case Ticked(at):
            return {"ticked": at}
        case Cleared(since):
            return {"cleared": since}
        case _:
            raise ValueError(f"{type(message).__name__} has no place in a proof")


def _decode(said: object) -> Message:
    match said:
        case {"event": event}:
            return Happened(event_codec.decode(event))
        case {"turned": slug}:
            return Turned(slug)
        case {"ticked": at}:
            return Ticked(at)
        case {"cleared": since}:
            return Cleared(since)
        case _:
            raise ValueError(f"no message: {said!r}")
