"""A seat: what its pages are told, what it keeps, and how it is found again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slipway.core import events as e
from slipway.core.session import NotFoundError
from slipway.sessions.session import LearnerSession
from tests.core.docker_events import Engine
from tests.eventually import eventually
from tests.session_fixtures import CREATE, LESSON, WATCH, FakeProvider, MemoryProgress, Page, created, seated


@pytest.fixture
def inn() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def notebook() -> MemoryProgress:
    return MemoryProgress()


@pytest.fixture
def reader() -> Page:
    return Page()


def test_a_page_that_opens_is_told_where_everything_stands(
    inn: FakeProvider, notebook: MemoryProgress, reader: Page
) -> None:
    seated(inn, notebook, reader)
    assert reader.of("seat")[-1] == {"state": "ready", "say": "Your Docker engine is ready.", "engine": "26.1.5"}
    assert reader.of("story")[-1]["history"][0][1]["kind"] == "EngineSeen"
    assert len({one["step"] for one in reader.of("step")}) == 7


def test_who_only_looks_on_is_told_where_everything_stands_and_nobody_else_is(
    inn: FakeProvider, notebook: MemoryProgress, reader: Page
) -> None:
    seat, onlooker = seated(inn, notebook, reader), Page()
    seat.turn(WATCH)
    before = len(reader.told)
    seat.present(onlooker)
    assert len(reader.told) == before
    assert [one["step"] for one in onlooker.of("step") if one["current"]] == [WATCH]
    assert (len(onlooker.of("step")), onlooker.of("seat")[-1]["state"]) == (7, "ready")
    assert onlooker.of("story")[-1] == reader.of("story")[-1] | {"seq": seat.session.seq}


def test_who_looks_on_before_a_lesson_is_open_is_told_what_there_is(
    inn: FakeProvider, notebook: MemoryProgress
) -> None:
    seat, onlooker = LearnerSession("me", {}, notebook, inn), Page()
    seat.present(onlooker)
    assert [name for name, _ in onlooker.told] == ["seat", "story"]


def test_what_passes_is_told_and_kept(inn: FakeProvider, notebook: MemoryProgress, reader: Page) -> None:
    seated(inn, notebook, reader)
    inn.tell(*created(Engine()))
    eventually(lambda: reader.verdict(CREATE) == "passed")
    assert notebook.kept[LESSON][CREATE]["evidence"][0]["text"].startswith("created greeter")
    assert [one["current"] for one in reader.of("step") if one["step"] == WATCH][-1]


def test_a_restart_finds_what_passed_and_what_was_going_on(
    inn: FakeProvider, notebook: MemoryProgress, reader: Page
) -> None:
    engine = Engine()
    seated(inn, notebook, Page())
    inn.tell(*created(engine))
    eventually(lambda: notebook.kept.get(LESSON, {}).get(CREATE))
    before = len(engine.events)
    engine.start_attached(engine.targets["greeter"])
    inn.bed.told.extend(engine.events[before:])
    again = seated(inn, notebook, reader)
    assert [again.session.verdict(step).value for step in (CREATE, WATCH)] == ["passed", "passed"]


def test_a_block_is_typed_as_the_lesson_has_it(inn: FakeProvider, notebook: MemoryProgress, reader: Page) -> None:
    seat = seated(inn, notebook, reader)
    assert seat.run(f"{CREATE}.0", "click-1", 2) == {"sent": True}
    assert inn.typed == [(2, "docker create --name greeter busybox echo 'hi there'", "click-1")]


def test_a_block_of_a_later_step_turns_to_it(inn: FakeProvider, notebook: MemoryProgress, reader: Page) -> None:
    seat = seated(inn, notebook, reader)
    seat.run("ask-it-to-stop.0", "click-1", 1)
    assert seat.session.current == "ask-it-to-stop"
    assert reader.verdict(CREATE) == "skipped"


def test_hints_come_one_at_a_time(inn: FakeProvider, notebook: MemoryProgress, reader: Page) -> None:
    seat = seated(inn, notebook, reader)
    first, second, third = (seat.hint(CREATE) for _ in range(3))
    assert first != second == third
    assert [first["left"], second["left"]] == [1, 0]


def test_once_more_forgets_the_verdicts(inn: FakeProvider, notebook: MemoryProgress, reader: Page) -> None:
    seat = seated(inn, notebook, reader)
    inn.tell(*created(Engine()))
    eventually(lambda: reader.verdict(CREATE) == "passed")
    seat.again(LESSON)
    assert reader.verdict(CREATE) == "not-yet"


def test_marks_that_a_log_repeats_are_known(inn: FakeProvider, notebook: MemoryProgress, reader: Page) -> None:
    seat = seated(inn, notebook, reader)
    for _ in range(2):
        seat.mark(1, e.CommandTyped(1001.0, 1, "docker ps"))
    assert sum(one["event"] is not None for one in reader.of("story")) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda seat: seat.open("99-nothing"),
        lambda seat: seat.turn("no-such-step"),
        lambda seat: seat.run("no-such-step.0", "click-1", 1),
        lambda seat: seat.hint("no-such-step"),
        lambda seat: seat.solution("no-such-step"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    inn: FakeProvider, notebook: MemoryProgress, reader: Page, ask: Callable[[LearnerSession], object]
) -> None:
    seat = seated(inn, notebook, reader)
    with pytest.raises(NotFoundError, match=r"Reload|Choose"):
        ask(seat)


def test_the_shell_is_heard_though_its_clock_went_back_and_not_twice(
    inn: FakeProvider, notebook: MemoryProgress, reader: Page
) -> None:
    seat = seated(inn, notebook, reader)
    for at in (9000.0, 5000.0, 9000.0, 5000.0):
        seat.mark(1, e.CommandTyped(at, 1, "ls"))
    typed = [one["event"] for one in reader.of("story") if one["event"] and one["event"]["kind"] == "CommandTyped"]
    assert [one["at"] for one in typed] == [9000.0, 5000.0]
