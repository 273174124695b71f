"""How far a step has been typed, and when that is forgotten: with a new sandbox, and when the lesson starts over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

import pytest

from slipway.core import events as e
from slipway.sessions.session import LearnerSession
from tests.eventually import eventually
from tests.session_fixtures import END, LESSON, FakeProvider, MemoryProgress, Page, new_session

STEP = "force-it"
FIRST, SECOND = "docker start clock", "docker kill clock"


class PresenterSession:
    """A presenter's session, whose provider records the keys that were sent."""

    def __init__(self) -> None:
        self.provider, self.page = FakeProvider(), Page()
        self.session: LearnerSession = new_session(self.provider, MemoryProgress(), self.page)

    def type(self, id: str) -> None:
        """Type the next command, and wait until it runs."""
        self.provider.keys_sent = ""
        self.session.type_next_command(STEP, id, 1)
        eventually(lambda: self.last.get("id") == id and self.last["state"] == "running")

    def end(self) -> None:
        """Report that the prompt is back, and wait until typing is over."""
        self.session.on_shell_event(1, e.CommandFinished(time.time(), 1, 0))
        eventually(lambda: self.last["state"] == "free")

    @property
    def last(self) -> dict[str, object]:
        return (self.page.of("typing") or [{}])[-1]


Reset: TypeAlias = Callable[[PresenterSession], None]


@pytest.fixture
def presenter() -> PresenterSession:
    presenter = PresenterSession()
    presenter.type("one")
    return presenter


def test_typing_continues_with_the_second_command_after_reconnecting(presenter: PresenterSession) -> None:
    presenter.end()
    before = len(presenter.page.of("story"))
    presenter.provider.sandbox.journal.put(END)
    eventually(lambda: len(presenter.page.of("story")) > before)
    presenter.type("two")
    assert SECOND in presenter.provider.keys_sent


def new_sandbox(presenter: PresenterSession) -> None:
    presenter.session.replace_sandbox()
    eventually(lambda: len(presenter.provider.sandboxes) == 2 and presenter.page.of("seat")[-1]["state"] == "ready")


def restarted_lesson(presenter: PresenterSession) -> None:
    presenter.session.restart_lesson(LESSON)


@pytest.mark.parametrize("reset", [new_sandbox, restarted_lesson])
def test_reset_forgets_typed_commands_even_while_one_runs(presenter: PresenterSession, reset: Reset) -> None:
    reset(presenter)
    eventually(lambda: presenter.last == {"id": "one", "state": "free"})
    presenter.session.on_shell_event(1, e.CommandFinished(time.time(), 1, 0))
    presenter.type("two")
    assert FIRST in presenter.provider.keys_sent
    assert presenter.last["at"] == 1
