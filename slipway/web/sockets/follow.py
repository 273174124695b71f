"""The `/follow` namespace: learners follow whoever leads; an instructor watches a learner, types along, shows them.

Every page of a class is on it, for this is also where a learner is asked, sees at all times what they have consented
to, and ends it. Every event is acknowledged with `{"ok": true}` or `{"ok": false, "say": sentence}`. Knows the lines
(sightlines.py) that it draws, and neither seats nor relays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from slipway.core.classroom.consent import (
    KINDS,
    NOT_YOURS,
    ConsentAnswered,
    ConsentAsked,
    ConsentEnded,
    ConsentKind,
    LeadChanged,
    refusal_reason,
)
from slipway.web.payload import BadPayload, Payload, token_of
from slipway.web.security.auth import TooManyTries
from slipway.web.sockets.lab import ACCIDENT, NO_SEAT, TOO_FAST, WRONG_TOKEN
from slipway.web.sockets.permissions import (
    ClassPage,
    Identifier,
    MemberNames,
    Permissions,
    SessionSource,
    TerminalSource,
)
from slipway.web.sockets.relay import NAMESPACE

KEYS = 4096
"""Characters of keys in one event."""
NOBODY = "There is no such learner in this class."
DEAF = "The program in this terminal is not reading what you type. The last keys were left out."

Answer = dict[str, Any]

log = logging.getLogger(__name__)


class FollowNamespace:
    """The handlers, one for each event; each is handed its page and what it said."""

    def __init__(self, lines: Permissions, desk: TerminalSource, door: Identifier, people: MemberNames) -> None:
        self.lines, self._desk, self._door, self._people = lines, desk, door, people

    def connect(self, sid: str, _environ: object, auth: Any = None) -> None:
        try:
            person = self._door.who(token_of(auth))
        except TooManyTries as error:
            raise ConnectionRefusedError(str(error)) from None
        if person is None:
            raise ConnectionRefusedError(WRONG_TOKEN)
        self.lines.enter(sid, person)

    def disconnect(self, sid: str, *_reason: object) -> None:
        self.lines.exit(sid)

    # What a learner wants

    def follow(self, page: ClassPage, said: Payload) -> None:
        """Step in, or out again."""
        self.lines.want(page, "follow" if said.number("on", 0) else None)
        self.lines.tell_instructors()

    def answer(self, page: ClassPage, said: Payload) -> None:
        self.lines.post(ConsentAnswered(page.person.learner, _kind(said), bool(said.number("yes", 0))))

    def here(self, page: ClassPage, said: Payload) -> None:
        """The terminal that is in view on this page; whoever follows sees that one."""
        number, learner = said.number("terminal", 1), page.person.learner
        self._desk.terminal(learner, number)
        self.lines.turn_to(learner, number)

    def end(self, page: ClassPage, said: Payload) -> None:
        """Either side ends a consent, or takes back a question."""
        whom = self._whom(page, said) if page.person.instructor else page.person.learner
        self.lines.post(ConsentEnded(whom, _kind(said)))

    # What an instructor wants

    def lead(self, page: ClassPage, said: Payload) -> None:
        _instructors(page)
        self.lines.post(LeadChanged(page.person.learner, bool(said.number("on", 0))))

    def ask(self, page: ClassPage, said: Payload) -> None:
        self.lines.post(ConsentAsked(self._whom(page, said), _kind(said)))

    def watch(self, page: ClassPage, said: Payload) -> None:
        """This page is a window on a learner, who is asked unless they have consented already."""
        whom = self._whom(page, said)
        self.lines.post(ConsentAsked(whom, "watch"))
        self.lines.want(page, "watch", whom)

    def project(self, page: ClassPage, _said: Payload) -> None:
        """This page is the projector: it shows whoever lets themselves be shown."""
        _instructors(page)
        self.lines.want(page, "show")

    def unshow(self, page: ClassPage, _said: Payload) -> None:
        """The projector is the instructor's own again."""
        _instructors(page)
        self.lines.post(ConsentEnded(self.lines.consents.shown_learner, "show"))

    def keys(self, page: ClassPage, said: Payload) -> None:
        """Keys for the terminal of the learner that this page watches."""
        if why := refusal_reason(self.lines.consents, page.person.learner, page.person.instructor, page.whom, "type"):
            raise BadPayload(why)
        terminal = self._desk.terminal(page.whom, self.lines.in_view.get(page.whom, 1))
        if not terminal.press(said.text("input", KEYS)):
            raise BadPayload(DEAF)

    def guarded(self, handle: Callable[[ClassPage, Payload], None]) -> Callable[..., Answer]:
        """`handle` as an acknowledged event; whatever is wrong is a sentence."""

        def handler(sid: str, *given: Any) -> Answer:
            page = self.lines.pages.get(sid)
            if page is None:
                return {"ok": False, "say": NO_SEAT}
            if handle != self.keys and page.pace.take():
                return {"ok": False, "say": TOO_FAST}
            try:
                handle(page, Payload(given))
            except (ValueError, LookupError) as error:
                return {"ok": False, "say": str(error)}
            except Exception:
                log.exception("An accident while following")
                return {"ok": False, "say": ACCIDENT}
            return {"ok": True}

        return handler

    def _whom(self, page: ClassPage, said: Payload) -> str:
        """The learner that an instructor speaks of. Raises Garbled."""
        _instructors(page)
        person = self._people.person(said.text("learner"))
        if person is None or person.instructor:
            raise BadPayload(NOBODY)
        return person.learner


def register(
    socketio: SocketIO, house: SessionSource, desk: TerminalSource, door: Identifier, people: MemberNames
) -> FollowNamespace:
    """Serve `/follow` on `socketio`, which has its app, our WebSocket and `async_handlers=False`."""
    follow = FollowNamespace(Permissions(socketio, house, desk, people), desk, door, people)
    server: Any = socketio.server  # type: ignore[attr-defined]
    server.on("connect", follow.connect, namespace=NAMESPACE)
    server.on("disconnect", follow.disconnect, namespace=NAMESPACE)
    handlers = (
        *(follow.follow, follow.answer, follow.here, follow.end),
        *(follow.lead, follow.ask, follow.watch, follow.project, follow.unshow, follow.keys),
    )
    for handle in handlers:
        server.on(handle.__name__, follow.guarded(handle), namespace=NAMESPACE)
    return follow


def _instructors(page: ClassPage) -> None:
    if not page.person.instructor:
        raise BadPayload(NOT_YOURS)


def _kind(said: Payload) -> ConsentKind:
    kind = said.text("kind")
    if kind not in KINDS:
        raise BadPayload("The page sent no usable `kind`.")
    return kind
