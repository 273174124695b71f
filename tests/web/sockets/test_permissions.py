"""Who sees whom while pages connect and leave: a consent ends with what it was given for, but survives a reload."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, cast

import pytest
from flask_socketio import SocketIO

from slipway.core.classroom.consent import ConsentAnswered, ConsentAsked, ConsentKind, LeadChanged
from slipway.core.classroom.members import INSTRUCTOR
from slipway.web.sockets.permissions import FollowPage, Permissions
from tests.classmates import Classmates
from tests.web.memory_sessions import MemorySessions

ANNA, BEN = "learner1", "learner2"


class Terminal:
    """A terminal in which nothing happens, and its spectator."""

    def add_spectator(self, *_say: object) -> Terminal:
        return self

    def snapshot(self) -> tuple[int, str]:
        return 0, ""

    def status(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        pass

    def send_keys(self, keys: str) -> bool:
        return bool(keys)


class Terminals:
    def terminal(self, _learner: str, _number: int) -> Terminal:
        return Terminal()


class Server:
    """What Permissions needs of a server. Background tasks wait in `tasks` until the test runs them."""

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


class ClassPermissions(Permissions):
    """A class whose pages connect and leave as the test says."""

    def __init__(self) -> None:
        self.fake_server = Server()
        self.members = Classmates("token")
        self._numbers = count()
        super().__init__(cast(SocketIO, self.fake_server), MemorySessions(), Terminals(), self.members)

    def connect(self, learner: str = INSTRUCTOR) -> str:
        """Connect a page that does not know it yet."""
        person = self.members.person(learner)
        assert person
        sid = str(next(self._numbers))
        self.add_page(sid, person)
        return sid

    def open_page(self, learner: str = INSTRUCTOR) -> str:
        sid = self.connect(learner)
        self.fake_server.tasks.pop()()
        return sid

    def open_window(self, learner: str = ANNA) -> str:
        sid = self.open_page()
        self.apply(ConsentAsked(learner, "watch"))
        self.request_view(self.pages[sid], "watch", learner)
        return sid

    def open_projector(self) -> str:
        sid = self.open_page()
        self.request_view(self.pages[sid], "show")
        return sid

    def give(self, *kinds: ConsentKind, learner: str = ANNA) -> None:
        for kind in kinds:
            self.apply(ConsentAsked(learner, kind))
            self.apply(ConsentAnswered(learner, kind, True))

    def run_next_task(self) -> None:
        """Let the grace period of the first page that left expire."""
        self.fake_server.tasks.pop(0)()

    def given(self, learner: str = ANNA) -> set[ConsentKind]:
        return set(self.consents.given_by(learner))

    def sees(self, sid: str) -> bool:
        page: FollowPage = self.pages[sid]
        return page.relay is not None


@pytest.fixture
def permissions() -> ClassPermissions:
    permissions = ClassPermissions()
    permissions.open_page(ANNA)
    return permissions


# Consents for a window, or for the projector


def test_closing_the_projector_ends_its_consent(permissions: ClassPermissions) -> None:
    window, projector = permissions.open_window(), permissions.open_projector()
    permissions.give("watch", "type", "show")
    assert permissions.sees(projector)
    permissions.remove_page(projector)
    permissions.run_next_task()
    assert permissions.given() == {"watch", "type"}
    assert permissions.sees(window)
    assert not permissions.sees(permissions.open_projector()), (
        "the next lesson's projector shows nobody without consent"
    )


def test_closing_the_window_ends_typing_but_not_the_projector(permissions: ClassPermissions) -> None:
    window, projector = permissions.open_window(), permissions.open_projector()
    permissions.give("watch", "type", "show")
    permissions.remove_page(window)
    permissions.run_next_task()
    assert permissions.given() == {"watch", "show"}
    assert permissions.sees(projector)
    permissions.remove_page(projector)
    permissions.run_next_task()
    assert permissions.given() == set()


def test_closing_the_window_ends_everything_unless_the_projector_shows_the_learner(
    permissions: ClassPermissions,
) -> None:
    permissions.open_page(BEN)
    permissions.open_projector()
    first, _ = permissions.open_window(), permissions.open_window(BEN)
    permissions.give("watch", "type")
    permissions.give("watch", "show", learner=BEN)
    permissions.apply(ConsentAsked(ANNA, "show"))
    permissions.remove_page(first)
    permissions.run_next_task()
    assert (permissions.given(), set(permissions.consents.asked_of(ANNA))) == (set(), set())
    assert permissions.given(BEN) == {"watch", "show"}


def test_consent_given_early_applies_once_the_projector_opens(permissions: ClassPermissions) -> None:
    lesson, _ = permissions.open_page(), permissions.open_window()
    permissions.give("watch", "show")
    permissions.remove_page(lesson)
    permissions.run_next_task()
    assert permissions.sees(permissions.open_projector())


def test_reloading_window_or_projector_keeps_consents(permissions: ClassPermissions) -> None:
    window, projector = permissions.open_window(), permissions.open_projector()
    permissions.give("watch", "type", "show")
    for sid, again in ((window, permissions.open_window), (projector, permissions.open_projector)):
        permissions.remove_page(sid)
        assert permissions.sees(again())
        permissions.run_next_task()
    assert permissions.given() == {"watch", "type", "show"}


def test_each_reload_has_the_full_grace_period(permissions: ClassPermissions) -> None:
    lesson, projector, _ = permissions.open_page(), permissions.open_projector(), permissions.open_window()
    permissions.apply(LeadChanged(INSTRUCTOR, True))
    permissions.give("watch", "show")
    permissions.remove_page(lesson)
    permissions.remove_page(projector)
    permissions.run_next_task()  # that of the lesson's page, while the projector is loaded anew
    assert permissions.given() == {"watch", "show"}
    projector = permissions.open_projector()
    permissions.run_next_task()
    assert permissions.given() == {"watch", "show"}
    permissions.remove_page(projector)
    permissions.remove_page(permissions.open_page())
    permissions.run_next_task()
    permissions.run_next_task()
    assert permissions.given() == {"watch"}, "whichever page left last"


# Leading


def test_leading_ends_with_the_instructors_last_page(permissions: ClassPermissions) -> None:
    lesson, window = permissions.open_page(), permissions.open_window()
    permissions.apply(LeadChanged(INSTRUCTOR, True))
    permissions.remove_page(lesson)
    permissions.run_next_task()
    assert permissions.consents.leader == INSTRUCTOR
    permissions.remove_page(window)
    assert permissions.consents.leader == INSTRUCTOR
    permissions.run_next_task()
    assert permissions.consents.leader == ""


def test_leading_survives_a_reload(permissions: ClassPermissions) -> None:
    lesson = permissions.open_page()
    permissions.apply(LeadChanged(INSTRUCTOR, True))
    permissions.remove_page(lesson)
    permissions.open_page()
    permissions.run_next_task()
    assert permissions.consents.leader == INSTRUCTOR


# Absent learners


def test_consents_of_a_learner_who_does_not_return_end(permissions: ClassPermissions) -> None:
    permissions.open_window()
    permissions.give("watch")
    permissions.remove_page(next(iter(permissions.pages)))
    assert permissions.given() == {"watch"}
    permissions.run_next_task()
    assert permissions.given() == set()


def test_each_departure_has_the_full_grace_period(permissions: ClassPermissions) -> None:
    permissions.open_window()
    permissions.give("watch")
    permissions.remove_page(next(iter(permissions.pages)))
    permissions.remove_page(permissions.open_page(ANNA))
    permissions.run_next_task()
    assert permissions.given() == {"watch"}, "the first leaving is not what counts"
    permissions.run_next_task()
    assert permissions.given() == set()


def test_page_closed_before_its_welcome_does_not_count_as_connected(permissions: ClassPermissions) -> None:
    permissions.remove_page(next(iter(permissions.pages)))
    permissions.remove_page(permissions.connect(ANNA))
    while permissions.fake_server.tasks:
        permissions.run_next_task()
    assert ANNA in permissions.consents.away
