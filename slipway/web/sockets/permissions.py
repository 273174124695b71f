"""Who sees whom now: the pages of a class, the consents between its people, and the relays between its pages.

Which consents hold is decided by core/classroom/consent.py and checked for each packet; what is seen comes from
relay.py. A change takes effect before anybody is notified of it. Of events this module knows only the one it sends,
`consent`.
"""

from __future__ import annotations

from typing import Any, Protocol

from flask_socketio import SocketIO

from slipway.core.classroom.consent import (
    KINDS,
    ConsentEnded,
    ConsentKind,
    ConsentMessage,
    Consents,
    LeadChanged,
    LearnerConnected,
    LearnerDisconnected,
    Permission,
    refusal_reason,
    step,
)
from slipway.core.classroom.members import Person
from slipway.web.security.rate_limit import RateLimit
from slipway.web.sockets.relay import NAMESPACE, FollowedSession, Relay, RelayReader, WatchedTerminal

RATE, BURST = 20.0, 60.0
"""Events a second, and at once, of one page."""
LEARNER_RETURN, INSTRUCTOR_RETURN = 60.0, 10.0
"""Seconds in which a page may come back: a learner's before their consents end, an instructor's (a reload) before what
it was open for ends."""


class SessionSource(Protocol):
    """The sessions of all learners."""

    def session(self, learner: str) -> FollowedSession:
        """Return the session that is followed."""
        ...


class TerminalSource(Protocol):
    """The terminals of all learners."""

    def terminal(self, learner: str, number: int) -> WatchedTerminal:
        """Return at once. Raises LookupError for a number beyond a learner's terminals."""
        ...


class MemberNames(Protocol):
    """Who is in the class; `open` is whether there is one."""

    open: bool

    def person(self, learner: str) -> Person | None:
        """Return the member with this id, or None."""
        ...


class FollowPage:
    """One connection: its person, the permission it requested and for which learner, and the relay it reads."""

    def __init__(self, person: Person, transport: str) -> None:
        self.person, self.transport = person, transport
        self.permission: Permission | None = None
        self.target = ""
        self.relay: Relay | None = None
        self.reader: RelayReader | None = None
        self.rate_limit = RateLimit(RATE, BURST)


