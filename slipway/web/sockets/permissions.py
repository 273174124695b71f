"""Who sees whom just now: the pages of a class, the consents between its people, and the relays between its pages.

What holds is `core/consent.py`'s to say, and is asked for each packet; what is seen comes by `relay.py`. What changes
is in force before anybody is told of it. Knows no event's name but what it tells.
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
"""Wishes a second, and at once, of one page."""
RETURN, RELOAD = 60.0, 10.0
"""Seconds that a learner without a page keeps their consent, and an instructor what a page that left was there for."""


class SessionSource(Protocol):
    """All the seats."""

    def session(self, learner: str) -> FollowedSession: ...


class TerminalSource(Protocol):
    """Everybody's terminals."""

    def terminal(self, learner: str, number: int) -> WatchedTerminal:
        """At once. Raises LookupError for a number that nobody may have."""
        ...


class MemberNames(Protocol):
    """Who is in the class; `open` is whether there is one."""

    open: bool

    def person(self, learner: str) -> Person | None: ...


class Identifier(Protocol):
    """Who may come in (slipway/web/security/auth.py)."""

    def who(self, token: str) -> Person | None:
        """Raises TooManyTries."""
        ...


class ClassPage:
    """One connection: whose it is, what it wants to see of whom, and what it sees just now."""

    def __init__(self, person: Person, transport: str) -> None:
        self.person, self.transport = person, transport
        self.deed: Permission | None = None
        self.whom = ""
        self.relay: Relay | None = None
        self.reader: RelayReader | None = None
        self.pace = RateLimit(RATE, BURST)


