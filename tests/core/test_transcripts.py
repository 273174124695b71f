"""Ways that are not in the lessons, played once on a real engine and replayed here: no wrong one may pass, no right one
may fail. What they are is in tests/transcripts."""

from __future__ import annotations

import pytest

from slipway.core.lessons.lesson import Lesson
from slipway.core.recordings.proof import ProofRecord, replay
from slipway.proofs import course
from tests import transcripts
from tests.transcripts import Transcript
from tests.transcripts.verdicts import wrong_with

LESSONS = {lesson.number: lesson for lesson in course.read()}


WAYS = [
    pytest.param(lesson, transcript, play, id=f"{number:02d}-{transcript.step}-{at}-{transcript.kind}")
    for number, lesson in sorted(LESSONS.items())
    for at, (transcript, play) in enumerate(transcripts.pairs(lesson, transcripts.recorded(number)))
]


@pytest.mark.parametrize(("lesson", "transcript", "play"), WAYS)
def test_no_wrong_way_passes_and_no_right_one_fails(
    lesson: Lesson, transcript: Transcript, play: ProofRecord | None
) -> None:
    assert play, f"python -m tests.transcripts.play {lesson.number}"
    verdict = replay(lesson, play)
    assert not wrong_with(transcript, verdict.value, verdict.why), transcript.commands


@pytest.mark.parametrize("number", sorted(LESSONS))
def test_a_wrong_way_says_what_it_should_be_told(number: int) -> None:
    assert not [one.commands for one in transcripts.read(number) if not one.right and not one.word]
