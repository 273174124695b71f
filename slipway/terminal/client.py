"""One page that watches one terminal: its own place in the output, its own pace, its own decoder.

All that a viewer is told leaves through its own pump, so news and output keep one order. Knows no socket:
`show` and `say` are given to it. The terminal's lock guards every field.
"""

from __future__ import annotations

import codecs
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from slipway.terminal.flow_control import FlowControl
from slipway.terminal.output import LINES
from slipway.terminal.resume import ClientOffset

if TYPE_CHECKING:
    from slipway.terminal.terminal import Terminal

MESSAGE = 64 * 1024
MERGE = 0.004
KEY = 1024
"""Bytes up to which output after a silence is shown by whoever brought it, without waking the pump."""
TAIL = 256
SHOWN = 8 * 1024
"""Bytes of an interrupted flood that are shown of its end: more than a screen."""
LEFT_OUT = "\x1b[0m\r\n\x1b[2m[{:.1f} MB left out. Load the page again to see the last {} lines.]\x1b[0m\r\n"

OnOutput = Callable[[int, int, str, Callable[[], None]], None]
"""(number of the first byte, number after the last, text, to be called when everything before it has left). Prompt:
it never waits for the page."""
OnStatus = Callable[[dict[str, Any]], None]


class TerminalClient:
    """`place` is the next byte to send, `passed` the first that is not known to have arrived.

    `window` is how much may be under way to this page, by its own pace. `came_back` says that it has been away.
    """

    def __init__(
        self, terminal: Terminal, show: OnOutput, say: OnStatus, known: ClientOffset | None, came_back: bool
    ) -> None:
        self._terminal = terminal
        self._wake = threading.Condition(terminal.lock)
        self._show = show
        self._say = say
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._told: tuple[Any, ...] = ()
        self._parses = False
        self._closed = False
        self._merging = False
        self._idle = False
        self._shown_at = 0.0
        self._rate = FlowControl(terminal.window)
        self._left_out = 0
        self.known, self.came_back = known, came_back
        self.generation = 0
        self.place = self.passed = 0
        self.size: tuple[int, int] | None = None

    @property
    def window(self) -> int:
        """Bytes that may be on their way to this page: some 50 ms of what it has shown that it can draw.

        Of a page that acknowledges nothing, the last message never counts as arrived: its window has to hold several.
        """
        return self._rate.window if self._parses else self._terminal.window

    @property
    def slow(self) -> bool:
        """Whether it is known to draw less than a shell can write."""
        return self._parses and self._rate.slow

    def type(self, text: str) -> bool:
        """Keys for the shell, in order; False when it takes none and too many wait."""
        return self._terminal.keys(self, text.encode(errors="replace"))

    def resize(self, cols: int, rows: int) -> None:
        """The page's size in characters; it counts while this viewer is the one in use."""
        self._terminal.fit(self, (min(500, max(10, cols)), min(200, max(5, rows))))

    def use(self) -> None:
        """Somebody turns to this page: it is the one in use."""
        self._terminal.use(self)

    def parsed(self, number: int) -> None:
        """The page has drawn everything before byte `number`; from now on only that counts as arrived."""
        with self._terminal.lock:
            self._parses = True
            self._pass(number)

    def skip(self) -> None:
        """Go on near the end of what there is, as soon as the page can be told so; what lies between is left out."""
        ring = self._terminal.output.ring
        left_out = ring.line(ring.end - SHOWN) - self.place
        if left_out > SHOWN and self.generation == self._terminal.output.generation:
            self._left_out = left_out
            self._wake.notify_all()

    def close(self) -> None:
        """The page has gone."""
        self._terminal.leave(self)
        with self._terminal.lock:
            self._closed = True
            self._wake.notify_all()

    def stir(self) -> None:
        """Wake the pump if there is something for it; while it merges, only a whole message is."""
        due = self._full() if self._merging else self._due()
        if due and not self._shows_at_once():
            self._wake.notify_all()

    def pump(self) -> None:
        """Send what there is to say and to show until closed: the first at once, what follows within 4 ms together."""
        while True:
            with self._terminal.lock:
                self._idle = True
                self._wake.wait_for(self._due)
                self._idle = False
                self._merge()
                if self._closed:
                    return
                news = self._news()
                output = None if news else self._next()
            if news:
                self._say(news)
            elif output:
                self._shown_at = time.monotonic()
                self._show(*output, partial(self._left, output[0]))

    def _shows_at_once(self) -> bool:
        """Show the echo of a key from here: what waking the pump takes is a third of its way."""
        now = time.monotonic()
        if not self._idle or self._ready() > KEY or now < self._shown_at + MERGE:
            return False
        if self._closed or self._told != self._terminal.news(self):
            return False
        if output := self._next():
            self._shown_at = now
            self._show(*output, partial(self._left, output[0]))
        return not self._due()

    def _merge(self) -> None:
        """Right after a message, wait a moment for more to go with what has come."""
        rest = self._shown_at + MERGE - time.monotonic()
        if rest > 0:
            self._merging = True
            self._wake.wait_for(self._full, rest)
            self._merging = False

    def _left(self, number: int) -> None:
        """Everything before byte `number` has left for the network: enough for a page that acknowledges nothing."""
        if not self._parses:
            with self._terminal.lock:
                self._pass(number)

    def _pass(self, number: int) -> None:
        if self.passed < number <= self.place:
            self._rate.passed(number - self.passed, self.place - self.passed, time.monotonic())
            self.passed = number
            self._terminal.wake.notify_all()
            self.stir()

    def _due(self) -> bool:
        return self._closed or self._ready() > 0 or self._told != self._terminal.news(self)

    def _full(self) -> bool:
        return self._closed or self._ready() >= MESSAGE or self._told != self._terminal.news(self)

    def _ready(self) -> int:
        """Bytes that may be sent now."""
        output = self._terminal.output
        if self.generation != output.generation:
            return 0
        if self._left_out:
            return output.ring.end - self.place
        return min(output.ring.end, self.passed + self.window) - self.place

    def _news(self) -> dict[str, Any] | None:
        """What changed, to be said before more is shown; but the last output goes before the shell's end."""
        news = self._terminal.news(self)
        if news == self._told or (self._terminal.state == "ended" and self._ready() > 0):
            return None
        self._told = news
        message = self._terminal.describe(self)
        if self.generation != self._terminal.output.generation and self._terminal.output.shell:
            message |= self._begin()
        return message

    def _begin(self) -> dict[str, Any]:
        """Find the place to go on from: the page's own, or the oldest kept, on a cleared screen."""
        self.generation = self._terminal.output.generation
        start = self._terminal.place(self.known)
        clear = start is None
        self.place = self.passed = self._terminal.output.newest() if start is None else start
        self._decoder.reset()
        self._left_out = 0
        self.known = None if start is None else self.known
        return {"from": self.place, "upto": self._terminal.output.ring.end, "clear": clear}

    def _next(self) -> tuple[int, int, str] | None:
        ring = self._terminal.output.ring
        if self.place < ring.base:
            self.known, self.generation = None, -1
            self._told = ()
            return None
        before = self.place - len(self._decoder.getstate()[0])
        said = self._leave_out() if self._left_out else ""
        data = ring.read(self.place, min(MESSAGE, self._ready()))
        text = said + self._decoder.decode(data)
        self.place += len(data)
        end = self.place - len(self._decoder.getstate()[0])
        tail = ring.read(max(ring.base, end - TAIL), min(TAIL, end - ring.base))
        self.known = ClientOffset(end, tail, self._terminal.output.shell)
        if not text:
            self.passed = max(self.passed, end)
            return None
        return before, end, text

    def _leave_out(self) -> str:
        """Go to where there is something to show again; what is said in the place of what lies between."""
        count, self._left_out = self._left_out, 0
        self._decoder.reset()
        self.place += count
        self.passed += count  # as much as before is under way
        return LEFT_OUT.format(count / 1e6, f"{LINES:,}".replace(",", " "))
