"""The `/follow` namespace: learners follow the instructor who leads; an instructor watches a learner, types along, and
shows them on the projector.

Every page of a class connects to it, because this is also where a learner is asked for consent, always sees what they
have consented to, and ends it. Knows the permissions (permissions.py) that it changes, and neither sessions nor relays.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_socketio import SocketIO

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
from slipway.core.classroom.members import Person
from slipway.web.payload import BadPayload, Payload
from slipway.web.sockets.namespace import NOT_READING, AcknowledgedNamespace, Ask, Identifier
from slipway.web.sockets.permissions import FollowPage, MemberNames, Permissions, SessionSource, TerminalSource
from slipway.web.sockets.relay import NAMESPACE

MAX_INPUT = 4096
"""Characters of input in one event."""
NO_SUCH_LEARNER = "There is no such learner in this class."


class FollowNamespace(AcknowledgedNamespace[FollowPage]):
    """The events of all pages. `permissions` has the pages, too."""

    name = NAMESPACE
    expected_errors = (ValueError, LookupError)
    unlimited_events = frozenset({"keys"})
    acknowledges_unknown_events = False

    def __init__(
        self,
        socketio: SocketIO,
        permissions: Permissions,
        terminals: TerminalSource,
        authenticator: Identifier,
        members: MemberNames,
    ) -> None:
        super().__init__(socketio, authenticator)
        self.permissions, self._terminals, self._members = permissions, terminals, members
        self.pages = permissions.pages

    def create_page(self, sid: str, person: Person) -> FollowPage:
        """Return a page that follows nobody yet."""
        return self.permissions.add_page(sid, person)

    def disconnect(self, sid: str, *_reason: object) -> None:
        """Remove a page, with the consents that depend on it."""
        self.permissions.remove_page(sid)

    def events(self) -> Mapping[str, Ask[FollowPage]]:
        """Return the events of learners and of the instructor."""
        return {
            "follow": self.follow,
            "answer": self.answer,
            "here": self.here,
            "end": self.end,
            "lead": self.lead,
            "ask": self.ask,
            "watch": self.watch,
            "project": self.project,
            "unshow": self.unshow,
            "keys": self.keys,
        }

    # For a learner

    def follow(self, page: FollowPage, payload: Payload) -> None:
        """Follow the instructor who leads, or stop following."""
        self.permissions.request_view(page, "follow" if payload.number("on", 0) else None)
        self.permissions.notify_instructors()

    def answer(self, page: FollowPage, payload: Payload) -> None:
        """Answer a question for consent."""
        self.permissions.apply(ConsentAnswered(page.person.learner, _kind(payload), bool(payload.number("yes", 0))))

    def here(self, page: FollowPage, payload: Payload) -> None:
        """Note which terminal is in view on this page; followers see that one."""
        number, learner = payload.number("terminal", 1), page.person.learner
        self._terminals.terminal(learner, number)
        self.permissions.set_visible_terminal(learner, number)

    def end(self, page: FollowPage, payload: Payload) -> None:
        """End a consent, or withdraw a question. Either side can."""
        learner = self._target(page, payload) if page.person.instructor else page.person.learner
        self.permissions.apply(ConsentEnded(learner, _kind(payload)))

    # For an instructor

    def lead(self, page: FollowPage, payload: Payload) -> None:
        """Begin or stop to lead."""
        _require_instructor(page)
        self.permissions.apply(LeadChanged(page.person.learner, bool(payload.number("on", 0))))

    def ask(self, page: FollowPage, payload: Payload) -> None:
        """Ask a learner for a consent."""
        self.permissions.apply(ConsentAsked(self._target(page, payload), _kind(payload)))

    def watch(self, page: FollowPage, payload: Payload) -> None:
        """Make this page a window on a learner, who is asked unless they have consented already."""
        learner = self._target(page, payload)
        self.permissions.apply(ConsentAsked(learner, "watch"))
        self.permissions.request_view(page, "watch", learner)

    def project(self, page: FollowPage, _payload: Payload) -> None:
        """Make this page the projector: it shows the learner who has consented to be shown."""
        _require_instructor(page)
        self.permissions.request_view(page, "show")

    def unshow(self, page: FollowPage, _payload: Payload) -> None:
        """Stop showing the learner on the projector."""
        _require_instructor(page)
        self.permissions.apply(ConsentEnded(self.permissions.consents.shown_learner, "show"))

    def keys(self, page: FollowPage, payload: Payload) -> None:
        """Type into the terminal of the learner that this page watches."""
        consents, person = self.permissions.consents, page.person
        if sentence := refusal_reason(consents, person.learner, person.instructor, page.target, "type"):
            raise BadPayload(sentence)
        terminal = self._terminals.terminal(page.target, self.permissions.visible_terminals.get(page.target, 1))
        if not terminal.send_keys(payload.text("input", MAX_INPUT)):
            raise BadPayload(NOT_READING)

    def _target(self, page: FollowPage, payload: Payload) -> str:
        """Return the learner that an instructor's event is about. Raises BadPayload."""
        _require_instructor(page)
        person = self._members.person(payload.text("learner"))
        if person is None or person.instructor:
            raise BadPayload(NO_SUCH_LEARNER)
        return person.learner


def register(
    socketio: SocketIO,
    sessions: SessionSource,
    terminals: TerminalSource,
    authenticator: Identifier,
    members: MemberNames,
) -> FollowNamespace:
    """Serve `/follow` on `socketio`, which has its app, our WebSocket and `async_handlers=False`."""
    permissions = Permissions(socketio, sessions, terminals, members)
    namespace = FollowNamespace(socketio, permissions, terminals, authenticator, members)
    namespace.register()
    return namespace


def _require_instructor(page: FollowPage) -> None:
    if not page.person.instructor:
        raise BadPayload(NOT_YOURS)


def _kind(payload: Payload) -> ConsentKind:
    kind = payload.text("kind")
    if kind not in KINDS:
        raise BadPayload("The page sent no usable `kind`.")
    return kind
