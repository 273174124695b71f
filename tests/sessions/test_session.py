"""A seat: what its pages are told, what it keeps, and how it is found again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slipway.core import events as e
from slipway.core.session import NotFoundError
from slipway.sessions.session import LearnerSession
from tests.core.docker_events import ScriptedEngine
from tests.eventually import eventually
from tests.session_fixtures import CREATE, LESSON, WATCH, FakeProvider, MemoryProgress, Page, created, new_session


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def store() -> MemoryProgress:
    return MemoryProgress()


@pytest.fixture
def page() -> Page:
    return Page()


def test_a_page_that_opens_is_told_where_everything_stands(
    provider: FakeProvider, store: MemoryProgress, page: Page
) -> None:
    new_session(provider, store, page)
    assert page.of("seat")[-1] == {"state": "ready", "say": "Your Docker engine is ready.", "engine": "26.1.5"}
    assert page.of("story")[-1]["history"][0][1]["kind"] == "EngineSeen"
    assert len({one["step"] for one in page.of("step")}) == 7


def test_who_only_looks_on_is_told_where_everything_stands_and_nobody_else_is(
    provider: FakeProvider, store: MemoryProgress, page: Page
) -> None:
    session, onlooker = new_session(provider, store, page), Page()
    session.go_to_step(WATCH)
    before = len(page.told)
    session.send_snapshot(onlooker)
    assert len(page.told) == before
    assert [one["step"] for one in onlooker.of("step") if one["current"]] == [WATCH]
    assert (len(onlooker.of("step")), onlooker.of("seat")[-1]["state"]) == (7, "ready")
    assert onlooker.of("story")[-1] == page.of("story")[-1] | {"seq": session.state.seq}


def test_who_looks_on_before_a_lesson_is_open_is_told_what_there_is(
    provider: FakeProvider, store: MemoryProgress
) -> None:
    session, onlooker = LearnerSession("me", {}, store, provider), Page()
    session.send_snapshot(onlooker)
    assert [name for name, _ in onlooker.told] == ["seat", "story"]


def test_what_passes_is_told_and_kept(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    new_session(provider, store, page)
    provider.emit(*created(ScriptedEngine()))
    eventually(lambda: page.verdict(CREATE) == "passed")
    assert store.kept[LESSON][CREATE]["evidence"][0]["text"].startswith("created greeter")
    assert [one["current"] for one in page.of("step") if one["step"] == WATCH][-1]


def test_a_restart_finds_what_passed_and_what_was_going_on(
    provider: FakeProvider, store: MemoryProgress, page: Page
) -> None:
    engine = ScriptedEngine()
    new_session(provider, store, Page())
    provider.emit(*created(engine))
    eventually(lambda: store.kept.get(LESSON, {}).get(CREATE))
    before = len(engine.events)
    engine.start_attached(engine.targets["greeter"])
    provider.sandbox.history.extend(engine.events[before:])
    again = new_session(provider, store, page)
    assert [again.state.verdict(step).value for step in (CREATE, WATCH)] == ["passed", "passed"]


def test_a_block_is_typed_as_the_lesson_has_it(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    assert session.run_block(f"{CREATE}.0", "click-1", 2) == {"sent": True}
    assert provider.typed == [(2, "docker create --name greeter busybox echo 'hi there'", "click-1")]


def test_a_block_of_a_later_step_turns_to_it(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    session.run_block("ask-it-to-stop.0", "click-1", 1)
    assert session.state.current == "ask-it-to-stop"
    assert page.verdict(CREATE) == "skipped"


def test_hints_come_one_at_a_time(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    first, second, third = (session.hint(CREATE) for _ in range(3))
    assert first != second == third
    assert [first["left"], second["left"]] == [1, 0]


def test_once_more_forgets_the_verdicts(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    provider.emit(*created(ScriptedEngine()))
    eventually(lambda: page.verdict(CREATE) == "passed")
    session.restart_lesson(LESSON)
    assert page.verdict(CREATE) == "not-yet"


def test_marks_that_a_log_repeats_are_known(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    for _ in range(2):
        session.on_shell_event(1, e.CommandTyped(1001.0, 1, "docker ps"))
    assert sum(one["event"] is not None for one in page.of("story")) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: session.open_lesson("99-nothing"),
        lambda session: session.go_to_step("no-such-step"),
        lambda session: session.run_block("no-such-step.0", "click-1", 1),
        lambda session: session.hint("no-such-step"),
        lambda session: session.solution("no-such-step"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    provider: FakeProvider, store: MemoryProgress, page: Page, ask: Callable[[LearnerSession], object]
) -> None:
    session = new_session(provider, store, page)
    with pytest.raises(NotFoundError, match=r"Reload|Choose"):
        ask(session)


def test_the_shell_is_heard_though_its_clock_went_back_and_not_twice(
    provider: FakeProvider, store: MemoryProgress, page: Page
) -> None:
    session = new_session(provider, store, page)
    for at in (9000.0, 5000.0, 9000.0, 5000.0):
        session.on_shell_event(1, e.CommandTyped(at, 1, "ls"))
    typed = [one["event"] for one in page.of("story") if one["event"] and one["event"]["kind"] == "CommandTyped"]
    assert [one["at"] for one in typed] == [9000.0, 5000.0]
