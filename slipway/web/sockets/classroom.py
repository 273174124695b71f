"""The `/class` namespace: an instructor's class dashboard, and a learner's requests for help.

An instructor asks for `wall` (the dashboard) and then hears its differences; they `push` messages, and mark a request
for help as `seen` or `settled`. A learner asks for `help` or withdraws it, and hears the messages sent to them. Each
event checks who asks: no learner gets the dashboard, and none hears of another. What an instructor does to the class
itself is in roster.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_socketio import SocketIO

from slipway.core.classroom.activity import ActivityKind
from slipway.core.classroom.members import Person
from slipway.core.lessons.lesson import Lesson
from slipway.web.payload import Payload
from slipway.web.ports import Answer, ClassMonitorLike, Listener, MembersLike
from slipway.web.security.rate_limit import RateLimit
from slipway.web.sockets.namespace import AcknowledgedNamespace, Ask, Identifier
from slipway.web.sockets.roster import Roster

NOT_YOURS = "Only the instructor can do that."
FOR_LEARNERS = "You are the instructor; only learners can ask for help."
RATE, BURST = 3.0, 20.0
"""Events a second, and at once, of one page: people ask for help, not programs."""


def register(
    socketio: SocketIO,
    monitor: ClassMonitorLike,
    lessons: Sequence[Lesson],
    authenticator: Identifier,
    members: MembersLike,
    disconnect: Callable[[str], None],
    release: Callable[[str], None],
) -> None:
    """Serve `/class` on these sockets.

    For a learner removed from the class, `disconnect` ends the connections and `release` gives up session and sandbox.
    """
    ClassNamespace(socketio, monitor, lessons, authenticator, Roster(members, disconnect, release)).register()


@dataclass
class ClassPage:
    """One connection: its person, and the listener through which the class sends events."""

    person: Person
    listener: Listener
    rate_limit: RateLimit


class ClassNamespace(AcknowledgedNamespace[ClassPage]):
    """The pages of the class."""

    name = "/class"

    def __init__(
        self,
        socketio: SocketIO,
        monitor: ClassMonitorLike,
        lessons: Sequence[Lesson],
        authenticator: Identifier,
        roster: Roster,
    ) -> None:
        super().__init__(socketio, authenticator)
        self._monitor, self._roster = monitor, roster
        self._lessons: Mapping[str, Lesson] = {lesson.slug: lesson for lesson in lessons}

    def create_page(self, sid: str, person: Person) -> ClassPage:
        """Return the page of a learner or of the instructor."""
        return ClassPage(person, partial(self.emit, sid), RateLimit(RATE, BURST))

    def page_connected(self, sid: str, page: ClassPage, auth: Any) -> None:
        """Begin to send a learner the messages to them."""
        if not page.person.instructor:
            self._monitor.connect(page.person.learner, page.listener)

    def page_disconnected(self, page: ClassPage) -> None:
        """Stop sending to the page."""
        self._monitor.unwatch(page.listener)
        if not page.person.instructor:
            self._monitor.disconnect(page.person.learner, page.listener)

    def events(self) -> Mapping[str, Ask[ClassPage]]:
        """Return the events of learners and of the instructor."""
        return {
            "standing": self._status,
            "help": self._help,
            "read": self._read,
            "wall": _for_instructor(lambda page, _: self._monitor.watch(page.listener)),
            "hints": _for_instructor(self._hints),
            "push": _for_instructor(self._push),
            "seen": _for_instructor(lambda _, payload: self._record(payload.text("learner"), "seen")),
            "settled": _for_instructor(lambda _, payload: self._record(payload.text("learner"), "settled")),
            "member": _for_instructor(lambda _, payload: self._roster.member(payload.text("learner"))),
            "rename": _for_instructor(
                lambda _, payload: self._roster.rename(payload.text("learner"), payload.text("name", least=0))
            ),
            "remove": _for_instructor(lambda _, payload: self._roster.remove(payload.text("learner"))),
            "anew": _for_instructor(lambda _page, _payload: self._roster.new_class()),
        }

    # For a learner

    def _status(self, page: ClassPage, _payload: Payload) -> Answer:
        own = {"name": page.person.name, "instructor": page.person.instructor}
        return self._monitor.learner_status(page.person.learner) | own

    def _help(self, page: ClassPage, payload: Payload) -> Answer:
        if page.person.instructor:
            raise ValueError(FOR_LEARNERS)
        self._monitor.record(page.person.learner, "help" if payload.boolean("ask") else "settled")
        return self._monitor.learner_status(page.person.learner)

    def _read(self, page: ClassPage, payload: Payload) -> Answer:
        self._monitor.record(page.person.learner, "read", payload.text("id"))
        return {}

    # For an instructor

    def _hints(self, _page: ClassPage, payload: Payload) -> Answer:
        lesson = self._lessons.get(payload.text("lesson"))
        step = lesson.step(payload.text("step")) if lesson else None
        return {"hints": list(step.hints) if step else []}

    def _push(self, _page: ClassPage, payload: Payload) -> Answer:
        step = payload.text("lesson", least=0), payload.text("step", least=0)
        return {
            "to": self._monitor.send_message(payload.texts("learners"), *step, payload.text("text", longest=10_000))
        }

    def _record(self, learner: str, kind: ActivityKind) -> Answer:
        self._monitor.record(learner, kind)
        return {}


def _for_instructor(ask: Ask[ClassPage]) -> Ask[ClassPage]:
    """Return `ask` as an event that learners may not use."""

    def checked(page: ClassPage, payload: Payload) -> Answer | None:
        if not page.person.instructor:
            raise ValueError(NOT_YOURS)
        return ask(page, payload)

    return checked
