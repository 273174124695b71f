"""What each lesson owes to whoever takes it: hints, other ways, mistakes that were thought of, last words."""

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
STAGING = 8.0  # seconds that an audience waits for a stage to be set


@pytest.mark.parametrize("lesson", COURSE, ids=[lesson.slug for lesson in COURSE])
def test_a_lesson_leaves_one_thing_to_remember_and_one_to_think_about(lesson: Lesson) -> None:
    assert lesson.remember
    assert len(lesson.questions) == 1


@pytest.mark.parametrize("lesson", COURSE, ids=[lesson.slug for lesson in COURSE])
def test_a_lesson_gives_its_containers_names_that_no_other_lesson_gives(lesson: Lesson) -> None:
    """They are left behind: whoever goes on to another lesson would find the name taken."""
    taken = {name: other.slug for other in COURSE if other is not lesson for name in names(other)}
    assert not {name: taken[name] for name in names(lesson) if name in taken}


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_a_step_is_thought_of_from_all_sides(lesson: Lesson, one: Step) -> None:
    assert len(one.common_mistakes) >= 3
    assert len(one.ways) >= 2
    assert one.hints
    assert one.notes


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_a_mistake_has_a_name_of_its_own_on_the_wall(lesson: Lesson, one: Step) -> None:
    shorts = [mistake.mistake.short for mistake in one.common_mistakes]
    assert all(shorts)
    assert len(set(shorts)) == len(shorts)


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_whoever_does_what_the_lesson_says_is_never_told_of_a_mistake(lesson: Lesson, one: Step) -> None:
    slips = {mistake.mistake.say for mistake in one.common_mistakes}
    assert not slips.intersection(said_on_the_way(lesson, solution(lesson, one)))


@pytest.mark.parametrize(("lesson", "one"), STEPS)
def test_a_stage_is_set_in_seconds(lesson: Lesson, one: Step) -> None:
    """By the recorded plays: what brings an engine to the step took no longer than an audience waits."""
    assert staging(solution(lesson, one)) < STAGING, "a `stage` block that is shorter than the steps before"


def names(lesson: Lesson) -> set[str]:
    """What its texts and its solutions call the containers that they make."""
    commands = "\n".join(block for one in lesson.steps for block in (*one.blocks, one.solution))
    return {made or renamed for made, renamed in NAMES.findall(commands)}


def solution(lesson: Lesson, one: Step) -> ProofRecord:
    path = LESSONS / lesson.slug / "proof" / f"{one.number:02d}-{one.slug}.jsonl"
    return next(play for play in read(path.read_text(encoding="utf-8").splitlines()) if play.kind == "solution")


def said_on_the_way(lesson: Lesson, play: ProofRecord) -> Iterator[str]:
    """What the step says from when it begins."""
    session, _ = step(Session(), LessonOpened(lesson, 0.0, {}))
    begun = play.step == lesson.steps[0].slug
    for message in play.messages:
        session, _ = step(session, message)
        begun = begun or isinstance(message, StepSelected)
        if begun:
            yield session.verdict(play.step).why


def staging(play: ProofRecord) -> float:
    """Seconds from when the lesson was begun until the step was."""
    began, now = 0.0, 0.0
    for message in play.messages:
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
