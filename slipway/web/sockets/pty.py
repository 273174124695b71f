"""The `/pty` namespace: terminals in pyxtermjs's protocol, with byte numbers, acknowledgements and status events added.

Events are not acknowledged; malformed payloads are only counted in the log. Keys and acknowledgements bypass Socket.IO
(`intercept`), which is why this namespace has its own `_guarded` instead of AcknowledgedNamespace. Knows terminals, and
nothing of containers. docs/architecture.md has the table of events.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import orjson
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from slipway.core.classroom.members import Person
from slipway.settings import LabLimits
from slipway.web.ports import TerminalClientLike, TerminalsLike
from slipway.web.security.rate_limit import RateLimits
from slipway.web.sockets import websocket
from slipway.web.sockets.malformed_packets import MalformedPacketLog
from slipway.web.sockets.namespace import NOT_READING, TOO_FAST, AuthenticatedNamespace, Identifier

NAMESPACE = "/pty"
EVENT_PREFIX = f"42{NAMESPACE},"
"""The beginning of a page's event on a WebSocket: a message of Engine.IO, an event of Socket.IO."""
OUTPUT_PREFIX = f'{EVENT_PREFIX}["pty-output",'.encode()
MAX_INPUT = 64 * 1024
"""Bytes of input in one event."""
ATTACH_DELAY = 0.3
"""Seconds after which a page that attached to nothing, such as pyxtermjs's own, gets the first terminal."""
NO_SUCH_TERMINAL = "There is no such terminal in this lab. Reload this page."

log = logging.getLogger(__name__)


class PtyPage:
    """One connection: its learner, and its clients by terminal number."""

    def __init__(self, sid: str, learner: str, transport: str) -> None:
        self.sid, self.learner, self.transport = sid, learner, transport
        self.clients: dict[int, TerminalClientLike] = {}
        self.closed = False


