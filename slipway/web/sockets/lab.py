"""The `/lab` namespace: passes a page's requests to its learner's session, and the session's events to the page.

The session calls the page's listener from any greenlet. Knows the interface of a session, not what it does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask_socketio import SocketIO

from slipway.core.classroom.members import Person
from slipway.settings import LabLimits
from slipway.web import markdown
from slipway.web.payload import Payload
from slipway.web.ports import Answer, Listener, SessionLike, SessionManagerLike
from slipway.web.security.rate_limit import RateLimit, RateLimits
from slipway.web.sockets.namespace import AcknowledgedNamespace, Ask, Identifier

TOO_MANY_SANDBOXES = "Too many new engines just now. You can start another one in {seconds} seconds."

log = logging.getLogger(__name__)


@dataclass
class LabPage:
    """One connection: its learner, their session, and the listener through which the session sends events."""

    learner: str
    session: SessionLike
    listener: Listener
    rate_limit: RateLimit


class LabNamespace(AcknowledgedNamespace[LabPage]):
    """The sessions of all pages."""

    name = "/lab"

    def __init__(
        self, socketio: SocketIO, sessions: SessionManagerLike, authenticator: Identifier, limits: LabLimits
    ) -> None:
        super().__init__(socketio, authenticator)
        self._sessions, self._limits = sessions, limits
        self._new_sandboxes = RateLimits(limits.fresh, limits.fresh_burst)

    def create_page(self, sid: str, person: Person) -> LabPage:
        """Return a page with the session of its learner."""
        session = self._sessions.session(person.learner)
        rate_limit = RateLimit(self._limits.wishes, self._limits.wishes_burst)
        return LabPage(person.learner, session, self._listener(sid), rate_limit)

    def page_connected(self, sid: str, page: LabPage, auth: Any) -> None:
        """Subscribe the page to the session."""
        page.session.subscribe(page.listener)

    def page_disconnected(self, page: LabPage) -> None:
        """Unsubscribe the page from the session."""
        page.session.unsubscribe(page.listener)

    def events(self) -> Mapping[str, Ask[LabPage]]:
        """Return the events of a lesson page."""
        return {
            "open": lambda page, payload: page.session.open_lesson(payload.text("lesson")),
            "turn": lambda page, payload: page.session.go_to_step(payload.text("step")),
            "run": lambda page, payload: page.session.run_block(
                payload.text("block"), payload.text("id"), payload.number("terminal", 1)
            ),
            "hint": _hint,
            "solution": _solution,
            "type": lambda page, payload: page.session.type_next_command(
                payload.text("step"), payload.text("id"), payload.number("terminal", 1)
            ),
            "still": lambda page, _: page.session.stop_typing(),
            "stage": lambda page, payload: page.session.prepare_step(
                payload.text("step"), payload.text("id"), payload.number("terminal", 1)
            ),
            "here": lambda page, _: page.session.mark_active(),
            "afresh": self._new_sandbox,
            "again": lambda page, payload: page.session.restart_lesson(payload.text("lesson")),
        }

    def _new_sandbox(self, page: LabPage, _payload: Payload) -> Answer:
        if wait := self._new_sandboxes.take(page.learner):
            raise ValueError(TOO_MANY_SANDBOXES.format(seconds=ceil(wait)))
        return page.session.replace_sandbox()

    def _listener(self, sid: str) -> Listener:
        """Return a listener that sends events to a page. It neither blocks nor raises."""

        def listener(event: str, payload: dict[str, Any]) -> None:
            try:
                if sid not in self.pages:
                    return
                self.emit(sid, event, payload)
                if self._backlog(sid) > self._limits.backlog:
                    self._close(sid)  # the page reconnects and starts from a snapshot
            except Exception:
                log.exception("Internal error while sending to a page")

        return listener

    def _backlog(self, sid: str) -> int:
        client = self._client(sid)
        return client.queue.qsize() if client else 0

    def _close(self, sid: str) -> None:
        log.warning("A page is more than %d messages behind; its connection is closed", self._limits.backlog)
        client = self._client(sid)
        if client:
            # In a separate greenlet: closing disconnects the page, which calls back into the session that called us.
            self.server.start_background_task(client.close, wait=False, abort=True)

    def _client(self, sid: str) -> Any:
        return self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(sid, self.name))


def _hint(page: LabPage, payload: Payload) -> Answer:
    answer = page.session.hint(payload.text("step"))
    return {"html": markdown.render(answer.pop("text", ""))} | answer


def _solution(page: LabPage, payload: Payload) -> Answer:
    step = payload.text("step")
    answer = page.session.solution(step)
    return {"html": markdown.render_block(f"{step}.solution", answer.pop("text", ""))} | answer
