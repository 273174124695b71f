"""The `/lab` namespace: a page follows its learner's seat, and says what the learner wants of it.

Every event is acknowledged with `{"ok": true, …}` or `{"ok": false, "say": sentence}`. What happens in the seat reaches
the page through a listener, from whatever greenlet it happens in. Knows how to ask a seat, not what a seat does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import ceil
from typing import Any

from flask import request
from flask_socketio import Namespace, SocketIO
from socketio.exceptions import ConnectionRefusedError

from slipway.core.errors import StorageError
from slipway.settings import LabLimits
from slipway.web import markdown
from slipway.web.payload import Payload, token_of
from slipway.web.ports import Answer, Listener, SessionLike, SessionManagerLike
from slipway.web.security.auth import Authenticator, TooManyTries
from slipway.web.security.rate_limit import RateLimit, RateLimits

WRONG_TOKEN = "This page's key does not fit this lab. Open the URL that `./lab up` printed."  # noqa: S105 - a sentence
NO_SEAT = "This page has no seat in the lab. Load it again."
ACCIDENT = "Something went wrong in the lab itself. The log says what; your work is not lost."
TOO_FAST = "That was a lot at once. Wait a moment, then go on."
OFTEN = "You have had several fresh engines just now. In {seconds} seconds you can have another."
log = logging.getLogger(__name__)


class LabNamespace(Namespace):
    """One instance serves every page; a page is a Socket.IO session id."""

    socketio: SocketIO

    def __init__(self, house: SessionManagerLike, access: Authenticator, limits: LabLimits) -> None:
        super().__init__("/lab")
        self._limits = limits
        self._house, self._access = house, access
        self._pages: dict[str, tuple[SessionLike, Listener]] = {}
        self._paces: dict[str, RateLimit] = {}
        self._learners: dict[str, str] = {}
        self._fresh = RateLimits(limits.fresh, limits.fresh_burst)

    def on_connect(self, auth: Any = None) -> None:
        sid = _sid()
        try:
            learner = self._access.learner(token_of(auth))
        except TooManyTries as error:
            raise ConnectionRefusedError(str(error)) from None
        if learner is None:
            raise ConnectionRefusedError(WRONG_TOKEN)
        try:
            self._seat(sid, learner)
        except Exception:
            log.exception("An accident while seating a page")
            raise ConnectionRefusedError(ACCIDENT) from None

    def on_disconnect(self, *_reason: Any) -> None:
        seat, listener = self._pages.pop(_sid(), (None, None))
        self._paces.pop(_sid(), None)
        self._learners.pop(_sid(), None)
        if seat and listener:
            seat.unsubscribe(listener)

    def on_open(self, *given: Any) -> Answer:
        return self._ask(given, lambda seat, said: seat.open_lesson(said.text("lesson")))

    def on_turn(self, *given: Any) -> Answer:
        return self._ask(given, lambda seat, said: seat.go_to_step(said.text("step")))

    def on_run(self, *given: Any) -> Answer:
        return self._ask(
            given, lambda seat, said: seat.run_block(said.text("block"), said.text("id"), said.number("terminal", 1))
        )

    def on_hint(self, *given: Any) -> Answer:
        def hint(seat: SessionLike, said: Payload) -> Answer:
            answer = seat.hint(said.text("step"))
            return {"html": markdown.render(answer.pop("text", ""))} | answer

        return self._ask(given, hint)

    def on_solution(self, *given: Any) -> Answer:
        def solution(seat: SessionLike, said: Payload) -> Answer:
            step = said.text("step")
            answer = seat.solution(step)
            return {"html": markdown.render_block(f"{step}.solution", answer.pop("text", ""))} | answer

        return self._ask(given, solution)

    def on_type(self, *given: Any) -> Answer:
        return self._ask(
            given,
            lambda seat, said: seat.type_next_command(said.text("step"), said.text("id"), said.number("terminal", 1)),
        )

    def on_still(self, *given: Any) -> Answer:
        return self._ask(given, lambda seat, _: seat.stop_typing())

    def on_stage(self, *given: Any) -> Answer:
        return self._ask(
            given, lambda seat, said: seat.prepare_step(said.text("step"), said.text("id"), said.number("terminal", 1))
        )

    def on_here(self, *given: Any) -> Answer:
        return self._ask(given, lambda seat, _: seat.mark_active())

    def on_afresh(self, *given: Any) -> Answer:
        def afresh(seat: SessionLike, _said: Payload) -> Answer:
            if rest := self._fresh.take(self._learners[_sid()]):
                raise ValueError(OFTEN.format(seconds=ceil(rest)))
            return seat.replace_sandbox()

        return self._ask(given, afresh)

    def on_again(self, *given: Any) -> Answer:
        return self._ask(given, lambda seat, said: seat.restart_lesson(said.text("lesson")))

    def _seat(self, sid: str, learner: str) -> None:
        seat, listener = self._house.session(learner), self._listener(sid)
        self._pages[sid], self._paces[sid] = (seat, listener), RateLimit(self._limits.wishes, self._limits.wishes_burst)
        self._learners[sid] = learner
        seat.subscribe(listener)

    def _ask(self, given: tuple[Any, ...], what: Callable[[SessionLike, Payload], Answer]) -> Answer:
        seat, _ = self._pages.get(_sid(), (None, None))
        if seat is None:
            return {"ok": False, "say": NO_SEAT}
        if self._paces[_sid()].take():
            return {"ok": False, "say": TOO_FAST}
        try:
            return {"ok": True} | what(seat, Payload(given))
        except (ValueError, StorageError) as error:
            return {"ok": False, "say": str(error)}
        except Exception:
            log.exception("An accident while answering a page")
            return {"ok": False, "say": ACCIDENT}

    def _listener(self, sid: str) -> Listener:
        """What tells the page `sid`; it never waits for the page and never raises at the seat."""

        def tell(name: str, payload: dict[str, Any]) -> None:
            try:
                if sid not in self._pages:
                    return
                self.socketio.emit(name, payload, to=sid, namespace="/lab")
                # A page that is so far behind is let go; it comes back and opens anew.
                if self._behind(sid) > self._limits.backlog:
                    self._let_go(sid)
            except Exception:
                log.exception("An accident while telling a page")

        return tell

    def _behind(self, sid: str) -> int:
        wire = self._wire(sid)
        return wire.queue.qsize() if wire else 0

    def _let_go(self, sid: str) -> None:
        log.warning("A page is %d messages behind and is let go", self._limits.backlog)
        wire = self._wire(sid)
        if wire:
            # In its own greenlet: closing calls on_disconnect, which calls back into the seat that is telling us.
            self.socketio.start_background_task(wire.close, wait=False, abort=True)

    def _wire(self, sid: str) -> Any:
        server: Any = self.socketio.server  # type: ignore[attr-defined]
        return server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/lab"))


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
