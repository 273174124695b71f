"""Types the transcripts in a real sandbox and records the events: `python -m tests.transcripts.play NN …`.

Plays only those without a recording, or with a wrong verdict; to play all again, remove `NN.jsonl`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from slipway.core import events as e
from slipway.core.lessons.lesson import Lesson
from slipway.core.messages import EventReceived, Message
from slipway.core.recordings.proof import ProofRecord, replay, write
from slipway.proofs import course
from slipway.proofs import prover as proving
from slipway.proofs.prover import Prover, Way
from slipway.proofs.run import open_prover
from slipway.settings import from_env
from slipway.setup.console import Console
from slipway.setup.debian import Consent
from slipway.setup.up import prepare
from tests.transcripts import FOLDER, Transcript, read_recordings, with_recordings
from tests.transcripts.verdicts import verdict_error

proving.SETTLE = 2.0  # most transcripts are wrong ones, for which waiting is useless


def main(numbers: list[int]) -> int:
    """Play the transcripts of these lessons, and return the number of wrong verdicts."""
    lessons = [lesson for lesson in course.read() if lesson.number in numbers]
    errors = 0
    settings = prepare(from_env(), Console(), Consent(True))
    with open_prover(settings, lessons) as prover:
        for lesson in lessons:
            records = []
            for transcript, known in with_recordings(lesson, read_recordings(lesson.number)):
                if known and not _has_wrong_verdict(lesson, transcript, known):
                    records.append(known)
                    continue
                record = _play(prover, lesson, transcript)
                records.append(record)
                error = verdict_error(transcript, record.verdict, record.why)
                print(f"{'✗' if error else '✓'} {lesson.number}.{transcript.step} {transcript.kind}", flush=True)
                print(f"    {transcript.commands.splitlines()[0]}\n    → {record.verdict}: {record.why}", flush=True)
                errors += bool(error)
            header = {"lesson": lesson.slug, "engine": prover.engine_version}
            (FOLDER / f"{lesson.number:02d}.jsonl").write_text(
                "\n".join(write(records, header)) + "\n", encoding="utf-8"
            )
    return errors


def _has_wrong_verdict(lesson: Lesson, transcript: Transcript, known: ProofRecord) -> bool:
    verdict = replay(lesson, known)
    return bool(verdict_error(transcript, verdict.value, verdict.why))


def _play(prover: Prover, lesson: Lesson, transcript: Transcript) -> ProofRecord:
    step = lesson.steps[transcript.step - 1]
    outcome = prover.try_way(lesson, step, Way(transcript.kind, transcript.commands))
    return replace(outcome.record, messages=tuple(_without_pings(outcome.record.messages)))


def _without_pings(messages: tuple[Message, ...]) -> Iterator[Any]:
    """Drop the pings, which are half of a recording and of no interest."""
    pings = ("system.ping",)
    for message in messages:
        event = message.event if isinstance(message, EventReceived) else None
        if not (isinstance(event, e.CallStarted | e.CallEnded) and event.name in pings):
            yield message


if __name__ == "__main__":
    sys.exit(main([int(number) for number in sys.argv[1:]]))
