"""Recordings: the journal and the terminal of each step on one clock, as the messages that a live page receives."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.core.messages import EventReceived, LessonReset, Message, StepSelected, Ticked
from slipway.core.recordings import asciicast as casts
from slipway.core.recordings import recording
from slipway.core.recordings.asciicast import Cast
from slipway.core.recordings.proof import ProofRecord, read, replay
from tests.core.conftest import LESSONS
from tests.core.session_driver import LESSON, SessionDriver

PROMPT = "\x1b]133;A\x07$ \x1b]133;B\x07"
CASTS = sorted(LESSONS.glob("*/proof/*.cast"))


@cache
def lesson_of(folder: Path) -> Lesson:
    return parse(folder.name, (folder / "lesson.md").read_text(encoding="utf-8"))


def recorded(path: Path) -> tuple[Lesson, ProofRecord, Cast]:
    lesson = lesson_of(path.parent.parent)
    records = read(path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines())
    record = next(one for one in records if one.kind == "solution")
    return lesson, record, casts.read(path.read_text(encoding="utf-8"))


def example() -> ProofRecord:
    """A container is created at the first step, as the second step needs it."""
    driver = SessionDriver().receive_events().open()
    driver.create_container()
    events: list[Message] = [EventReceived(event) for event in driver.engine.events]
    return ProofRecord(
        "start",
        "solution",
        "docker start x",
        (*events, StepSelected("start"), Ticked(driver.engine.now + 5)),
        "not-yet",
    )


def all_messages(lesson: Lesson, record: ProofRecord) -> tuple[recording.ServerMessage, ...]:
    return recording.replay_messages(lesson, record).all


def payload(record: ProofRecord, *output: tuple[float, str]) -> dict[str, Any]:
    step = LESSON.step(record.step)
    assert step is not None
    return recording.recording_payload(
        LESSON, step, record, Cast("t", 80, 24, output, recording.markers(LESSON, record))
    )


def test_recording_has_the_messages_of_a_live_session() -> None:
    messages = all_messages(LESSON, example())
    stories = [one for one in messages if one.name == "story"]
    assert [one.payload["seq"] for one in stories] == list(range(1, len(stories) + 1))
    assert all(one.payload["event"]["at"] == one.at for one in stories)
    assert stories[-1].payload["world"]["containers"]
    steps = [one.payload for one in messages if one.name == "step"]
    assert {"lesson", "step", "current", "offer", "verdict", "evidence", "why"} == set(steps[0])
    assert ("make", "passed") in {(one["step"], one["verdict"]) for one in steps}


def test_late_shell_mark_is_placed_at_its_own_time() -> None:
    driver = SessionDriver().receive_events().open()
    driver.create_container()
    late = e.CommandFinished(driver.engine.events[1].at, 1, 0)
    happened = tuple(EventReceived(event) for event in driver.engine.events)
    messages = all_messages(LESSON, ProofRecord("make", "solution", "", (*happened, EventReceived(late)), "passed"))
    times = [one.at for one in messages]
    assert times == sorted(times)
    assert next(one.at for one in messages if one.payload.get("event", {}).get("kind") == "CommandFinished") == late.at


def test_each_verdict_has_one_marker() -> None:
    marks = [text for _, text in recording.markers(LESSON, example())]
    assert marks == ["passed: Make", "not yet: Start it."]


def test_messages_before_the_step_have_negative_times() -> None:
    record = example()
    starts_at = recording.replay_messages(LESSON, record).starts_at
    shown = payload(record, (starts_at - 3, "before"), (starts_at + 2, PROMPT), (starts_at + 9, "after"))
    assert shown["screen"][0][0] < 0 < shown["screen"][1][0]
    assert shown["screen"][1][0] == pytest.approx(recording.END_PAUSE, abs=0.01)
    assert [text for _, text in shown["markers"]] == ["not yet: Start it."]
    assert shown["seconds"] == pytest.approx(shown["screen"][-1][0] + recording.END_PAUSE, abs=0.01)


def test_recording_without_a_terminal_starts_with_its_step() -> None:
    record = ProofRecord(
        "make", "solution", "", (LessonReset(5.0), EventReceived(e.EngineSeen(6.0, "26.1"))), "not-yet"
    )
    shown = payload(record)
    assert (shown["begins"], shown["seconds"]) == (5.0, 1.0 + recording.END_PAUSE)
    assert shown["pauses"] == [[0.0, recording.START_PAUSE]]


def test_reading_pauses_are_between_commands_only() -> None:
    typed = (EventReceived(e.CommandTyped(8.9, 1, "docker ps")), EventReceived(e.CommandTyped(14.0, 1, "docker ps -a")))
    record = ProofRecord("make", "solution", "", (LessonReset(5.0), *typed), "not-yet")
    shown = payload(
        record,
        *((3.0, PROMPT), (4.0, PROMPT), (9.0, "docker ps\r\n"), (9.1, "one\r\n" * 30), (9.2, PROMPT)),
        *((14.2, "docker ps -a\r\n"), (14.3, PROMPT)),
    )
    ((start, lead), (first, least), (second, most)) = shown["pauses"]
    assert (start, lead, least, most) == (
        0.0,
        recording.START_PAUSE,
        recording.READING_TIME[0],
        recording.READING_TIME[2],
    )
    starts_at = shown["begins"]
    assert starts_at + first < 9.0
    assert starts_at + second == pytest.approx(14.0, abs=0.01)  # the shell reported the line before it was drawn


@pytest.mark.parametrize("path", CASTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_recordings_of_the_course_are_complete(path: Path) -> None:
    """There is a marker at each verdict, at the journal's time; and sorted by time the record ends the same."""
    lesson, record, cast = recorded(path)
    marks = recording.markers(lesson, record)
    assert [text for _, text in cast.markers] == [text for _, text in marks]
    assert [at for at, _ in cast.markers] == pytest.approx([at for at, _ in marks], abs=0.002)
    assert [at for at, _ in cast.output] == sorted(at for at, _ in cast.output)
    messages = all_messages(lesson, record)
    last = [one.payload for one in messages if one.name == "step" and one.payload["step"] == record.step][-1]
    assert (last["verdict"], replay(lesson, record).value) == ("passed", "passed")


@pytest.mark.parametrize("path", CASTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_terminal_and_journal_share_one_clock(path: Path) -> None:
    """The shell writes the time of each command into its output, which shows it within seconds and never earlier."""
    lesson, record, cast = recorded(path)
    typed = [one.payload["event"] for one in all_messages(lesson, record) if one.name == "story"]
    lines = [one for one in typed if one["kind"] == "CommandTyped"]
    assert lines
    shown = {each["at"]: at for each in lines for at, text in cast.output if f";{each['at']:.6f}\x07" in text}
    assert shown.keys() == {each["at"] for each in lines}
    assert all(-0.002 <= at - typed_at < 5 for typed_at, at in shown.items())


def test_every_step_of_the_course_has_its_recording() -> None:
    wanted = {
        f"{folder.name}/{step.number:02d}-{step.slug}"
        for folder in sorted(one for one in LESSONS.iterdir() if one.is_dir())
        for step in lesson_of(folder).steps
    }
    assert {f"{path.parent.parent.name}/{path.stem}" for path in CASTS} == wanted
