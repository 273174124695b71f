"""A learner session: what its pages get, what it saves, and what a restart restores."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from slipway.core import events as e
from slipway.core.messages import LessonOpened, Message, SandboxAttached, StepSelected
from slipway.core.session import NotFoundError
from slipway.proofs import course
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


def test_new_page_gets_a_snapshot(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    new_session(provider, store, page)
    assert page.of("seat")[-1] == {"state": "ready", "say": "Your Docker engine is ready.", "engine": "26.1.5"}
    assert page.of("story")[-1]["history"][0][1]["kind"] == "EngineSeen"
    assert len({one["step"] for one in page.of("step")}) == 7


def test_watching_listener_alone_gets_a_snapshot(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session, watcher = new_session(provider, store, page), Page()
    session.go_to_step(WATCH)
    before = len(page.messages)
    session.send_snapshot(watcher)
    assert len(page.messages) == before
    assert [one["step"] for one in watcher.of("step") if one["current"]] == [WATCH]
    assert (len(watcher.of("step")), watcher.of("seat")[-1]["state"]) == (7, "ready")
    assert watcher.of("story")[-1] == page.of("story")[-1] | {"seq": session.state.seq}


def test_snapshot_without_a_lesson_has_state_and_story(provider: FakeProvider, store: MemoryProgress) -> None:
    session, watcher = LearnerSession("me", {}, store, provider, provider.activities.append), Page()
    session.send_snapshot(watcher)
    assert [name for name, _ in watcher.messages] == ["seat", "story"]


def test_passed_step_is_published_and_saved(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    new_session(provider, store, page)
    provider.emit(*created(ScriptedEngine()))
    eventually(lambda: page.verdict(CREATE) == "passed")
    assert store.saved[LESSON][CREATE]["evidence"][0]["text"].startswith("created greeter")
    assert [one["current"] for one in page.of("step") if one["step"] == WATCH][-1]


def test_restart_restores_verdicts_and_reads_the_journal(
    provider: FakeProvider, store: MemoryProgress, page: Page
) -> None:
    engine = ScriptedEngine()
    new_session(provider, store, Page())
    provider.emit(*created(engine))
    eventually(lambda: store.saved.get(LESSON, {}).get(CREATE))
    before = len(engine.events)
    engine.start_attached(engine.targets["greeter"])
    provider.sandbox.history.extend(engine.events[before:])
    again = new_session(provider, store, page)
    assert [again.state.verdict(step).value for step in (CREATE, WATCH)] == ["passed", "passed"]


def test_block_is_typed_as_in_the_lesson(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    assert session.run_block(f"{CREATE}.0", "click-1", 2) == {"sent": True}
    assert provider.typed == [(2, "docker create --name greeter busybox echo 'hi there'", "click-1")]


def test_block_of_a_later_step_selects_that_step(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    session.run_block("ask-it-to-stop.0", "click-1", 1)
    assert session.state.current == "ask-it-to-stop"
    assert page.verdict(CREATE) == "skipped"


def test_hints_come_one_at_a_time(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    first, second, third = (session.hint(CREATE) for _ in range(3))
    assert first != second == third
    assert [first["left"], second["left"]] == [1, 0]


def test_restarting_a_lesson_clears_its_verdicts(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
    session = new_session(provider, store, page)
    provider.emit(*created(ScriptedEngine()))
    eventually(lambda: page.verdict(CREATE) == "passed")
    session.restart_lesson(LESSON)
    assert page.verdict(CREATE) == "not-yet"


def test_repeated_shell_marks_are_ignored(provider: FakeProvider, store: MemoryProgress, page: Page) -> None:
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
def test_unknown_names_raise_a_sentence(
    provider: FakeProvider, store: MemoryProgress, page: Page, ask: Callable[[LearnerSession], object]
) -> None:
    session = new_session(provider, store, page)
    with pytest.raises(NotFoundError, match=r"Reload|Choose"):
        ask(session)


def test_shell_marks_count_once_even_if_the_clock_goes_back(
    provider: FakeProvider, store: MemoryProgress, page: Page
) -> None:
    session = new_session(provider, store, page)
    for at in (9000.0, 5000.0, 9000.0, 5000.0):
        session.on_shell_event(1, e.CommandTyped(at, 1, "ls"))
    typed = [one["event"] for one in page.of("story") if one["event"] and one["event"]["kind"] == "CommandTyped"]
    assert [one["at"] for one in typed] == [9000.0, 5000.0]


def test_on_message_gets_each_message_once_under_the_lock(provider: FakeProvider, store: MemoryProgress) -> None:
    messages: list[Message] = []
    held: list[bool] = []

    def on_message(message: Message) -> None:
        messages.append(message)
        held.append(is_held(session.lock))

    lesson = course.read_one(course.LESSONS / LESSON)
    session = LearnerSession("me", {LESSON: lesson}, store, provider, lambda _: None, on_message=on_message)
    eventually(lambda: session.state.world.engine == "up")
    session.open_lesson(LESSON)
    session.go_to_step(WATCH)
    assert [type(one) for one in messages] == [SandboxAttached, LessonOpened, StepSelected]
    assert all(held)


def is_held(lock: threading.RLock) -> bool:
    """Whether another thread cannot get the lock now."""
    free: list[bool] = []

    def attempt() -> None:
        free.append(lock.acquire(blocking=False))
        if free[0]:
            lock.release()

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return not free[0]
