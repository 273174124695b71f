"""The `/pty` namespace: terminals in pyxtermjs's protocol, with numbers, acknowledgements and news added.

Bound to python-socketio itself rather than through Flask-SocketIO, which would make a request context for each key.
Knows a desk that has terminals; nothing of containers. docs/architecture.md has the table of events.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeGuard

import orjson
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from slipway.settings import LabLimits
from slipway.web.payload import token_of
from slipway.web.security.auth import Authenticator, TooManyTries
from slipway.web.security.rate_limit import RateLimits
from slipway.web.sockets import websocket
from slipway.web.sockets.lab import TOO_FAST, WRONG_TOKEN
from slipway.web.sockets.packets import MalformedPacketLog

NAMESPACE = "/pty"
START = f"42{NAMESPACE},"
"""How an event of a page begins on a WebSocket: a message of Engine.IO's, an event of Socket.IO's."""
OUTPUT = f'{START}["pty-output",'.encode()
LONGEST = 64 * 1024
"""Bytes of keys in one event."""
PATIENCE = 0.3
"""Seconds until a page that attached to nothing, as pyxtermjs's own does, is given the first terminal."""
DEAF = "The program in this terminal is not reading what you type. The last keys were left out."
NO_TERMINAL = "There is no such terminal in this lab. Load this page again."

log = logging.getLogger(__name__)


class TerminalClientLike(Protocol):
    """One page at one terminal."""

    def type(self, text: str) -> bool: ...
    def resize(self, cols: int, rows: int) -> None: ...
    def use(self) -> None: ...
    def parsed(self, number: int) -> None: ...
    def close(self) -> None: ...


class TerminalLike(Protocol):
    """A terminal. `say` gets its state; `show` gets the number of the first byte, the number after the last, the text,
    and what to call when everything before it has left for the network. Who `stays` was never away."""

    def watch(
        self,
        show: Callable[[int, int, str, Callable[[], None]], None],
        say: Callable[[dict[str, Any]], None],
        have: int | None,
        tail: str,
        shell: str,
        stays: bool,
    ) -> TerminalClientLike: ...


class TerminalsLike(Protocol):
    """Everybody's terminals."""

    def terminal(self, learner: str, number: int, fresh: bool) -> TerminalLike:
        """At once, even if its shell is still starting. Raises LookupError for a number that nobody may have."""
        ...

    def end(self, learner: str, number: int) -> None:
        """End a terminal's shell, at once or soon; one that nobody opened is left alone."""
        ...


class PtyPage:
    """One connection: whose it is, and its viewers by the number of the terminal."""

    def __init__(self, learner: str, transport: str) -> None:
        self.learner = learner
        self.transport = transport
        self.viewers: dict[int, TerminalClientLike] = {}
        self.gone = False


