"""Who sees whom while pages come and go: what was agreed to ends with what it was agreed for, and not with a reload."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, cast

import pytest
from flask_socketio import SocketIO

from slipway.core.classroom.consent import ConsentAnswered, ConsentAsked, ConsentKind, LeadChanged
from slipway.core.classroom.members import INSTRUCTOR
from slipway.web.sockets.permissions import ClassPage, Permissions
from tests.classmates import Classmates
from tests.web.memory_sessions import MemorySessions

ANNA, BEN = "learner1", "learner2"


class Terminal:
    """A terminal in which nothing happens, and who looks at it."""

    def overlook(self, *_say: object) -> Terminal:
        return self

    def screen(self) -> tuple[int, str]:
        return 0, ""

    def news(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        pass

    def press(self, keys: str) -> bool:
        return bool(keys)


class Desk:
    def terminal(self, _learner: str, _number: int) -> Terminal:
        return Terminal()


class Server:
    """What sightlines wants of a server. Whatever is to run later waits in `tasks` until the test has it run."""

    def __init__(self) -> None:
        self.server = self.manager = self.eio = self
        self.tasks: list[Callable[[], object]] = []

    def eio_sid_from_sid(self, sid: str, _namespace: str) -> str:
        return sid

    def start_background_task(self, task: Callable[..., object], *given: object) -> None:
        self.tasks.append(lambda: task(*given))

    def sleep(self, _seconds: float) -> None:
        pass

    def emit(self, *_news: object, **_to: object) -> None:
        pass

    def send_packet(self, _sid: str, _packet: object) -> None:
        pass


class Lines(Permissions):
    """A class whose pages come and go as the test says."""

    def __init__(self) -> None:
        self.later = Server()
        self.class_ = Classmates("token")
        self._numbers = count()
        super().__init__(cast(SocketIO, self.later), MemorySessions(), Desk(), self.class_)

    def opens(self, learner: str = INSTRUCTOR) -> str:
        """A page that has not been told yet that it is connected."""
        person = self.class_.person(learner)
        assert person
        sid = str(next(self._numbers))
        self.enter(sid, person)
        return sid

    def comes(self, learner: str = INSTRUCTOR) -> str:
        sid = self.opens(learner)
        self.later.tasks.pop()()
        return sid

    def window(self, learner: str = ANNA) -> str:
        sid = self.comes()
        self.post(ConsentAsked(learner, "watch"))
        self.want(self.pages[sid], "watch", learner)
        return sid

    def projector(self) -> str:
        sid = self.comes()
        self.want(self.pages[sid], "show")
        return sid

    def agrees(self, *kinds: ConsentKind, learner: str = ANNA) -> None:
        for kind in kinds:
            self.post(ConsentAsked(learner, kind))
            self.post(ConsentAnswered(learner, kind, True))

    def waits(self) -> None:
        """The time of whoever left first is over."""
        self.later.tasks.pop(0)()

    def given(self, learner: str = ANNA) -> set[ConsentKind]:
        return set(self.consents.given_by(learner))

    def sees(self, sid: str) -> bool:
        page: ClassPage = self.pages[sid]
        return page.relay is not None


@pytest.fixture
def lines() -> Lines:
    lines = Lines()
    lines.comes(ANNA)
    return lines


# What was agreed to for a window, or for the projector


def test_with_the_projector_ends_what_was_agreed_to_for_it(lines: Lines) -> None:
    window, projector = lines.window(), lines.projector()
    lines.agrees("watch", "type", "show")
    assert lines.sees(projector)
    lines.exit(projector)
    lines.waits()
    assert lines.given() == {"watch", "type"}
    assert lines.sees(window)
    assert not lines.sees(lines.projector()), "the next lesson's projector shows nobody unasked"


def test_with_the_window_ends_typing_though_the_projector_goes_on(lines: Lines) -> None:
    window, projector = lines.window(), lines.projector()
    lines.agrees("watch", "type", "show")
    lines.exit(window)
    lines.waits()
    assert lines.given() == {"watch", "show"}
    assert lines.sees(projector)
    lines.exit(projector)
    lines.waits()
    assert lines.given() == set()


def test_with_the_window_ends_all_when_there_is_no_projector_or_it_shows_another(lines: Lines) -> None:
    lines.comes(BEN)
    lines.projector()
    first, _ = lines.window(), lines.window(BEN)
    lines.agrees("watch", "type")
    lines.agrees("watch", "show", learner=BEN)
    lines.post(ConsentAsked(ANNA, "show"))
    lines.exit(first)
    lines.waits()
    assert (lines.given(), set(lines.consents.asked_of(ANNA))) == (set(), set())
    assert lines.given(BEN) == {"watch", "show"}


def test_who_agrees_before_the_projector_is_there_is_shown_when_it_comes(lines: Lines) -> None:
    lesson, _ = lines.comes(), lines.window()
    lines.agrees("watch", "show")
    lines.exit(lesson)
    lines.waits()
    assert lines.sees(lines.projector())


def test_a_reload_of_the_window_and_of_the_projector_ends_nothing(lines: Lines) -> None:
    window, projector = lines.window(), lines.projector()
    lines.agrees("watch", "type", "show")
    for sid, again in ((window, lines.window), (projector, lines.projector)):
        lines.exit(sid)
        assert lines.sees(again())
        lines.waits()
    assert lines.given() == {"watch", "type", "show"}


def test_each_reload_has_all_of_its_time(lines: Lines) -> None:
    lesson, projector, _ = lines.comes(), lines.projector(), lines.window()
    lines.post(LeadChanged(INSTRUCTOR, True))
    lines.agrees("watch", "show")
    lines.exit(lesson)
    lines.exit(projector)
    lines.waits()  # that of the lesson's page, while the projector is loaded anew
    assert lines.given() == {"watch", "show"}
    projector = lines.projector()
    lines.waits()
    assert lines.given() == {"watch", "show"}
    lines.exit(projector)
    lines.exit(lines.comes())
    lines.waits()
    lines.waits()
    assert lines.given() == {"watch"}, "whichever page left last"


# Leading


def test_leading_ends_with_the_instructors_last_page(lines: Lines) -> None:
    lesson, window = lines.comes(), lines.window()
    lines.post(LeadChanged(INSTRUCTOR, True))
    lines.exit(lesson)
    lines.waits()
    assert lines.consents.leader == INSTRUCTOR
    lines.exit(window)
    assert lines.consents.leader == INSTRUCTOR
    lines.waits()
    assert lines.consents.leader == ""


def test_who_leads_leads_on_after_a_reload(lines: Lines) -> None:
    lesson = lines.comes()
    lines.post(LeadChanged(INSTRUCTOR, True))
    lines.exit(lesson)
    lines.comes()
    lines.waits()
    assert lines.consents.leader == INSTRUCTOR


# A learner who is not there


def test_a_learner_who_does_not_come_back_has_agreed_to_nothing(lines: Lines) -> None:
    lines.window()
    lines.agrees("watch")
    lines.exit(next(iter(lines.pages)))
    assert lines.given() == {"watch"}
    lines.waits()
    assert lines.given() == set()


def test_who_leaves_twice_has_each_time_as_long_to_come_back(lines: Lines) -> None:
    lines.window()
    lines.agrees("watch")
    lines.exit(next(iter(lines.pages)))
    lines.exit(lines.comes(ANNA))
    lines.waits()
    assert lines.given() == {"watch"}, "the first leaving is not what counts"
    lines.waits()
    assert lines.given() == set()


def test_a_page_that_left_before_it_was_welcomed_has_not_come(lines: Lines) -> None:
    lines.exit(next(iter(lines.pages)))
    lines.exit(lines.opens(ANNA))
    while lines.later.tasks:
        lines.waits()
    assert ANNA in lines.consents.away