class Permissions:
    """All pages. `consents` is what holds now; `in_view` the terminal that each person has before them."""

    def __init__(self, socketio: SocketIO, house: SessionSource, desk: TerminalSource, people: MemberNames) -> None:
        self._server: Any = socketio.server  # type: ignore[attr-defined]
        self._house, self._desk, self._people = house, desk, people
        self.pages: dict[str, ClassPage] = {}
        self.consents = Consents()
        self.in_view: dict[str, int] = {}
        self._relays: dict[str, Relay] = {}
        self._left: dict[str, ClassPage] = {}
        self._gone: list[ClassPage] = []

    # Coming and going

    def enter(self, sid: str, person: Person) -> None:
        self.pages[sid] = ClassPage(person, self._server.manager.eio_sid_from_sid(sid, NAMESPACE))
        self._server.start_background_task(self._welcome, sid, person)

    def exit(self, sid: str) -> None:
        page = self.pages.pop(sid, None)
        if page is None:
            return
        self._part(page)
        if page.person.instructor:
            self._gone.append(page)
            self._server.start_background_task(self._let_go, page)
        elif not self._people.person(page.person.learner):
            self.post(ConsentEnded(page.person.learner, "watch"))
        elif not self._pages_of(page.person.learner):
            self.post(LearnerDisconnected(page.person.learner))
            self._left[page.person.learner] = page
            self._server.start_background_task(self._forget, page)
        self.tell_instructors()

    def turn_to(self, learner: str, number: int) -> None:
        """Another terminal is in view."""
        self.in_view[learner] = number
        if relay := self._relays.get(learner):
            relay.turn_to(number)

    def want(self, page: ClassPage, deed: Permission | None, whom: str = "") -> None:
        """What this page wants to see from now on."""
        page.deed, page.whom = deed, whom
        self._settle()
        self.tell(page)

    # Who sees whom

    def post(self, message: ConsentMessage) -> None:
        """The one door for consents: what changes is in force before anybody is told."""
        before, self.consents = self.consents, step(self.consents, message)
        if self.consents is before:
            return
        self._settle()
        if isinstance(message, LeadChanged):
            for page in list(self.pages.values()):
                self.tell(page)
        else:
            self.tell_of(message.learner)
            self.tell_instructors()

    def _settle(self) -> None:
        """Begin and end what pages see, so that it is what they may."""
        for page in list(self.pages.values()):
            whom = self._aim(page)
            if page.relay and page.relay is not self._relays.get(whom):
                self._part(page)
            if whom and not page.relay:
                self._begin(page, whom)
        for relay in list(self._relays.values()):
            relay.stir()

    def _aim(self, page: ClassPage) -> str:
        """Whom the page sees, or would if they were not away; "" when nobody."""
        if page.deed == "follow":
            whom = self.consents.leader
        else:
            whom = self.consents.shown_learner if page.deed == "show" else page.whom
        if page.deed is None or not whom:
            return ""
        present = Consents(self.consents.leader, given=self.consents.given)
        return "" if refusal_reason(present, page.person.learner, page.person.instructor, whom, page.deed) else whom

    def _begin(self, page: ClassPage, whom: str) -> None:
        if whom not in self._relays:
            self._relays[whom] = Relay(
                self._house.session(whom),
                lambda number: self._desk.terminal(whom, number),
                self.in_view.get(whom, 1),
                self._server.start_background_task,
            )
        deed, person = page.deed, page.person

        def may() -> bool:
            now = self.consents
            same = page.deed == deed and page.relay is relay
            return bool(deed and same and not refusal_reason(now, person.learner, person.instructor, whom, deed))

        relay = page.relay = self._relays[whom]
        page.reader = RelayReader(may, lambda packet: self._server.eio.send_packet(page.transport, packet))
        relay.join(page.reader)

    def _part(self, page: ClassPage) -> None:
        relay, reader = page.relay, page.reader
        page.relay = page.reader = None
        if relay and reader:
            relay.leave(reader)
            for whom in [whom for whom, one in self._relays.items() if not len(one)]:
                del self._relays[whom]

    # Who is told what

    def _welcome(self, sid: str, person: Person) -> None:
        """After the page has been told that it is connected."""
        page = self.pages.get(sid)
        if page and not person.instructor:
            self.post(LearnerConnected(person.learner))
        if page:
            self.tell(page)

    def tell(self, page: ClassPage) -> None:
        sid = next((sid for sid, one in self.pages.items() if one is page), None)
        if sid:
            news = self._instructors_news(page) if page.person.instructor else self._learners_news(page)
            self._server.emit("consent", news, to=sid, namespace=NAMESPACE)

    def tell_of(self, learner: str) -> None:
        for page in self._pages_of(learner):
            self.tell(page)

    def tell_instructors(self) -> None:
        for page in list(self.pages.values()):
            if page.person.instructor:
                self.tell(page)

    def _learners_news(self, page: ClassPage) -> dict[str, Any]:
        learner = page.person.learner
        return {
            "class": self._people.open,
            "instructor": False,
            "leading": bool(self.consents.leader),
            "following": page.deed == "follow",
            "asked": listed(self.consents.asked_of(learner)),
            "given": listed(self.consents.given_by(learner)),
        }

    def _instructors_news(self, page: ClassPage) -> dict[str, Any]:
        """Nothing of learners but of the one that this page watches: the projector tells nobody's name."""
        news: dict[str, Any] = {
            "class": self._people.open,
            "instructor": True,
            "leading": self.consents.leader == page.person.learner,
            "followers": len({one.person.learner for one in self.pages.values() if one.deed == "follow"}),
            "shown": bool(self.consents.shown_learner),
        }
        if page.deed == "watch":
            person = self._people.person(page.whom)
            news["learner"] = {
                "name": person.name if person else "",
                "asked": listed(self.consents.asked_of(page.whom)),
                "given": listed(self.consents.given_by(page.whom)),
                "away": page.whom in self.consents.away or not self._pages_of(page.whom),
            }
        return news

    # Who has gone

    def _forget(self, page: ClassPage) -> None:
        """A learner who does not come back has consented to nothing. Of their pages, the one that left last counts."""
        self._server.sleep(RETURN)
        learner = page.person.learner
        if self._left.get(learner) is not page:
            return
        del self._left[learner]
        if not self._pages_of(learner):
            self.post(ConsentEnded(learner, "watch"))

    def _let_go(self, page: ClassPage) -> None:
        """What the pages were there for that have left and not come back ends, once the last has had its time."""
        self._server.sleep(RELOAD)
        if self._gone[-1:] != [page]:
            return
        gone, self._gone = self._gone, []
        if not self._any("show") and any(one.deed == "show" for one in gone):
            self.post(ConsentEnded(self.consents.shown_learner, "show"))
        self._close_windows()
        if not self._pages_of(self.consents.leader):
            self.post(LeadChanged(self.consents.leader, False))

    def _close_windows(self) -> None:
        """Without a window nobody types with a learner; nor are they watched, unless the projector shows them."""
        watched = {one.whom for one in self.pages.values() if one.deed == "watch"}
        shown = self.consents.shown_learner if self._any("show") else ""
        for learner in (set(self.consents.given) | set(self.consents.asked)) - watched:
            self.post(ConsentEnded(learner, "type" if learner == shown else "watch"))

    def _any(self, deed: Permission) -> bool:
        return any(page.deed == deed for page in self.pages.values())

    def _pages_of(self, learner: str) -> list[ClassPage]:
        return [page for page in self.pages.values() if page.person.learner == learner]


def listed(kinds: frozenset[ConsentKind]) -> list[ConsentKind]:
    return [kind for kind in KINDS if kind in kinds]
