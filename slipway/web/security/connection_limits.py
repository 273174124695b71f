"""Who stands at the door of the sockets: transports that have not said whose they are, and how many anybody may hold.

Engine.IO keeps a transport as long as it answers pings, whether or not it ever showed a token. Here it is a stranger's
until a namespace has let it in. Of strangers each address may have some, for a short while, who say a few words; with
one more the first of them goes, for an honest page shows its token at once. Whoever is of the class no more is put out
of all namespaces. Knows none of them: that one let somebody in is what the Socket.IO server itself says.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIO
from socketio.packet import CONNECT, CONNECT_ERROR

from slipway.classroom.addresses import neighbourhood
from slipway.settings import LabLimits
from slipway.web.payload import token_of
from slipway.web.security.auth import Authenticator
from slipway.web.security.rate_limit import RateLimit

WORDS = 20  # of a stranger: a page asks for four namespaces
LOOK = 1.0  # seconds between two looks at the doorstep
TOO_MANY_PAGES = "You have too many pages of this lab open: close some, then reload this one."


class PendingConnection:
    """A transport at the door."""

    def __init__(self, address: str) -> None:
        self.address, self.since, self.words = address, time.monotonic(), 0


class ConnectionLimits:
    """Stands before the handlers of one Socket.IO server, and looks around once a second."""

    def __init__(self, socketio: SocketIO, access: Authenticator, limits: LabLimits) -> None:
        self._server: Any = socketio.server  # type: ignore[attr-defined]
        self._access, self._limits = access, limits
        self._engine = self._server.eio
        self._strangers: dict[str, PendingConnection] = {}
        self._at: Counter[str] = Counter()
        self._pages: dict[str, set[str]] = {}
        handlers = self._engine.handlers
        self._connect, self._message, self._disconnect = (handlers[one] for one in ("connect", "message", "disconnect"))
        handlers.update(connect=self._came, message=self._said, disconnect=self._went)
        self._looking = False

    def put_out(self, learner: str) -> None:
        """End every connection of a learner's, whatever it is for."""
        for sid in list(self._pages.get(learner, ())):
            self._show_out(sid)

    def _came(self, sid: str, environ: dict[str, Any]) -> Any:
        address = neighbourhood(environ.get("REMOTE_ADDR", ""))
        if self._at[address] >= self._limits.strangers:
            self._show_out(next(sid for sid, one in self._strangers.items() if one.address == address))
        self._strangers[sid] = PendingConnection(address)
        self._at[address] += 1
        client = self._engine.sockets[sid]
        client.handle_post_request = self._paced(client.handle_post_request)
        if not self._looking:
            self._looking = True
            self._engine.start_background_task(self._look)
        return self._connect(sid, environ)

    def _said(self, sid: str, data: Any) -> None:
        if (stranger := self._strangers.get(sid)) is not None:
            stranger.words += 1
            if stranger.words > WORDS:
                self._show_out(sid)
                return
        if isinstance(data, str) and data.startswith(str(CONNECT)):
            self._asked(sid, data)
        else:
            self._message(sid, data)

    def _asked(self, sid: str, data: str) -> None:
        """A transport asks for a namespace, with its token."""
        packet = self._server.packet_class(encoded_packet=data)
        learner = self._access.recognised(token_of(packet.data))
        pages = self._pages.get(learner or "", set())
        if learner and sid not in pages and len(pages) >= self._limits.pages:
            no = self._server.packet_class(CONNECT_ERROR, data={"message": TOO_MANY_PAGES}, namespace=packet.namespace)
            self._server._send_packet(sid, no)
            return
        self._message(sid, data)
        if learner and self._inside(sid):
            self._pages.setdefault(learner, set()).add(sid)
            self._forget_stranger(sid)
            if self._access.who(token_of(packet.data)) is None:  # put out while they came in
                self.put_out(learner)

    def _went(self, sid: str, *reason: Any) -> None:
        self._forget_stranger(sid)
        for learner, pages in list(self._pages.items()):
            pages.discard(sid)
            if not pages:
                del self._pages[learner]
        self._disconnect(sid, *reason)

    def _look(self) -> None:
        while True:
            self._engine.sleep(LOOK)
            now = time.monotonic()
            for sid, stranger in list(self._strangers.items()):
                if now - stranger.since > self._limits.stranger_time:
                    self._show_out(sid)

    def _inside(self, sid: str) -> bool:
        manager = self._server.manager
        return any(manager.sid_from_eio_sid(sid, namespace) for namespace in manager.get_namespaces())

    def _show_out(self, sid: str) -> None:
        self._forget_stranger(sid)
        if (client := self._engine.sockets.pop(sid, None)) is not None:
            client.close(wait=False)  # who reads nothing could be waited for in vain

    def _forget_stranger(self, sid: str) -> None:
        if (stranger := self._strangers.pop(sid, None)) is not None:
            self._at[stranger.address] -= 1
            if not self._at[stranger.address]:
                del self._at[stranger.address]

    def _paced(self, post: Callable[[Any], None]) -> Callable[[Any], None]:
        """What a polling client sends is read at a pace, as a WebSocket is."""
        pace = RateLimit(self._limits.posts, self._limits.posts_burst)

        def paced(environ: Any) -> None:
            while rest := pace.take():
                self._engine.sleep(rest)
            post(environ)

        return paced
