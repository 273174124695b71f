"""Proofs: they are read as they were written, and each record still gets its recorded verdict."""

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
from slipway.core.messages import EventReceived, LessonReset, Message, SandboxLost, StepSelected, Ticked
from slipway.core.recordings.proof import ProofRecord, read, replay, write
from tests.core import strategies
from tests.core.conftest import LESSONS
from tests.core.session_driver import LESSON, SessionDriver

text = st.text(max_size=8)
message = st.one_of(
    strategies.events.map(EventReceived),
    text.map(StepSelected),
    st.floats(0, 9).map(Ticked),
    st.floats(0, 9).map(LessonReset),
)
records = st.builds(
    ProofRecord,
    step=text,
    kind=st.sampled_from(["solution", "way", "mistake"]),
    commands=text,
    messages=st.lists(message, max_size=4).map(tuple),
    verdict=text,
    why=text,
)
RECORD = ProofRecord("make", "solution", "docker create busybox", (Ticked(1.0),), "passed")
PROOFS = sorted(LESSONS.glob("*/proof/*.jsonl"))


def recorded_proofs() -> list[tuple[Path, int, ProofRecord]]:
    return [
        (path, number, record)
        for path in PROOFS
        for number, record in enumerate(read(path.read_text(encoding="utf-8").splitlines()), 1)
    ]


def lesson_of(path: Path) -> Lesson:
    folder = path.parent.parent
    return parse(folder.name, (folder / "lesson.md").read_text(encoding="utf-8"))


def lines(*records: ProofRecord) -> list[str]:
    return list(write(records, {"lesson": LESSON.slug}))


@given(st.lists(records, max_size=3))
@settings(max_examples=40)
def test_read_is_the_inverse_of_write(played: list[ProofRecord]) -> None:
    written = lines(*played)
    assert all("\n" not in line for line in written)
    assert lines(*read(written)) == written
    assert [(one.step, one.kind, one.verdict) for one in read(written)] == [
        (one.step, one.kind, one.verdict) for one in played
    ]


def test_every_kind_of_message_survives() -> None:
    said = (EventReceived(e.EngineSeen(1.0, "26.1")), StepSelected("make"), Ticked(2.0), LessonReset(3.0))
    (record,) = read(lines(replace(RECORD, messages=said)))
    assert record.messages == said


def test_events_survive() -> None:
    target = e.Target("greeter", "a1", "greeter", "busybox", ("echo", "hi"))
    happened = (
        EventReceived(e.CallStarted(1.0, "c", "container.list", "GET", "/containers/json", None, {"all": "1"})),
        EventReceived(e.CallEnded(2.0, "d", "container.start", 204, 0.5, target)),
    )
    (record,) = read(lines(ProofRecord("make", "way", "docker ps", happened, "passed")))
    assert record.messages == happened


def test_proof_begins_with_its_header() -> None:
    assert json.loads(lines()[0]) == {"proof": 1, "lesson": "01-three"}
    assert read(lines()) == []


def test_replay_reaches_the_live_verdict() -> None:
    driver = SessionDriver().receive_events().open()
    driver.create_container()
    played: list[Message] = [EventReceived(event) for event in driver.engine.events]
    (record,) = read(lines(ProofRecord("make", "solution", "docker create busybox", tuple(played), "passed")))
    assert replay(LESSON, record).value == "passed"
    assert replay(LESSON, RECORD).value == "cannot-tell"


@pytest.mark.parametrize(
    ("file_lines", "message"),
    [
        ([], "must begin with"),
        (["5"], "must begin with"),
        (['{"proof": 2}'], "must begin with"),
        (lines(RECORD)[1:], "must begin with"),
        ([*lines(), "{"], "Expecting property name"),
        ([*lines(), '{"ticked": 1.0}'], "not inside a record"),
        ([*lines(), '{"verdict": "passed", "why": ""}'], "not inside a record"),
        ([*lines(), '{"play": "way"}'], "not inside a record"),
        (lines(RECORD)[:-1], "a record without a verdict: docker create busybox"),
        ([*lines(RECORD)[:2], '{"tocked": 1.0}'], "not a message"),
        ([*lines(RECORD)[:2], "[]"], "not a message"),
        ([*lines(RECORD)[:2], '{"event": {"kind": "Nonsense"}}'], "unknown event kind"),
    ],
)
def test_invalid_proof_is_refused(file_lines: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(file_lines)


def test_message_that_no_prover_sends_cannot_be_recorded() -> None:
    with pytest.raises(ValueError, match="SandboxLost cannot be recorded in a proof"):
        lines(ProofRecord("make", "way", "", (SandboxLost("gone"),), "passed"))


@pytest.mark.parametrize(
    ("path", "record"),
    [
        pytest.param(path, record, id=f"{path.parent.parent.name}/{path.stem}-{number}-{record.kind}")
        for path, number, record in recorded_proofs()
    ],
)
def test_every_recorded_proof_still_gets_its_verdict(path: Path, record: ProofRecord) -> None:
    lesson = lesson_of(path)
    judged = replay(lesson, record)
    assert (judged.value, judged.why) == (record.verdict, record.why)
    step = lesson.step(record.step)
    assert step is not None, f"{record.step} is no longer a step of {lesson.slug}"
    if record.kind == "mistake":
        assert (record.commands, record.why) in {(one.commands, one.mistake.say) for one in step.common_mistakes}
    else:
        assert record.verdict == "passed"
        assert record.commands in (step.solution, *step.ways)


def test_every_step_is_proved() -> None:
    """Each right way and each mistake of each step has been recorded on a real engine: `./lab prove`."""
    played: dict[str, set[str]] = {}
    for path, _, record in recorded_proofs():
        played.setdefault(f"{path.parent.parent.name}: {record.step}", set()).add(record.commands)
    unproved = {}
    for file in sorted(LESSONS.glob("*/lesson.md")):
        lesson = parse(file.parent.name, file.read_text(encoding="utf-8"))
        for step in lesson.steps:
            wanted = {step.solution, *step.ways, *(mistake.commands for mistake in step.common_mistakes)}
            missing = wanted - played.get(f"{lesson.slug}: {step.slug}", set())
            if missing:
                unproved[f"{lesson.slug}: {step.slug}"] = sorted(missing)
    assert not unproved, "run ./lab prove, on a real engine"