class Permissions:
    """All pages. `consents` holds now; `visible_terminals` are the numbers of the terminals that people look at."""

    def __init__(
        self, socketio: SocketIO, sessions: SessionSource, terminals: TerminalSource, members: MemberNames
    ) -> None:
        self._server: Any = socketio.server  # type: ignore[attr-defined]
        self._sessions, self._terminals, self._members = sessions, terminals, members
        self.pages: dict[str, FollowPage] = {}
        self.consents = Consents()
        self.visible_terminals: dict[str, int] = {}
        self._relays: dict[str, Relay] = {}
        self._left_last: dict[str, FollowPage] = {}
        self._closed_by_instructor: list[FollowPage] = []

    # Pages

    def add_page(self, sid: str, person: Person) -> FollowPage:
        """Add a page; it is sent its state once it knows that it is connected."""
        page = self.pages[sid] = FollowPage(person, self._server.manager.eio_sid_from_sid(sid, NAMESPACE))
        self._server.start_background_task(self._welcome, sid, person)
        return page

    def remove_page(self, sid: str) -> None:
        """Remove a page; its consents end if it does not come back in time. Idempotent."""
        page = self.pages.pop(sid, None)
        if page is None:
            return
        self._stop_relay(page)
        if page.person.instructor:
            self._closed_by_instructor.append(page)
            self._server.start_background_task(self._expire_instructor_pages, page)
        elif not self._members.person(page.person.learner):
            self.apply(ConsentEnded(page.person.learner, "watch"))
        elif not self._pages_of(page.person.learner):
            self.apply(LearnerDisconnected(page.person.learner))
            self._left_last[page.person.learner] = page
            self._server.start_background_task(self._expire_learner, page)
        self.notify_instructors()

    def set_visible_terminal(self, learner: str, number: int) -> None:
        """Set which terminal a person looks at; followers see that one."""
        self.visible_terminals[learner] = number
        if relay := self._relays.get(learner):
            relay.switch_terminal(number)

    def request_view(self, page: FollowPage, permission: Permission | None, target: str = "") -> None:
        """Set what a page wants to see from now on; it sees that as far, and as long, as consents allow."""
        page.permission, page.target = permission, target
        self._update_relays()
        self.notify(page)

    # Consents

    def apply(self, message: ConsentMessage) -> None:
        """Change the consents: the change takes effect before anybody is notified."""
        before, self.consents = self.consents, step(self.consents, message)
        if self.consents is before:
            return
        self._update_relays()
        if isinstance(message, LeadChanged):
            for page in list(self.pages.values()):
                self.notify(page)
        else:
            self._notify_learner(message.learner)
            self.notify_instructors()

    def _update_relays(self) -> None:
        """Start and stop relays, so that pages see what they may."""
        for page in list(self.pages.values()):
            target = self._permitted_target(page)
            if page.relay and page.relay is not self._relays.get(target):
                self._stop_relay(page)
            if target and not page.relay:
                self._start_relay(page, target)
        for relay in list(self._relays.values()):
            relay.resume()

    def _permitted_target(self, page: FollowPage) -> str:
        """Return the learner that a page sees, or would see if they were not away; "" for none."""
        if page.permission == "follow":
            target = self.consents.leader
        else:
            target = self.consents.shown_learner if page.permission == "show" else page.target
        if page.permission is None or not target:
            return ""
        nobody_away = Consents(self.consents.leader, given=self.consents.given)
        refused = refusal_reason(nobody_away, page.person.learner, page.person.instructor, target, page.permission)
        return "" if refused else target

    def _start_relay(self, page: FollowPage, target: str) -> None:
        if target not in self._relays:
            self._relays[target] = Relay(
                self._sessions.session(target),
                lambda number: self._terminals.terminal(target, number),
                self.visible_terminals.get(target, 1),
                self._server.start_background_task,
            )
        permission, person = page.permission, page.person

        def allowed() -> bool:
            unchanged = page.permission == permission and page.relay is relay
            if not permission or not unchanged:
                return False
            return not refusal_reason(self.consents, person.learner, person.instructor, target, permission)

        relay = page.relay = self._relays[target]
        page.reader = RelayReader(allowed, lambda packet: self._server.eio.send_packet(page.transport, packet))
        relay.join(page.reader)

    def _stop_relay(self, page: FollowPage) -> None:
        relay, reader = page.relay, page.reader
        page.relay = page.reader = None
        if relay and reader:
            relay.leave(reader)
            for target in [target for target, relay in self._relays.items() if not len(relay)]:
                del self._relays[target]

    # Notifications

    def _welcome(self, sid: str, person: Person) -> None:
        """Send a new page its state. Runs later, when the page knows that it is connected."""
        page = self.pages.get(sid)
        if page and not person.instructor:
            self.apply(LearnerConnected(person.learner))
        if page:
            self.notify(page)

    def notify(self, page: FollowPage) -> None:
        """Send a page the consents that concern it."""
        sid = next((sid for sid, other in self.pages.items() if other is page), None)
        if sid:
            state = self._instructor_state(page) if page.person.instructor else self._learner_state(page)
            self._server.emit("consent", state, to=sid, namespace=NAMESPACE)

    def notify_instructors(self) -> None:
        """The same, for all pages of instructors."""
        for page in list(self.pages.values()):
            if page.person.instructor:
                self.notify(page)

    def _notify_learner(self, learner: str) -> None:
        for page in self._pages_of(learner):
            self.notify(page)

    def _learner_state(self, page: FollowPage) -> dict[str, Any]:
        learner = page.person.learner
        return {
            "class": self._members.open,
            "instructor": False,
            "leading": bool(self.consents.leader),
            "following": page.permission == "follow",
            "asked": ordered(self.consents.asked_of(learner)),
            "given": ordered(self.consents.given_by(learner)),
        }

    def _instructor_state(self, page: FollowPage) -> dict[str, Any]:
        """Return only the learner that this page watches: the projector must show no names."""
        state: dict[str, Any] = {
            "class": self._members.open,
            "instructor": True,
            "leading": self.consents.leader == page.person.learner,
            "followers": len({page.person.learner for page in self.pages.values() if page.permission == "follow"}),
            "shown": bool(self.consents.shown_learner),
        }
        if page.permission == "watch":
            person = self._members.person(page.target)
            state["learner"] = {
                "name": person.name if person else "",
                "asked": ordered(self.consents.asked_of(page.target)),
                "given": ordered(self.consents.given_by(page.target)),
                "away": page.target in self.consents.away or not self._pages_of(page.target),
            }
        return state

    # Pages that do not come back

    def _expire_learner(self, page: FollowPage) -> None:
        """End the consents of a learner who does not come back. Of their pages, the one that left last counts."""
        self._server.sleep(LEARNER_RETURN)
        learner = page.person.learner
        if self._left_last.get(learner) is not page:
            return
        del self._left_last[learner]
        if not self._pages_of(learner):
            self.apply(ConsentEnded(learner, "watch"))

    def _expire_instructor_pages(self, page: FollowPage) -> None:
        """End the consents for the instructor's closed pages, once the grace period of the last has passed."""
        self._server.sleep(INSTRUCTOR_RETURN)
        if self._closed_by_instructor[-1:] != [page]:
            return
        closed, self._closed_by_instructor = self._closed_by_instructor, []
        if not self._is_open("show") and any(page.permission == "show" for page in closed):
            self.apply(ConsentEnded(self.consents.shown_learner, "show"))
        self._end_unused_consents()
        if not self._pages_of(self.consents.leader):
            self.apply(LeadChanged(self.consents.leader, False))

    def _end_unused_consents(self) -> None:
        """End typing for learners without a watching window, and watching too unless the projector shows them."""
        watched = {page.target for page in self.pages.values() if page.permission == "watch"}
        shown = self.consents.shown_learner if self._is_open("show") else ""
        for learner in (set(self.consents.given) | set(self.consents.asked)) - watched:
            self.apply(ConsentEnded(learner, "type" if learner == shown else "watch"))

    def _is_open(self, permission: Permission) -> bool:
        return any(page.permission == permission for page in self.pages.values())

    def _pages_of(self, learner: str) -> list[FollowPage]:
        return [page for page in self.pages.values() if page.person.learner == learner]


def ordered(kinds: frozenset[ConsentKind]) -> list[ConsentKind]:
    """Return the kinds in the order in which pages list them."""
    return [kind for kind in KINDS if kind in kinds]