class PtyNamespace(AuthenticatedNamespace[PtyPage]):
    """The terminals of all pages. No handler blocks: shells are started in other threads."""

    name = NAMESPACE

    def __init__(
        self, socketio: SocketIO, terminals: TerminalsLike, authenticator: Identifier, limits: LabLimits
    ) -> None:
        super().__init__(socketio, authenticator)
        self._terminals = terminals
        self._sid_by_transport: dict[str, str] = {}
        self._malformed = MalformedPacketLog()
        self._new_shells = RateLimits(limits.shells, limits.shells_burst)
        frequent = {"pty-input": self.type, "parsed": self.parsed}
        self._intercepted = [(f'{EVENT_PREFIX}["{name}",', self._guarded(event)) for name, event in frequent.items()]

    def create_page(self, sid: str, person: Person) -> PtyPage:
        """Return a page without terminals."""
        return PtyPage(sid, person.learner, self.server.manager.eio_sid_from_sid(sid, NAMESPACE))

    def page_connected(self, sid: str, page: PtyPage, auth: Any) -> None:
        """Attach the terminal that the page named, or the first one after a moment."""
        self._sid_by_transport[page.transport] = sid
        options = auth if isinstance(auth, dict) else {}
        if type(options.get("terminal")) is int:
            self._attach_first(page, options["terminal"])
        elif options.get("attaches") is not True:
            self.server.start_background_task(self._attach_later, page)

    def page_disconnected(self, page: PtyPage) -> None:
        """Close the clients of the page."""
        page.closed = True
        self._sid_by_transport.pop(page.transport, None)
        for client in page.clients.values():
            client.close()

    def handlers(self) -> Mapping[str, Callable[..., None]]:
        """Return the events of the protocol; keys usually bypass these (intercept)."""
        events = {
            "attach": self.attach,
            "pty-input": self.type,
            "resize": self.resize,
            "use": self.use,
            "parsed": self.parsed,
            "end": self.end,
        }
        return {name: self._guarded(event) for name, event in events.items()}

    # Events

    def attach(self, page: PtyPage, payload: dict[str, Any]) -> None:
        """Attach to a terminal, from the byte after those that the page has."""
        have, tail, shell = payload.get("have"), payload.get("tail", ""), payload.get("shell", "")
        if not (have is None or _is_count(have)) or not _are_texts(tail, shell):
            raise ValueError("attach")
        fresh = payload.get("fresh") is True and not self._new_shells.take(page.learner)
        self._attach(page, _number(payload), have, tail, shell, fresh)

    def type(self, page: PtyPage, payload: dict[str, Any]) -> None:
        """Type into a terminal."""
        text, number = payload.get("input"), _number(payload)
        if not isinstance(text, str) or len(text.encode(errors="replace")) > MAX_INPUT:
            raise ValueError("pty-input")
        if not self._client(page, number).type(text):
            self._send_status(page, {"terminal": number, "state": "live", "say": NOT_READING})

    def resize(self, page: PtyPage, payload: dict[str, Any]) -> None:
        """Set the size of the page's window on a terminal, in characters."""
        cols, rows = payload.get("cols"), payload.get("rows")
        if not _is_count(cols) or not _is_count(rows):
            raise ValueError("resize")
        self._client(page, _number(payload)).resize(cols, rows)

    def use(self, page: PtyPage, payload: dict[str, Any]) -> None:
        """Make this page the one whose size the terminal has."""
        self._client(page, _number(payload)).activate()

    def end(self, page: PtyPage, payload: dict[str, Any]) -> None:
        """End a terminal's shell."""
        number = _number(payload)
        if self._new_shells.take(page.learner):
            self._send_status(page, {"terminal": number, "state": "live", "say": TOO_FAST})
        else:
            self._terminals.end(page.learner, number)

    def parsed(self, page: PtyPage, payload: dict[str, Any]) -> None:
        """Acknowledge the output that the page has drawn."""
        seq = payload.get("seq")
        if not _is_count(seq):
            raise ValueError("parsed")
        client = page.clients.get(_number(payload))
        if client:
            client.acknowledge(seq)

    def intercept(self, transport: str, message: str) -> bool:
        """Handle a key or an acknowledgement as it comes from the network; False for all other messages.

        Engine.IO and Socket.IO decode each message by trial and error, which costs a key as much as all we do.
        """
        sid = self._sid_by_transport.get(transport)
        handler = next((handler for prefix, handler in self._intercepted if message.startswith(prefix)), None)
        if sid is None or handler is None:
            return False
        try:
            _, *sent = json.loads(message[len(EVENT_PREFIX) :])
        except (ValueError, RecursionError):
            return False
        handler(sid, *sent)
        return True

    def _guarded(self, event: Callable[[PtyPage, dict[str, Any]], None]) -> Callable[..., None]:
        """Return `event` as a handler that counts malformed payloads and otherwise ignores them."""

        def handler(sid: str, *sent: Any) -> None:
            page = self.pages.get(sid)
            if page is None:
                return
            try:
                if not sent or not isinstance(sent[0], dict):
                    raise ValueError("payload")
                event(page, sent[0])
            except (ValueError, LookupError) as error:
                self._malformed.add(f"pty: {error}")
            except Exception:
                log.exception("Internal error in a terminal's event")

        return handler

    # Terminals

    def _client(self, page: PtyPage, number: int) -> TerminalClientLike:
        return page.clients.get(number) or self._attach(page, number)

    def _attach(
        self,
        page: PtyPage,
        number: int,
        have: int | None = None,
        tail: str = "",
        shell: str = "",
        fresh: bool = False,
    ) -> TerminalClientLike:
        """Attach a page to a terminal, replacing its client if it has one; then the page counts as never detached."""
        terminal = self._terminals.terminal(page.learner, number, fresh)
        before = page.clients.pop(number, None)
        if before:
            before.close()

        def on_status(status: dict[str, Any]) -> None:
            self._send_status(page, status)

        def on_output(start: int, end: int, text: str, sent: Callable[[], None]) -> None:
            position = f',"terminal":{number},"seq":{start},"end":{end}}}'
            self._send_output(page, b'{"output":' + orjson.dumps(text) + position.encode(), sent)

        client = terminal.add_client(on_output, on_status, have, tail, shell, before is not None)
        # The page may have attached again, or closed, while this was attaching: leave no client behind.
        other, page.clients[number] = page.clients.pop(number, None), client
        if other:
            other.close()
        if page.closed:
            client.close()
        return client

    def _attach_first(self, page: PtyPage, number: int) -> None:
        """Attach to the terminal that a page names on connecting. Raises ConnectionRefusedError if there is none."""
        try:
            self._attach(page, number)
        except LookupError:
            self.disconnect(page.sid)
            raise ConnectionRefusedError(NO_SUCH_TERMINAL) from None

    def _attach_later(self, page: PtyPage) -> None:
        self.server.sleep(ATTACH_DELAY)
        if not page.closed and not page.clients:
            self._attach(page, 1)

    def _send_status(self, page: PtyPage, status: dict[str, Any]) -> None:
        self.emit(page.sid, "terminal", status)

    def _send_output(self, page: PtyPage, output: bytes, sent: Callable[[], None]) -> None:
        """Send a `pty-output` (encoded already) as Socket.IO does: at once if possible, otherwise through its queue."""
        if page.closed:
            return
        message = OUTPUT_PREFIX + output + b"]"
        if websocket.send_now(self.server.eio, page.transport, message):
            sent()
        else:
            self.server.eio.send_packet(page.transport, websocket.FlushedPacket(message, sent))


def register(
    socketio: SocketIO, terminals: TerminalsLike, authenticator: Identifier, limits: LabLimits
) -> PtyNamespace:
    """Serve `/pty` on `socketio`, which has its app, our WebSocket and `async_handlers=False`."""
    namespace = PtyNamespace(socketio, terminals, authenticator, limits)
    namespace.register()
    websocket.intercept(socketio, namespace.intercept)
    return namespace


def _number(payload: dict[str, Any]) -> int:
    number = payload.get("terminal", 1)
    if type(number) is not int:
        raise ValueError("terminal")
    return number


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 2**53


def _are_texts(*values: Any) -> bool:
    return all(isinstance(value, str) and len(value) <= 1024 for value in values)