class PtyNamespace:
    """All pages' terminals. Every handler is prompt: starting a shell and waiting for one happen elsewhere."""

    def __init__(self, socketio: SocketIO, desk: TerminalsLike, access: Authenticator, limits: LabLimits) -> None:
        self._server: Any = socketio.server  # type: ignore[attr-defined]
        self._desk = desk
        self._access = access
        self._pages: dict[str, PtyPage] = {}
        self._by_transport: dict[str, str] = {}
        self._malformed = MalformedPacketLog()
        self._shells = RateLimits(limits.shells, limits.shells_burst)
        often = {"pty-input": self.type, "parsed": self.parsed}
        self._short = [(f'{START}["{name}",', self.guarded(handle)) for name, handle in often.items()]

    def connect(self, sid: str, _environ: object, auth: Any = None) -> None:
        try:
            learner = self._access.learner(token_of(auth))
        except TooManyTries as error:
            raise ConnectionRefusedError(str(error)) from None
        if learner is None:
            raise ConnectionRefusedError(WRONG_TOKEN)
        page = self._pages[sid] = PtyPage(learner, self._server.manager.eio_sid_from_sid(sid, NAMESPACE))
        self._by_transport[page.transport] = sid
        said = auth if isinstance(auth, dict) else {}
        if type(said.get("terminal")) is int:
            self._watch_first(sid, page, said["terminal"])
        elif said.get("attaches") is not True:
            self._server.start_background_task(self._wait, sid, page)

    def disconnect(self, sid: str, *_reason: object) -> None:
        page = self._pages.pop(sid, None)
        if page:
            page.gone = True
            self._by_transport.pop(page.transport, None)
            for viewer in page.viewers.values():
                viewer.close()

    def attach(self, page: PtyPage, sid: str, payload: dict[str, Any]) -> None:
        have, tail, shell = payload.get("have"), payload.get("tail", ""), payload.get("shell", "")
        if not (have is None or _is_count(have)) or not _are_texts(tail, shell):
            raise ValueError("attach")
        fresh = payload.get("fresh") is True and not self._shells.take(page.learner)
        self._watch(sid, page, _number(payload), have, tail, shell, fresh)

    def type(self, page: PtyPage, sid: str, payload: dict[str, Any]) -> None:
        text, number = payload.get("input"), _number(payload)
        if not isinstance(text, str) or len(text.encode(errors="replace")) > LONGEST:
            raise ValueError("pty-input")
        if not self._viewer(sid, page, number).type(text):
            self._emit(sid, {"terminal": number, "state": "live", "say": DEAF})

    def resize(self, page: PtyPage, sid: str, payload: dict[str, Any]) -> None:
        cols, rows = payload.get("cols"), payload.get("rows")
        if not _is_count(cols) or not _is_count(rows):
            raise ValueError("resize")
        self._viewer(sid, page, _number(payload)).resize(cols, rows)

    def use(self, page: PtyPage, sid: str, payload: dict[str, Any]) -> None:
        self._viewer(sid, page, _number(payload)).use()

    def end(self, page: PtyPage, sid: str, payload: dict[str, Any]) -> None:
        number = _number(payload)
        if self._shells.take(page.learner):
            self._emit(sid, {"terminal": number, "state": "live", "say": TOO_FAST})
        else:
            self._desk.end(page.learner, number)

    def parsed(self, page: PtyPage, _sid: str, payload: dict[str, Any]) -> None:
        seq = payload.get("seq")
        if not _is_count(seq):
            raise ValueError("parsed")
        viewer = page.viewers.get(_number(payload))
        if viewer:
            viewer.parsed(seq)

    def guarded(self, handle: Callable[[PtyPage, str, dict[str, Any]], None]) -> Callable[..., None]:
        """`handle` for payloads from strangers: what makes no sense is counted in the log, and does nothing."""

        def handler(sid: str, *given: Any) -> None:
            page = self._pages.get(sid)
            if page is None:
                return
            try:
                if not given or not isinstance(given[0], dict):
                    raise ValueError("payload")
                handle(page, sid, given[0])
            except (ValueError, LookupError) as error:
                self._malformed.note(f"pty: {error}")
            except Exception:
                log.exception("An accident in a terminal's event")

        return handler

    def take(self, transport: str, message: str) -> bool:
        """Keys and acknowledgements as they come from the network; False for all other messages.

        Engine.IO and Socket.IO take each message apart by trial and error, which costs a key as much as all we do.
        """
        sid, handle = (
            self._by_transport.get(transport),
            next((f for s, f in self._short if message.startswith(s)), None),
        )
        if sid is None or handle is None:
            return False
        try:
            _, *given = json.loads(message[len(START) :])
        except (ValueError, RecursionError):
            return False
        handle(sid, *given)
        return True

    def _viewer(self, sid: str, page: PtyPage, number: int) -> TerminalClientLike:
        return page.viewers.get(number) or self._watch(sid, page, number)

    def _watch(
        self,
        sid: str,
        page: PtyPage,
        number: int,
        have: int | None = None,
        tail: str = "",
        shell: str = "",
        fresh: bool = False,
    ) -> TerminalClientLike:
        """Watch a terminal, in the place of the viewer that this page may have had; then it was never away."""
        terminal = self._desk.terminal(page.learner, number, fresh)
        before = page.viewers.pop(number, None)
        if before:
            before.close()

        def say(news: dict[str, Any]) -> None:
            self._emit(sid, news)

        def show(seq: int, end: int, text: str, left: Callable[[], None]) -> None:
            where = f',"terminal":{number},"seq":{seq},"end":{end}}}'
            self._send(page, b'{"output":' + orjson.dumps(text) + where.encode(), left)

        viewer = terminal.watch(show, say, have, tail, shell, before is not None)
        # Watching took a moment, in which another may have begun, or the page have gone: none is left behind.
        other, page.viewers[number] = page.viewers.pop(number, None), viewer
        if other:
            other.close()
        if page.gone:
            viewer.close()
        return viewer

    def _watch_first(self, sid: str, page: PtyPage, number: int) -> None:
        """The terminal that a page names as it comes in. Who names one that there is not is not let in."""
        try:
            self._watch(sid, page, number)
        except LookupError:
            self.disconnect(sid)
            raise ConnectionRefusedError(NO_TERMINAL) from None

    def _wait(self, sid: str, page: PtyPage) -> None:
        self._server.sleep(PATIENCE)
        if not page.gone and not page.viewers:
            self._watch(sid, page, 1)

    def _emit(self, sid: str, news: dict[str, Any]) -> None:
        if sid in self._pages:
            self._server.emit("terminal", news, to=sid, namespace=NAMESPACE)

    def _send(self, page: PtyPage, output: bytes, left: Callable[[], None]) -> None:
        """Send a `pty-output` (JSON already) as Socket.IO does: at once where that can be, or in its turn."""
        if page.gone:
            return
        message = OUTPUT + output + b"]"
        if websocket.push(self._server.eio, page.transport, message):
            left()
        else:
            self._server.eio.send_packet(page.transport, websocket.FlushedPacket(message, left))


def register(socketio: SocketIO, desk: TerminalsLike, access: Authenticator, limits: LabLimits) -> PtyNamespace:
    """Serve `/pty` on `socketio`, which has its app, our WebSocket and `async_handlers=False`."""
    pty = PtyNamespace(socketio, desk, access, limits)
    server: Any = socketio.server  # type: ignore[attr-defined]
    server.on("connect", pty.connect, namespace=NAMESPACE)
    server.on("disconnect", pty.disconnect, namespace=NAMESPACE)
    for name, handle in {
        "attach": pty.attach,
        "pty-input": pty.type,
        "resize": pty.resize,
        "use": pty.use,
        "parsed": pty.parsed,
        "end": pty.end,
    }.items():
        server.on(name, pty.guarded(handle), namespace=NAMESPACE)
    websocket.divert(socketio, pty.take)
    return pty


def _number(payload: dict[str, Any]) -> int:
    number = payload.get("terminal", 1)
    if type(number) is not int:
        raise ValueError("terminal")
    return number


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 2**53


def _are_texts(*values: Any) -> bool:
    return all(isinstance(value, str) and len(value) <= 1024 for value in values)
