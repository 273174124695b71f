"""Proofs: the messages recorded while the commands of a step were played, and the resulting verdict. Pure.

A proof file has one JSON object a line: a header, and for each record its own header, its messages, and the final
verdict. `replay` sends the messages through the same `session.step` as live ones, so that no consumer can tell the two
apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from slipway.core import event_codec
from slipway.core.lessons.checks import Verdict
from slipway.core.lessons.lesson import Lesson
from slipway.core.messages import EventReceived, LessonOpened, LessonReset, Message, StepSelected, Ticked
from slipway.core.session import Session, step


@dataclass(frozen=True)
class ProofRecord:
    """One way to do (or to miss) a step. `kind` is solution, way or mistake; `why` is the text of the verdict."""

    step: str
    kind: str
    commands: str
    messages: tuple[Message, ...]
    verdict: str
    why: str = ""


def replay(lesson: Lesson, record: ProofRecord) -> Verdict:
    """Return the verdict that today's code reaches over the recorded messages."""
    session, _ = step(Session(), LessonOpened(lesson, 0.0, {}))
    for message in record.messages:
        session, _ = step(session, message)
    return session.verdict(record.step)


def write(records: Iterable[ProofRecord], header: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a proof file."""
    yield json.dumps({"proof": 1} | header, ensure_ascii=False)
    for record in records:
        yield json.dumps({"play": record.kind, "step": record.step, "commands": record.commands}, ensure_ascii=False)
        for message in record.messages:
            yield json.dumps(_encode(message), ensure_ascii=False)
        yield json.dumps({"verdict": record.verdict, "why": record.why}, ensure_ascii=False)


def read(lines: Iterable[str]) -> list[ProofRecord]:
    """Return the records of a proof file. Raises ValueError if it is not a valid one."""
    first, *rest = [json.loads(line) for line in lines] or [None]
    if not isinstance(first, dict) or first.get("proof") != 1:
        raise ValueError('a proof file must begin with the line {"proof": 1, …}')
    records: list[ProofRecord] = []
    messages: list[Message] = []
    header: dict[str, Any] = {}
    for line in rest:
        match line:
            case {"play": _, "step": _, "commands": _}:
                header, messages = line, []
            case {"verdict": verdict, "why": why} if header:
                step_, kind, commands = header["step"], header["play"], header["commands"]
                records.append(ProofRecord(step_, kind, commands, tuple(messages), verdict, why))
                header = {}
            case _ if header:
                messages.append(_decode(line))
            case _:
                raise ValueError(f"not inside a record: {line!r}")
    if header:
        raise ValueError(f"a record without a verdict: {header['commands']}")
    return records


def _encode(message: Message) -> dict[str, Any]:
    match message:
        case EventReceived(event):
            return {"event": event_codec.encode(event)}
        case StepSelected(slug):
            return {"turned": slug}
        case Ticked(at):
            return {"ticked": at}
        case LessonReset(at):
            return {"cleared": at}
        case _:
            raise ValueError(f"{type(message).__name__} cannot be recorded in a proof")


def _decode(line: object) -> Message:
    match line:
        case {"event": event}:
            return EventReceived(event_codec.decode(event))
        case {"turned": slug}:
            return StepSelected(slug)
        case {"ticked": at}:
            return Ticked(at)
        case {"cleared": at}:
            return LessonReset(at)
        case _:
            raise ValueError(f"not a message: {line!r}")
