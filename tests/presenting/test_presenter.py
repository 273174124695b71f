"""How far the lab has typed a step, and when that is forgotten: with another engine, and with the lesson once more."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from slipway.core import events as e
from slipway.sessions.session import LearnerSession
from tests.eventually import eventually
from tests.session_fixtures import END, LESSON, FakeProvider, MemoryProgress, Page, new_session

STEP = "force-it"
FIRST, SECOND = "docker start clock", "docker kill clock"


class Hall:
    """A presenter's seat, and what its terminals were given to type."""

    def __init__(self) -> None:
        self.provider, self.page = FakeProvider(), Page()
        self.session: LearnerSession = new_session(self.provider, MemoryProgress(), self.page)

    def type(self, id: str) -> None:
        """Until the command runs."""
        self.provider.keys_sent = ""
        self.session.type_next_command(STEP, id, 1)
        eventually(lambda: self.last.get("id") == id and self.last["state"] == "running")

    def end(self) -> None:
        """The prompt is back."""
        self.session.on_shell_event(1, e.CommandFinished(time.time(), 1, 0))
        eventually(lambda: self.last["state"] == "free")

    @property
    def last(self) -> dict[str, object]:
        return (self.page.of("typing") or [{}])[-1]


@pytest.fixture
def hall() -> Hall:
    hall = Hall()
    hall.type("one")
    return hall


def test_typing_continues_with_the_second_command_after_reconnecting(hall: Hall) -> None:
    hall.end()
    before = len(hall.page.of("story"))
    hall.provider.sandbox.journal.put(END)
    eventually(lambda: len(hall.page.of("story")) > before)
    hall.type("two")
    assert SECOND in hall.provider.keys_sent


def another_engine(hall: Hall) -> None:
    hall.session.replace_sandbox()
    eventually(lambda: len(hall.provider.sandboxes) == 2 and hall.page.of("seat")[-1]["state"] == "ready")


def once_more(hall: Hall) -> None:
    hall.session.restart_lesson(LESSON)


@pytest.mark.parametrize("anew", [another_engine, once_more])
def test_reset_forgets_typed_commands_even_while_one_runs(hall: Hall, anew: Callable[[Hall], None]) -> None:
    anew(hall)
    eventually(lambda: hall.last == {"id": "one", "state": "free"})
    hall.session.on_shell_event(1, e.CommandFinished(time.time(), 1, 0))
    hall.type("two")
    assert FIRST in hall.provider.keys_sent
    assert hall.last["at"] == 1
