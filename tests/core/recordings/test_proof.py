"""Proofs: they read as they were written, and what was recorded once is still judged the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.core import events as e
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.core.messages import Cleared, Happened, Message, Ticked, Turned, Unseated
from slipway.core.recordings.proof import ProofRecord, read, replay, write
from tests.core import strategies
from tests.core.conftest import LESSONS
from tests.core.session_driver import LESSON, Seat

text = st.text(max_size=8)
message = st.one_of(
    strategies.events.map(Happened),
    text.map(Turned),
    st.floats(0, 9).map(Ticked),
    st.floats(0, 9).map(Cleared),
)
plays = st.builds(
    ProofRecord,
    step=text,
    kind=st.sampled_from(["solution", "way", "mistake"]),
    commands=text,
    messages=st.lists(message, max_size=4).map(tuple),
    verdict=text,
    why=text,
)
PLAY = ProofRecord("make", "solution", "docker create busybox", (Ticked(1.0),), "passed")
PROOFS = sorted(LESSONS.glob("*/proof/*.jsonl"))


def recorded() -> list[tuple[Path, int, ProofRecord]]:
    return [
        (path, number, play)
        for path in PROOFS
        for number, play in enumerate(read(path.read_text(encoding="utf-8").splitlines()), 1)
    ]


def lesson_of(path: Path) -> Lesson:
    folder = path.parent.parent
    return parse(folder.name, (folder / "lesson.md").read_text(encoding="utf-8"))


def lines(*plays: ProofRecord) -> list[str]:
    return list(write(plays, {"lesson": LESSON.slug}))


@given(st.lists(plays, max_size=3))
@settings(max_examples=40)
def test_what_is_written_is_read(played: list[ProofRecord]) -> None:
    written = lines(*played)
    assert all("\n" not in line for line in written)
    assert lines(*read(written)) == written
    assert [(one.step, one.kind, one.verdict) for one in read(written)] == [
        (one.step, one.kind, one.verdict) for one in played
    ]


def test_every_message_of_a_proof_is_read_as_it_was() -> None:
    said = (Happened(e.EngineSeen(1.0, "26.1")), Turned("make"), Ticked(2.0), Cleared(3.0))
    (play,) = read(lines(replace(PLAY, messages=said)))
    assert play.messages == said


def test_events_are_read_as_they_were() -> None:
    target = e.Target("greeter", "a1", "greeter", "busybox", ("echo", "hi"))
    happened = (
        Happened(e.CallStarted(1.0, "c", "container.list", "GET", "/containers/json", None, {"all": "1"})),
        Happened(e.CallEnded(2.0, "d", "container.start", 204, 0.5, target)),
    )
    (play,) = read(lines(ProofRecord("make", "way", "docker ps", happened, "passed")))
    assert play.messages == happened


def test_a_proof_opens_with_what_it_is_about() -> None:
    assert json.loads(lines()[0]) == {"proof": 1, "lesson": "01-three"}
    assert read(lines()) == []


def test_a_replay_is_the_session_itself() -> None:
    seat = Seat().hear().open()
    seat.make()
    played: list[Message] = [Happened(event) for event in seat.engine.events]
    (play,) = read(lines(ProofRecord("make", "solution", "docker create busybox", tuple(played), "passed")))
    assert replay(LESSON, play).value == "passed"
    assert replay(LESSON, PLAY).value == "cannot-tell"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], "begins with a line"),
        (["5"], "begins with a line"),
        (['{"proof": 2}'], "begins with a line"),
        (lines(PLAY)[1:], "begins with a line"),
        ([*lines(), "{"], "Expecting property name"),
        ([*lines(), '{"ticked": 1.0}'], "outside of a play"),
        ([*lines(), '{"verdict": "passed", "why": ""}'], "outside of a play"),
        ([*lines(), '{"play": "way"}'], "outside of a play"),
        (lines(PLAY)[:-1], "a play without a verdict: docker create busybox"),
        ([*lines(PLAY)[:2], '{"tocked": 1.0}'], "no message"),
        ([*lines(PLAY)[:2], "[]"], "no message"),
        ([*lines(PLAY)[:2], '{"event": {"kind": "Nonsense"}}'], "unknown event kind"),
    ],
)
def test_what_is_no_proof_is_refused(told: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(told)


def test_only_what_a_prover_can_do_has_a_place_in_a_proof() -> None:
    with pytest.raises(ValueError, match="Unseated has no place in a proof"):
        lines(ProofRecord("make", "way", "", (Unseated("gone"),), "passed"))


@pytest.mark.parametrize(
    ("path", "play"),
    [
        pytest.param(path, play, id=f"{path.parent.parent.name}/{path.stem}-{number}-{play.kind}")
        for path, number, play in recorded()
    ],
)
def test_every_recorded_play_is_still_judged_as_it_was(path: Path, play: ProofRecord) -> None:
    lesson = lesson_of(path)
    judged = replay(lesson, play)
    assert (judged.value, judged.why) == (play.verdict, play.why)
    step = lesson.step(play.step)
    assert step is not None, f"{play.step} is no step of {lesson.slug} any more"
    if play.kind == "mistake":
        assert (play.commands, play.why) in {(wrong.commands, wrong.mistake.say) for wrong in step.wrongs}
    else:
        assert play.verdict == "passed"
        assert play.commands in (step.solution, *step.ways)


def test_every_step_is_proved() -> None:
    """Each right way and each mistake of each step has been played on a real engine: `./lab prove`."""
    played: dict[str, set[str]] = {}
    for path, _, play in recorded():
        played.setdefault(f"{path.parent.parent.name}: {play.step}", set()).add(play.commands)
    unproved = {}
    for file in sorted(LESSONS.glob("*/lesson.md")):
        lesson = parse(file.parent.name, file.read_text(encoding="utf-8"))
        for step in lesson.steps:
            wanted = {step.solution, *step.ways, *(wrong.commands for wrong in step.wrongs)}
            missing = wanted - played.get(f"{lesson.slug}: {step.slug}", set())
            if missing:
                unproved[f"{lesson.slug}: {step.slug}"] = sorted(missing)
    assert not unproved, "run ./lab prove, on a real engine"
