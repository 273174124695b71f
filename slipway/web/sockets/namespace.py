"""What the Socket.IO namespaces share: authentication, the page that an event is from, and acknowledgements.

`AuthenticatedNamespace` connects and disconnects the pages of `/pty`, `/lab`, `/class` and `/follow`.
`AcknowledgedNamespace` adds, for the last three, a rate limit for each page and an acknowledgement of each event:
`{"ok": true, …}`, or `{"ok": false, "say": sentence}`. `/pty` answers no event, and its keys do not even pass through
Socket.IO (PtyNamespace.intercept; docs/decisions/0004). All handlers are registered with python-socketio itself,
because Flask-SocketIO would make a request context for each event. Knows nothing of what an event means.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar

from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from slipway.core.classroom.members import Person
from slipway.core.errors import StorageError
from slipway.web.payload import Payload, token_of
from slipway.web.ports import Answer
from slipway.web.security.auth import TooManyAttempts
from slipway.web.security.rate_limit import RateLimit

WRONG_TOKEN = "This page's token is not valid for this lab. Open the URL that `./lab up` printed."  # noqa: S105 - a text
NO_SESSION = "This page has no session. Reload it."
INTERNAL_ERROR = "Internal error in the lab. Its log has the details; your work is not lost."
TOO_FAST = "Too many requests at once. Wait a moment, then try again."
NOT_READING = "The program in this terminal is not reading input. The last keys were discarded."

log = logging.getLogger(__name__)


class Identifier(Protocol):
    """Finds the person that a token belongs to (slipway/web/security/auth.py)."""

    def identify(self, token: str) -> Person | None:
        """Return the person, None for an invalid token. Raises TooManyAttempts."""
        ...


PageT = TypeVar("PageT")


class AuthenticatedNamespace(Generic[PageT]):
    """One namespace of a Socket.IO server; `pages` has its connections by Socket.IO session id."""

    name: ClassVar[str]

    def __init__(self, socketio: SocketIO, authenticator: Identifier) -> None:
        self.server: Any = socketio.server  # type: ignore[attr-defined]
        self.pages: dict[str, PageT] = {}
        self._authenticator = authenticator

    def register(self) -> None:
        """Register all handlers. The server has its app, our WebSocket and `async_handlers=False`."""
        self._on("connect", self.connect)
        self._on("disconnect", self.disconnect)
        for event, handler in self.handlers().items():
            self._on(event, handler)

    def handlers(self) -> Mapping[str, Callable[..., Any]]:
        """Return the handlers by event; each is called with the session id and what the client sent."""
        raise NotImplementedError

    def create_page(self, sid: str, person: Person) -> PageT:
        """Return the page of a new connection."""
        raise NotImplementedError

    def page_connected(self, sid: str, page: PageT, auth: Any) -> None:
        """Start serving a page that was added to `pages`. Raises ConnectionRefusedError."""

    def page_disconnected(self, page: PageT) -> None:
        """Release what a page holds, after its removal from `pages`."""

    def connect(self, sid: str, _environ: object, auth: Any = None) -> None:
        """Connect a page. Raises ConnectionRefusedError, with a sentence for the page, if its token is not valid."""
        person = self._identify(auth)
        try:
            page = self.pages[sid] = self.create_page(sid, person)
            self.page_connected(sid, page, auth)
        except ConnectionRefusedError:
            raise
        except Exception:
            log.exception("Internal error while connecting a page to %s", self.name)
            with suppress(Exception):  # closing a half-connected page may fail too
                self.disconnect(sid)
            raise ConnectionRefusedError(INTERNAL_ERROR) from None

    def disconnect(self, sid: str, *_reason: object) -> None:
        """Forget a page. Idempotent."""
        page = self.pages.pop(sid, None)
        if page is not None:
            self.page_disconnected(page)

    def emit(self, sid: str, event: str, payload: dict[str, Any]) -> None:
        """Send an event to a page, if it is still connected."""
        if sid in self.pages:
            self.server.emit(event, payload, to=sid, namespace=self.name)

    def _identify(self, auth: Any) -> Person:
        try:
            person = self._authenticator.identify(token_of(auth))
        except TooManyAttempts as error:
            raise ConnectionRefusedError(str(error)) from None
        if person is None:
            raise ConnectionRefusedError(WRONG_TOKEN)
        return person

    def _on(self, event: str, handler: Callable[..., Any]) -> None:
        self.server.on(event, handler, namespace=self.name)


class LimitedPage(Protocol):
    """A page with a rate limit."""

    rate_limit: RateLimit


LimitedPageT = TypeVar("LimitedPageT", bound=LimitedPage)
Ask: TypeAlias = Callable[[LimitedPageT, Payload], Answer | None]
"""Do what a page asks for. The result is added to `{"ok": true}`; `expected_errors` that it raises are refusals."""


class AcknowledgedNamespace(AuthenticatedNamespace[LimitedPageT]):
    """A namespace whose events are acknowledged and rate-limited."""

    expected_errors: ClassVar[tuple[type[Exception], ...]] = (ValueError, StorageError)
    """Exceptions whose message is a sentence for the page; all others are internal errors."""
    unlimited_events: ClassVar[frozenset[str]] = frozenset()
    """Events that the rate limit does not count."""
    acknowledges_unknown_events: ClassVar[bool] = True
    """Whether an event without a handler is acknowledged, with nothing; otherwise it is ignored."""

    def register(self) -> None:
        """Register the handlers, and one for unknown events."""
        super().register()
        if self.acknowledges_unknown_events:
            self._on("*", lambda *_: None)

    def events(self) -> Mapping[str, Ask[LimitedPageT]]:
        """Return the function that handles each event."""
        raise NotImplementedError

    def handlers(self) -> Mapping[str, Callable[..., Answer]]:
        """Return handlers that answer each event."""
        return {event: self._acknowledged(event, ask) for event, ask in self.events().items()}

    def _acknowledged(self, event: str, ask: Ask[LimitedPageT]) -> Callable[..., Answer]:
        def handler(sid: str, *sent: Any) -> Answer:
            page = self.pages.get(sid)
            if page is None:
                return _refused(NO_SESSION)
            if event not in self.unlimited_events and page.rate_limit.take():
                return _refused(TOO_FAST)
            try:
                return {"ok": True} | (ask(page, Payload(sent)) or {})
            except self.expected_errors as error:
                return _refused(str(error))
            except Exception:
                log.exception("Internal error in %s, event %s", self.name, event)
                return _refused(INTERNAL_ERROR)

        return handler


def _refused(sentence: str) -> Answer:
    return {"ok": False, "say": sentence}
