"""A browser client of a terminal: its offset (bytes), window and UTF-8 decoder.

Everything it is sent leaves through its own pump, so status and output keep one order. Knows no socket: `on_output` and
`on_status` are given to it. The terminal's lock guards every field.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from slipway.terminal.flow_control import FlowControl
from slipway.terminal.output import SCROLLBACK_LINES
from slipway.terminal.resume import ClientOffset
from slipway.terminal.state import TerminalState
from slipway.terminal.status import status_text
from slipway.terminal.subscriber import OnStatus, Subscriber

MESSAGE = 64 * 1024
"""Bytes of output in one message at most."""
MERGE = 0.004
"""Seconds after a message during which output is collected for the next one."""
INLINE = 1024
"""Bytes up to which output after a pause is sent by the thread that read it, without waking the pump."""
TAIL = 256
"""Bytes that are remembered of what was sent last, to recognise the place after a restart."""
FLOOD_END = 8 * 1024
"""Bytes of an interrupted flood that are shown of its end: more than a screen."""
LEFT_OUT = "\x1b[0m\r\n\x1b[2m[{:.1f} MB left out. Load the page again to see the last {} lines.]\x1b[0m\r\n"

Piece = tuple[int, int, str]
"""(number of the first byte, number after the last, text)."""
OnOutput = Callable[[int, int, str, Callable[[], None]], None]
"""(number of the first byte, number after the last, text, to be called when everything before it has left for the
network). Must return at once, without waiting for the page."""


class ClientHost(Protocol):
    """What a client asks of its terminal (terminal.py)."""

    def send_input(self, client: TerminalClient, data: bytes) -> bool:
        """Send a client's keys, and make it the active one; return False when the queue is full."""
        ...

    def resize(self, client: TerminalClient, size: tuple[int, int]) -> None:
        """Set a client's size, which is the terminal's while that client is active."""
        ...

    def activate(self, client: TerminalClient) -> None:
        """Make this the active client: its size and its pace become the terminal's."""
        ...

    def remove(self, client: TerminalClient) -> None:
        """Detach a client that has closed."""
        ...

    def resume(self, received: ClientOffset | None) -> int | None:
        """Return the number of the byte after those that a page has; None when it has to start over."""
        ...


