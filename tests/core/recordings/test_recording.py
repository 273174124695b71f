"""Recordings: the journal and the terminal of each step on one clock, told in the words of a live page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from slipway.core import events as e
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.core.messages import Cleared, Happened, Message, Ticked, Turned
from slipway.core.recordings import asciicast as casts
from slipway.core.recordings import recording
from slipway.core.recordings.asciicast import Cast
from slipway.core.recordings.proof import ProofRecord, read, replay
from tests.core.conftest import LESSONS
from tests.core.session_driver import LESSON, Seat

PROMPT = "\x1b]133;A\x07$ \x1b]133;B\x07"
CASTS = sorted(LESSONS.glob("*/proof/*.cast"))


@cache
def lesson_of(folder: Path) -> Lesson:
    return parse(folder.name, (folder / "lesson.md").read_text(encoding="utf-8"))


def recorded(path: Path) -> tuple[Lesson, ProofRecord, Cast]:
    lesson = lesson_of(path.parent.parent)
    plays = read(path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines())
    play = next(one for one in plays if one.kind == "solution")
    return lesson, play, casts.read(path.read_text(encoding="utf-8"))


def played() -> ProofRecord:
    """A container is made at the first step, which sets the stage of the second."""
    seat = Seat().hear().open()
    seat.make()
    events: list[Message] = [Happened(event) for event in seat.engine.events]
    return ProofRecord(
        "start", "solution", "docker start x", (*events, Turned("start"), Ticked(seat.engine.now + 5)), "not-yet"
    )


def everything(lesson: Lesson, play: ProofRecord) -> tuple[recording.ServerMessage, ...]:
    heard = recording.listen(lesson, play)
    return heard.before + heard.after


def page(play: ProofRecord, *output: tuple[float, str]) -> dict[str, Any]:
    step = LESSON.step(play.step)
    assert step is not None
    return recording.page(LESSON, step, play, Cast("t", 80, 24, output, recording.markers(LESSON, play)))


def test_a_page_is_told_what_it_would_have_been_told_live() -> None:
    said = everything(LESSON, played())
    stories = [one for one in said if one.name == "story"]
    assert [one.payload["seq"] for one in stories] == list(range(1, len(stories) + 1))
    assert all(one.payload["event"]["at"] == one.at for one in stories)
    assert stories[-1].payload["world"]["containers"]
    steps = [one.payload for one in said if one.name == "step"]
    assert {"lesson", "step", "current", "offer", "verdict", "evidence", "why"} == set(steps[0])
    assert ("make", "passed") in {(one["step"], one["verdict"]) for one in steps}


def test_a_late_mark_of_the_shell_is_told_at_its_own_time() -> None:
    seat = Seat().hear().open()
    seat.make()
    late = e.CommandFinished(seat.engine.events[1].at, 1, 0)
    happened = tuple(Happened(event) for event in seat.engine.events)
    said = everything(LESSON, ProofRecord("make", "solution", "", (*happened, Happened(late)), "passed"))
    times = [one.at for one in said]
    assert times == sorted(times)
    assert next(one.at for one in said if one.payload.get("event", {}).get("kind") == "CommandFinished") == late.at


def test_there_is_a_marker_for_each_verdict_and_none_twice() -> None:
    marks = [text for _, text in recording.markers(LESSON, played())]
    assert marks == ["passed: Make", "not yet: Start it."]


def test_what_came_before_the_step_lies_before_zero() -> None:
    play = played()
    begins = recording.listen(LESSON, play).begins
    shown = page(play, (begins - 3, "before"), (begins + 2, PROMPT), (begins + 9, "after"))
    assert shown["screen"][0][0] < 0 < shown["screen"][1][0]
    assert shown["screen"][1][0] == pytest.approx(recording.TAIL, abs=0.01)
    assert [text for _, text in shown["markers"]] == ["not yet: Start it."]
    assert shown["seconds"] == pytest.approx(shown["screen"][-1][0] + recording.TAIL, abs=0.01)


def test_a_recording_without_a_terminal_begins_with_its_step() -> None:
    play = ProofRecord("make", "solution", "", (Cleared(5.0), Happened(e.EngineSeen(6.0, "26.1"))), "not-yet")
    shown = page(play)
    assert (shown["begins"], shown["seconds"]) == (5.0, 1.0 + recording.TAIL)
    assert shown["pauses"] == [[0.0, recording.LEAD]]


def test_time_to_read_is_given_between_commands_only() -> None:
    typed = (Happened(e.CommandTyped(8.9, 1, "docker ps")), Happened(e.CommandTyped(14.0, 1, "docker ps -a")))
    play = ProofRecord("make", "solution", "", (Cleared(5.0), *typed), "not-yet")
    shown = page(
        play,
        *((3.0, PROMPT), (4.0, PROMPT), (9.0, "docker ps\r\n"), (9.1, "one\r\n" * 30), (9.2, PROMPT)),
        *((14.2, "docker ps -a\r\n"), (14.3, PROMPT)),
    )
    ((start, lead), (first, least), (second, most)) = shown["pauses"]
    assert (start, lead, least, most) == (0.0, recording.LEAD, recording.READING[0], recording.READING[2])
    begins = shown["begins"]
    assert begins + first < 9.0
    assert begins + second == pytest.approx(14.0, abs=0.01)  # the shell knew of the line before it was drawn


@pytest.mark.parametrize("path", CASTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_each_recording_of_the_course_is_whole(path: Path) -> None:
    """A marker at each verdict, at the time that the journal gives it; and told in order of time it ends the same."""
    lesson, play, cast = recorded(path)
    marks = recording.markers(lesson, play)
    assert [text for _, text in cast.markers] == [text for _, text in marks]
    assert [at for at, _ in cast.markers] == pytest.approx([at for at, _ in marks], abs=0.002)
    assert [at for at, _ in cast.output] == sorted(at for at, _ in cast.output)
    said = everything(lesson, play)
    last = [one.payload for one in said if one.name == "step" and one.payload["step"] == play.step][-1]
    assert (last["verdict"], replay(lesson, play).value) == ("passed", "passed")


@pytest.mark.parametrize("path", CASTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_terminal_and_journal_are_on_one_clock(path: Path) -> None:
    """The shell writes the time of each command into what it shows: it is there within seconds, and never before."""
    lesson, play, cast = recorded(path)
    typed = [one.payload["event"] for one in everything(lesson, play) if one.name == "story"]
    lines = [one for one in typed if one["kind"] == "CommandTyped"]
    assert lines
    shown = {each["at"]: at for each in lines for at, text in cast.output if f";{each['at']:.6f}\x07" in text}
    assert shown.keys() == {each["at"] for each in lines}
    assert all(-0.002 <= at - told < 5 for told, at in shown.items())


def test_every_step_of_the_course_has_its_recording() -> None:
    wanted = {
        f"{folder.name}/{step.number:02d}-{step.slug}"
        for folder in sorted(one for one in LESSONS.iterdir() if one.is_dir())
        for step in lesson_of(folder).steps
    }
    assert {f"{path.parent.parent.name}/{path.stem}" for path in CASTS} == wanted
