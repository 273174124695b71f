"""Command sequences that are not in the lessons, recorded on a real engine and replayed here: no wrong one may pass, no
right one may fail. tests/transcripts has them."""

from __future__ import annotations

import pytest

from slipway.core.lessons.lesson import Lesson
from slipway.core.recordings.proof import ProofRecord, replay
from slipway.proofs import course
from tests import transcripts
from tests.transcripts import Transcript
from tests.transcripts.verdicts import verdict_error

LESSONS = {lesson.number: lesson for lesson in course.read()}


CASES = [
    pytest.param(lesson, transcript, record, id=f"{number:02d}-{transcript.step}-{at}-{transcript.kind}")
    for number, lesson in sorted(LESSONS.items())
    for at, (transcript, record) in enumerate(transcripts.with_recordings(lesson, transcripts.read_recordings(number)))
]


@pytest.mark.parametrize(("lesson", "transcript", "record"), CASES)
def test_transcript_gets_the_expected_verdict(
    lesson: Lesson, transcript: Transcript, record: ProofRecord | None
) -> None:
    assert record, f"python -m tests.transcripts.play {lesson.number}"
    verdict = replay(lesson, record)
    assert not verdict_error(transcript, verdict.value, verdict.why), transcript.commands


@pytest.mark.parametrize("number", sorted(LESSONS))
def test_wrong_transcripts_have_an_expected_word(number: int) -> None:
    assert not [one.commands for one in transcripts.read(number) if not one.right and not one.word]
