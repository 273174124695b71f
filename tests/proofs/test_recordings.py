"""The recordings that `./lab prove` left beside the lessons, as the page plays them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from slipway.core.lessons.lesson import Lesson
from slipway.core.recordings import asciicast
from slipway.proofs import course
from slipway.proofs.recordings import Recordings

PREFIX = 'dispatchEvent(new CustomEvent("slipway:recording", { detail: '


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return course.read()[0]


def test_proved_step_has_a_recording(lesson: Lesson) -> None:
    recordings, step = Recordings([lesson]), lesson.steps[0]
    assert recordings.has(lesson.slug, step.slug)
    script = recordings.script(lesson.slug, step.slug)
    assert script is not None
    assert script.startswith(PREFIX)
    payload = json.loads(script.removeprefix(PREFIX).removesuffix(" }))\n"))
    assert (payload["lesson"], payload["step"], payload["scene"]) == (lesson.slug, step.slug, lesson.scene)
    assert {name for _, name, _ in payload["told"]} == {"story", "step"}
    assert payload["screen"][0][0] <= 0 < payload["screen"][1][0]
    assert payload["markers"][-1][1] == f"passed: {step.title}"


def test_terminal_recording_is_available_as_asciicast(lesson: Lesson) -> None:
    text = Recordings([lesson]).cast(lesson.slug, lesson.steps[0].slug)
    assert text is not None
    assert Recordings([lesson]).lines(lesson.slug, lesson.steps[0].slug) == text.count(r"\n")
    assert asciicast.read(text).title == f"{lesson.title}: {lesson.steps[0].title}"


def test_unproved_or_unknown_step_has_no_recording(lesson: Lesson, tmp_path: Path) -> None:
    step = lesson.steps[0].slug
    for recordings, slug, name in (
        (Recordings([lesson], tmp_path), lesson.slug, step),
        (Recordings([lesson]), lesson.slug, "none"),
        (Recordings([lesson]), "../../etc", step),
    ):
        assert recordings.lines(slug, name) is None
        assert not recordings.has(slug, name)
        assert (recordings.script(slug, name), recordings.cast(slug, name)) == (None, None)


def test_incomplete_recording_is_none(lesson: Lesson, tmp_path: Path) -> None:
    step = lesson.steps[0]
    name = f"{lesson.slug}/proof/{step.number:02d}-{step.slug}.cast"
    (tmp_path / name).parent.mkdir(parents=True)
    shutil.copy(course.LESSONS / name, tmp_path / name)
    assert not Recordings([lesson], tmp_path).has(lesson.slug, step.slug)
