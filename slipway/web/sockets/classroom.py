"""The `/class` namespace: an instructor's wall, and a learner's line to the instructor.

An instructor asks for `wall`, and then hears its differences; they `push` sentences, and mark a raised hand as `seen`
or `settled`. A learner asks for `help` or takes it back, and hears what they are told. Who somebody is decides at each
event what they get: no learner's key opens the wall, and no learner hears of another. The instructor's hands on the
class itself are in roster.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request
from flask_socketio import Namespace, SocketIO
from socketio.exceptions import ConnectionRefusedError

from slipway.core.classroom.members import Person
from slipway.core.errors import StorageError
from slipway.core.lessons.lesson import Lesson
from slipway.web.payload import Payload, token_of
from slipway.web.ports import Answer, ClassMonitorLike, Listener, MembersLike
from slipway.web.security.auth import Authenticator, TooManyTries
from slipway.web.security.rate_limit import RateLimit
from slipway.web.sockets.lab import ACCIDENT, NO_SEAT, TOO_FAST, WRONG_TOKEN
from slipway.web.sockets.roster import Roster

NOT_YOURS = "That is for the instructor."
FOR_LEARNERS = "You are the instructor: there is nobody to ask."
RATE, BURST = 3.0, 20.0
"""Wishes a second, and at once, of one page: people, not programs, ask for help."""

log = logging.getLogger(__name__)


def register(
    socketio: SocketIO,
    lookout: ClassMonitorLike,
    lessons: Sequence[Lesson],
    access: Authenticator,
    members: MembersLike,
    put_out: Callable[[str], None],
    dismiss: Callable[[str], None],
) -> None:
    """Serve `/class` on these sockets.

    Of a learner who is of the class no more `put_out` ends the connections, and `dismiss` gives back what they have.
    """
    room = ClassNamespace(lookout, lessons, access)
    room.roster = Roster(members, put_out, dismiss)
    socketio.on_namespace(room)


class ClassNamespace(Namespace):
    """One instance serves every page; a page is a Socket.IO session id."""

    socketio: SocketIO
    roster: Roster

    def __init__(self, lookout: ClassMonitorLike, lessons: Sequence[Lesson], access: Authenticator) -> None:
        super().__init__("/class")
        self._lookout, self._access = lookout, access
        self._lessons: Mapping[str, Lesson] = {lesson.slug: lesson for lesson in lessons}
        self._pages: dict[str, tuple[Person, Listener, RateLimit]] = {}

    def on_connect(self, auth: Any = None) -> None:
        sid = _sid()
        try:
            person = self._access.who(token_of(auth))
        except TooManyTries as error:
            raise ConnectionRefusedError(str(error)) from None
        if person is None:
            raise ConnectionRefusedError(WRONG_TOKEN)
        listener = self._listener(sid)
        self._pages[sid] = person, listener, RateLimit(RATE, BURST)
        if not person.instructor:
            self._lookout.connect(person.learner, listener)

    def on_disconnect(self, *_reason: Any) -> None:
        person, listener, _ = self._pages.pop(_sid(), (None, None, None))
        if person is None or listener is None:
            return
        self._lookout.unwatch(listener)
        if not person.instructor:
            self._lookout.disconnect(person.learner, listener)

    # For a learner

    def on_standing(self, *given: Any) -> Answer:
        return self._ask(given, lambda person, _: self._standing(person))

    def on_help(self, *given: Any) -> Answer:
        def help(person: Person, said: Payload) -> Answer:
            if person.instructor:
                raise ValueError(FOR_LEARNERS)
            self._lookout.record(person.learner, "help" if said.yes("ask") else "settled")
            return self._lookout.learner_status(person.learner)

        return self._ask(given, help)

    def on_read(self, *given: Any) -> Answer:
        def read(person: Person, said: Payload) -> Answer:
            self._lookout.record(person.learner, "read", said.text("id"))
            return {}

        return self._ask(given, read)

    def _standing(self, person: Person) -> Answer:
        who = {"name": person.name, "instructor": person.instructor}
        return self._lookout.learner_status(person.learner) | who

    # For an instructor

    def on_wall(self, *given: Any) -> Answer:
        return self._instruct(given, lambda _: self._lookout.watch(self._pages[_sid()][1]))

    def on_hints(self, *given: Any) -> Answer:
        def hints(said: Payload) -> Answer:
            lesson = self._lessons.get(said.text("lesson"))
            step = lesson.step(said.text("step")) if lesson else None
            return {"hints": list(step.hints) if step else []}

        return self._instruct(given, hints)

    def on_push(self, *given: Any) -> Answer:
        def push(said: Payload) -> Answer:
            where = said.text("lesson", least=0), said.text("step", least=0)
            return {"to": self._lookout.send_message(said.texts("learners"), *where, said.text("text", longest=10_000))}

        return self._instruct(given, push)

    def on_seen(self, *given: Any) -> Answer:
        return self._instruct(given, lambda said: self._mark(said.text("learner"), "seen"))

    def on_settled(self, *given: Any) -> Answer:
        return self._instruct(given, lambda said: self._mark(said.text("learner"), "settled"))

    def on_member(self, *given: Any) -> Answer:
        return self._instruct(given, lambda said: self.roster.member(said.text("learner")))

    def on_rename(self, *given: Any) -> Answer:
        return self._instruct(given, lambda said: self.roster.rename(said.text("learner"), said.text("name", least=0)))

    def on_remove(self, *given: Any) -> Answer:
        return self._instruct(given, lambda said: self.roster.remove(said.text("learner")))

    def on_anew(self, *given: Any) -> Answer:
        return self._instruct(given, lambda _: self.roster.anew())

    # Private

    def _mark(self, learner: str, kind: Any) -> Answer:
        self._lookout.record(learner, kind)
        return {}

    def _instruct(self, given: tuple[Any, ...], what: Callable[[Payload], Answer]) -> Answer:
        def instruct(person: Person, said: Payload) -> Answer:
            if not person.instructor:
                raise ValueError(NOT_YOURS)
            return what(said)

        return self._ask(given, instruct)

    def _ask(self, given: tuple[Any, ...], what: Callable[[Person, Payload], Answer]) -> Answer:
        person, _, pace = self._pages.get(_sid(), (None, None, None))
        if person is None or pace is None:
            return {"ok": False, "say": NO_SEAT}
        if pace.take():
            return {"ok": False, "say": TOO_FAST}
        try:
            return {"ok": True} | what(person, Payload(given))
        except (ValueError, StorageError) as error:
            return {"ok": False, "say": str(error)}
        except Exception:
            log.exception("An accident while answering a page")
            return {"ok": False, "say": ACCIDENT}

    def _listener(self, sid: str) -> Listener:
        def tell(name: str, payload: dict[str, Any]) -> None:
            if sid in self._pages:
                self.socketio.emit(name, payload, to=sid, namespace="/class")

        return tell


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
