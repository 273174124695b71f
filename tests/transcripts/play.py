"""Types the transcripts on a real sandbox, and records what happened: `python -m tests.transcripts.play NN …`.

Only what has no recording yet, or is judged wrong by its recording; to play all anew, remove `NN.jsonl`.
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
from slipway.proofs.prover import Prover
from slipway.proofs.run import open_prover
from slipway.settings import from_env
from slipway.setup.console import Console
from slipway.setup.debian import Consent
from slipway.setup.up import prepare
from tests.transcripts import HERE, Transcript, pairs, recorded
from tests.transcripts.verdicts import wrong_with

proving.SETTLE = 2.0  # most ways here are wrong ones, and nothing comes of waiting for them


def main(numbers: list[int]) -> int:
    """The number of ways that went wrong."""
    lessons = [lesson for lesson in course.read() if lesson.number in numbers]
    bad = 0
    settings = prepare(from_env(), Console(), Consent(True))
    with open_prover(settings, lessons) as prover:
        for lesson in lessons:
            plays = []
            for transcript, known in pairs(lesson, recorded(lesson.number)):
                if known and not _bad(lesson, transcript, known):
                    plays.append(known)
                    continue
                play = _play(prover, lesson, transcript)
                plays.append(play)
                wrong = wrong_with(transcript, play.verdict, play.why)
                print(f"{'✗' if wrong else '✓'} {lesson.number}.{transcript.step} {transcript.kind}", flush=True)
                print(f"    {transcript.commands.splitlines()[0]}\n    → {play.verdict}: {play.why}", flush=True)
                bad += bool(wrong)
            head = {"lesson": lesson.slug, "engine": prover.engine_version}
            (HERE / f"{lesson.number:02d}.jsonl").write_text("\n".join(write(plays, head)) + "\n", encoding="utf-8")
    return bad


def _bad(lesson: Lesson, transcript: Transcript, known: ProofRecord) -> bool:
    verdict = replay(lesson, known)
    return bool(wrong_with(transcript, verdict.value, verdict.why))


def _play(prover: Prover, lesson: Lesson, transcript: Transcript) -> ProofRecord:
    step = lesson.steps[transcript.step - 1]
    outcome = prover.try_way(lesson, step, transcript.kind, transcript.commands, "")
    return replace(outcome.record, messages=tuple(_told(outcome.record.messages)))


def _told(messages: tuple[Message, ...]) -> Iterator[Any]:
    """Without the pings, which make up half of a recording and say nothing."""
    pings = ("system.ping",)
    for message in messages:
        event = message.event if isinstance(message, EventReceived) else None
        if not (isinstance(event, e.CallStarted | e.CallEnded) and event.name in pings):
            yield message


if __name__ == "__main__":
    sys.exit(main([int(number) for number in sys.argv[1:]]))
