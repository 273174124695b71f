"""What each lesson must have: hints, other ways, mistakes, a summary and a question."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.messages import EventReceived, LessonOpened, LessonReset, StepSelected
from slipway.core.recordings.proof import ProofRecord, read
from slipway.core.session import Session, step
from slipway.proofs import course
from tests.core.conftest import LESSONS

COURSE = course.read()
STEPS = [pytest.param(lesson, one, id=f"{lesson.number:02d}-{one.number}") for lesson in COURSE for one in lesson.steps]
NAMES = re.compile(r"--name[ =](\S+)|docker (?:container )?rename \S+ (\S+)")
STAGING = 8.0  # seconds that an audience may wait for a stage


@pytest.mark.parametrize("lesson", COURSE, ids=[lesson.slug for lesson in COURSE])
def test_lesson_has_a_summary_and_one_question(lesson: Lesson) -> None:
    assert lesson.remember
    assert len(lesson.questions) == 1


@pytest.mark.parametrize("lesson", COURSE, ids=[lesson.slug for lesson in COURSE])
def test_lesson_uses_container_names_of_its_own(lesson: Lesson) -> None:
    """Containers are left behind, so that a name of another lesson could be taken."""
    taken = {name: other.slug for other in COURSE if other is not lesson for name in names(other)}
    assert not {name: taken[name] for name in names(lesson) if name in taken}


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_step_has_mistakes_ways_hints_and_notes(lesson: Lesson, one: Step) -> None:
    assert len(one.common_mistakes) >= 3
    assert len(one.ways) >= 2
    assert one.hints
    assert one.notes


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_mistakes_have_distinct_short_names(lesson: Lesson, one: Step) -> None:
    shorts = [mistake.mistake.short for mistake in one.common_mistakes]
    assert all(shorts)
    assert len(set(shorts)) == len(shorts)


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_solution_never_shows_a_mistake(lesson: Lesson, one: Step) -> None:
    slips = {mistake.mistake.say for mistake in one.common_mistakes}
    assert not slips.intersection(texts_of(lesson, solution(lesson, one)))


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_stage_takes_only_seconds(lesson: Lesson, one: Step) -> None:
    """According to the recorded proofs, bringing an engine to the step takes no longer than an audience may wait."""
    assert staging(solution(lesson, one)) < STAGING, "a `stage` block that is shorter than the steps before"


def names(lesson: Lesson) -> set[str]:
    """Return the names that its texts and solutions give to containers."""
    commands = "\n".join(block for one in lesson.steps for block in (*one.blocks, one.solution))
    return {made or renamed for made, renamed in NAMES.findall(commands)}


def solution(lesson: Lesson, one: Step) -> ProofRecord:
    path = LESSONS / lesson.slug / "proof" / f"{one.number:02d}-{one.slug}.jsonl"
    return next(record for record in read(path.read_text(encoding="utf-8").splitlines()) if record.kind == "solution")


def texts_of(lesson: Lesson, record: ProofRecord) -> Iterator[str]:
    """Yield the texts of the step from when it begins."""
    session, _ = step(Session(), LessonOpened(lesson, 0.0, {}))
    begun = record.step == lesson.steps[0].slug
    for message in record.messages:
        session, _ = step(session, message)
        begun = begun or isinstance(message, StepSelected)
        if begun:
            yield session.verdict(record.step).why


def staging(record: ProofRecord) -> float:
    """Return the seconds from the start of the lesson until the start of the step."""
    began, now = 0.0, 0.0
    for message in record.messages:
        match message:
            case LessonReset(since):
                began = now = since
            case StepSelected():
                return now - began
            case EventReceived(event):
                now = max(now, event.at)
            case _:
                pass
    return 0.0
