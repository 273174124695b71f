"""Limits on Engine.IO connections: pending ones, which have not shown a token, and those of each learner.

Engine.IO keeps a connection as long as it answers pings, whether or not it ever showed a token. Here it is pending
until a namespace has accepted it. Each address may have a few pending connections, for a short while, that send a few
messages; with one more the oldest is closed, because an honest page shows its token at once. A learner who is removed
from the class is disconnected from all namespaces. Knows none of them: that one has accepted a connection is read from
the Socket.IO server itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIO
from socketio.packet import CONNECT, CONNECT_ERROR

from slipway.classroom.addresses import client_network
from slipway.settings import LabLimits
from slipway.web.payload import token_of
from slipway.web.security.auth import Authenticator
from slipway.web.security.rate_limit import RateLimit

MAX_PENDING_MESSAGES = 20  # a page asks for four namespaces
CHECK_INTERVAL = 1.0  # seconds
TOO_MANY_PAGES = "You have too many pages of this lab open. Close some, then reload this one."


class PendingConnection:
    """A connection that no namespace has accepted yet."""

    def __init__(self, address: str) -> None:
        self.address, self.since, self.messages = address, time.monotonic(), 0


class ConnectionLimits:
    """Runs before the handlers of one Socket.IO server, and checks pending connections once a second."""

    def __init__(self, socketio: SocketIO, authenticator: Authenticator, limits: LabLimits) -> None:
        self._server: Any = socketio.server  # type: ignore[attr-defined]
        self._authenticator, self._limits = authenticator, limits
        self._engine = self._server.eio
        self._pending: dict[str, PendingConnection] = {}
        self._pending_at: Counter[str] = Counter()
        self._pages: dict[str, set[str]] = {}
        handlers = self._engine.handlers
        self._connect, self._message, self._disconnect = (
            handlers[event] for event in ("connect", "message", "disconnect")
        )
        handlers.update(connect=self._on_connect, message=self._on_message, disconnect=self._on_disconnect)
        self._checking = False

    def disconnect(self, learner: str) -> None:
        """Close all connections of a learner."""
        for sid in list(self._pages.get(learner, ())):
            self._close(sid)

    def _on_connect(self, sid: str, environ: dict[str, Any]) -> Any:
        address = client_network(environ.get("REMOTE_ADDR", ""))
        if self._pending_at[address] >= self._limits.strangers:
            self._close(next(sid for sid, connection in self._pending.items() if connection.address == address))
        self._pending[sid] = PendingConnection(address)
        self._pending_at[address] += 1
        client = self._engine.sockets[sid]
        client.handle_post_request = self._rate_limited(client.handle_post_request)
        if not self._checking:
            self._checking = True
            self._engine.start_background_task(self._close_expired)
        return self._connect(sid, environ)

    def _on_message(self, sid: str, data: Any) -> None:
        if (pending := self._pending.get(sid)) is not None:
            pending.messages += 1
            if pending.messages > MAX_PENDING_MESSAGES:
                self._close(sid)
                return
        if isinstance(data, str) and data.startswith(str(CONNECT)):
            self._on_namespace_request(sid, data)
        else:
            self._message(sid, data)

    def _on_namespace_request(self, sid: str, data: str) -> None:
        packet = self._server.packet_class(encoded_packet=data)
        learner = self._authenticator.verify(token_of(packet.data))
        pages = self._pages.get(learner or "", set())
        if learner and sid not in pages and len(pages) >= self._limits.pages:
            refusal = {"message": TOO_MANY_PAGES}
            answer = self._server.packet_class(CONNECT_ERROR, data=refusal, namespace=packet.namespace)
            self._server._send_packet(sid, answer)
            return
        self._message(sid, data)
        if learner and self._is_accepted(sid):
            self._pages.setdefault(learner, set()).add(sid)
            self._forget_pending(sid)
            if self._authenticator.identify(token_of(packet.data)) is None:  # removed while they connected
                self.disconnect(learner)

    def _on_disconnect(self, sid: str, *reason: Any) -> None:
        self._forget_pending(sid)
        for learner, pages in list(self._pages.items()):
            pages.discard(sid)
            if not pages:
                del self._pages[learner]
        self._disconnect(sid, *reason)

    def _close_expired(self) -> None:
        while True:
            self._engine.sleep(CHECK_INTERVAL)
            now = time.monotonic()
            for sid, pending in list(self._pending.items()):
                if now - pending.since > self._limits.stranger_time:
                    self._close(sid)

    def _is_accepted(self, sid: str) -> bool:
        manager = self._server.manager
        return any(manager.sid_from_eio_sid(sid, namespace) for namespace in manager.get_namespaces())

    def _close(self, sid: str) -> None:
        self._forget_pending(sid)
        if (client := self._engine.sockets.pop(sid, None)) is not None:
            client.close(wait=False)  # a client that does not read would be waited for in vain

    def _forget_pending(self, sid: str) -> None:
        if (pending := self._pending.pop(sid, None)) is not None:
            self._pending_at[pending.address] -= 1
            if not self._pending_at[pending.address]:
                del self._pending_at[pending.address]

    def _rate_limited(self, post: Callable[[Any], None]) -> Callable[[Any], None]:
        """Limit the rate at which a polling client's messages are read, as a WebSocket's are."""
        rate_limit = RateLimit(self._limits.posts, self._limits.posts_burst)

        def limited(environ: Any) -> None:
            while wait := rate_limit.take():
                self._engine.sleep(wait)
            post(environ)

        return limited