class TerminalClient(Subscriber[Piece]):
    """One page that is attached to a terminal.

    `offset` is the next byte to send, `acknowledged` the first that is not known to have arrived. `received` is what
    the page has so far; `is_returning` says that it was attached before and has been away.
    """

    def __init__(
        self,
        state: TerminalState,
        terminal: ClientHost,
        on_output: OnOutput,
        on_status: OnStatus,
        received: ClientOffset | None,
        is_returning: bool,
    ) -> None:
        super().__init__(state, on_status)
        self._terminal, self._on_output = terminal, on_output
        self._sent_status: tuple[Any, ...] = ()
        self._acknowledges = False
        self._is_merging = self._is_idle = False
        self._sent_at = 0.0
        self._flow = FlowControl(state.window)
        self._skipped = 0
        self.received, self.is_returning = received, is_returning
        self.acknowledged = 0
        self.size: tuple[int, int] | None = None

    @property
    def window(self) -> int:
        """Bytes that may be in flight to this page: what it draws in some 50 ms, by its own acknowledgements.

        For a page that acknowledges nothing, the last message never counts as arrived: its window must hold several.
        """
        return self._flow.window if self._acknowledges else self._state.window

    @property
    def is_slow(self) -> bool:
        """Whether the page is known to draw more slowly than a shell can write."""
        return self._acknowledges and self._flow.is_slow

    def type(self, text: str) -> bool:
        """Send keys to the shell, in order; return False when it reads none and its queue is full."""
        return self._terminal.send_input(self, text.encode(errors="replace"))

    def resize(self, cols: int, rows: int) -> None:
        """Set the page's size in characters; it is the terminal's while this client is the active one."""
        self._terminal.resize(self, (min(500, max(10, cols)), min(200, max(5, rows))))

    def activate(self) -> None:
        """Make this the active client: its size and its pace become the terminal's."""
        self._terminal.activate(self)

    def acknowledge(self, number: int) -> None:
        """Note that the page has drawn everything before byte `number`; from now on only that counts as arrived."""
        with self._state.lock:
            self._acknowledges = True
            self._advance(number)

    def skip_ahead(self) -> None:
        """Skip to near the end of the output with the next message, and leave out what lies between."""
        ring = self._state.output.ring
        skipped = ring.next_line(ring.end - FLOOD_END) - self.offset
        if skipped > FLOOD_END and self.generation == self._state.output.generation:
            self._skipped = skipped
            self._wake.notify_all()

    def status(self) -> dict[str, Any]:
        """Return the terminal's status with what concerns only pages: how many are attached, and which is active."""
        state = self._state
        with state.lock:
            return state.payload() | {
                "say": status_text(state.status, state.client_count),
                "shell": state.output.shell_id,
                "viewers": state.client_count,
                "used": state.active is self,
            }

    def notify(self) -> None:
        """Wake the pump if there is something to send; while it merges, only for a full message."""
        due = self._is_full() if self._is_merging else self._has_work()
        if due and not self._send_inline():
            self._wake.notify_all()

    def _wait(self) -> None:
        self._is_idle = True
        self._wake.wait_for(self._has_work)
        self._is_idle = False
        self._merge()

    def _merge(self) -> None:
        """Right after a message, wait a moment for more output to go with what has come."""
        rest = self._sent_at + MERGE - time.monotonic()
        if rest > 0:
            self._is_merging = True
            self._wake.wait_for(self._is_full, rest)
            self._is_merging = False

    def _send_inline(self) -> bool:
        """Send the echo of a key from this thread: waking the pump would take a third of the key's whole way."""
        now = time.monotonic()
        if not self._is_idle or self._ready() > INLINE or now < self._sent_at + MERGE:
            return False
        if self._closed or self._sent_status != self._status_key():
            return False
        if piece := self._next_piece():
            self._sent_at = now
            self._on_output(*piece, partial(self._on_left, piece[0]))
        return not self._has_work()

    def _send(self, piece: Piece) -> None:
        self._sent_at = time.monotonic()
        self._on_output(*piece, partial(self._on_left, piece[0]))

    def _on_left(self, number: int) -> None:
        """Handle that all before byte `number` was sent; for a page that never acknowledges, this counts as arrived."""
        if not self._acknowledges:
            with self._state.lock:
                self._advance(number)

    def _advance(self, number: int) -> None:
        if self.acknowledged < number <= self.offset:
            self._flow.acknowledge(number - self.acknowledged, self.offset - self.acknowledged, time.monotonic())
            self.acknowledged = number
            self._state.wake.notify_all()
            self.notify()

    def _leave(self) -> None:
        self._terminal.remove(self)

    def _has_work(self) -> bool:
        return self._closed or self._ready() > 0 or self._sent_status != self._status_key()

    def _is_full(self) -> bool:
        return self._closed or self._ready() >= MESSAGE or self._sent_status != self._status_key()

    def _ready(self) -> int:
        """Return how many bytes may be sent now."""
        output = self._state.output
        if self.generation != output.generation:
            return 0
        if self._skipped:
            return output.ring.end - self.offset
        return min(output.ring.end, self.acknowledged + self.window) - self.offset

    def _status_key(self) -> tuple[Any, ...]:
        """Return everything whose change is sent as a new status."""
        state = self._state
        needs_resume = self.generation == -1
        return (
            state.status,
            state.client_count,
            state.output.generation,
            needs_resume,
            state.size,
            state.active is self,
        )

    def _next_status(self) -> dict[str, Any] | None:
        """Return a changed status, to be sent before more output; but the last output goes before the shell's end."""
        key, output = self._status_key(), self._state.output
        if key == self._sent_status or (self._state.status == "ended" and self._ready() > 0):
            return None
        self._sent_status = key
        message = self.status()
        if self.generation != output.generation and output.shell_id:
            message |= self._resume()
        return message

    def _resume(self) -> dict[str, Any]:
        """Find the byte to continue from: the page's own, or the oldest kept, on a cleared screen."""
        output = self._state.output
        self.generation = output.generation
        start = self._terminal.resume(self.received)
        clear = start is None
        self.offset = self.acknowledged = output.start() if start is None else start
        self._decoder.reset()
        self._skipped = 0
        self.received = None if start is None else self.received
        return {"from": self.offset, "upto": output.ring.end, "clear": clear}

    def _next_piece(self) -> Piece | None:
        output, ring = self._state.output, self._state.output.ring
        if self.offset < ring.base:
            self.received, self.generation = None, -1
            self._sent_status = ()
            return None
        before = self._decoded
        notice = self._skip() if self._skipped else ""
        text = notice + self._decode(ring.read(self.offset, min(MESSAGE, self._ready())))
        end = self._decoded
        tail = ring.read(max(ring.base, end - TAIL), min(TAIL, end - ring.base))
        self.received = ClientOffset(end, tail, output.shell_id)
        if not text:
            self.acknowledged = max(self.acknowledged, end)
            return None
        return before, end, text

    def _skip(self) -> str:
        """Advance past what is left out; return the notice that is shown in its place."""
        count, self._skipped = self._skipped, 0
        self._decoder.reset()
        self.offset += count
        self.acknowledged += count  # the number of bytes in flight stays the same
        return LEFT_OUT.format(count / 1e6, f"{SCROLLBACK_LINES:,}".replace(",", " "))
