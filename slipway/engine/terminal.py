"""One terminal of one learner: a shell in a container, its last output, and the pages that watch it.

The reader takes output only as fast as the viewer in use can draw it: while too much is unseen it leaves the bytes in
the socket, and the engine and the kernel in turn block the program that writes. Input goes through `Hands`.
Written with blocking calls and threads; under gevent's monkey-patching these are greenlets.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from slipway.engine.audience import Audience
from slipway.engine.hands import Hands, keystrokes
from slipway.engine.line import USUAL, Line
from slipway.engine.marks import Mark
from slipway.engine.onlooker import Onlooker
from slipway.engine.onlooker import Show as Sight
from slipway.engine.output import Output
from slipway.engine.recall import Known
from slipway.engine.spawn import spawn
from slipway.engine.states import SAY, State
from slipway.engine.viewer import Say, Show, Viewer

log = logging.getLogger(__name__)

WINDOW = 256 * 1024
SETTLE = 0.03
COAX = 0.2
AGAIN = (0.5, 1.0, 2.0, 4.0, 8.0)

Open = Callable[[bool], Line]
"""Give a line to the terminal's shell; to a new one when asked for afresh. May take seconds; raises when it can't."""


class Terminal:
    """A shell with any number of viewers, opened when the first one comes. `lock` guards all its state.

    `wake` wakes the reader and the life of the line; each viewer has a waking of its own.
    """

    def __init__(
        self, number: int, open_shell: Open, on_mark: Callable[[int, Mark], None], window: int = WINDOW
    ) -> None:
        self.number = number
        self.window = window
        self.lock = threading.RLock()
        self.wake = threading.Condition(self.lock)
        self.output = Output()
        self.state: State = "starting"
        self._open_shell = open_shell
        self._on_mark = on_mark
        self._say = SAY["starting"]
        self._audience = Audience()
        self._line: Line | None = None
        self._runs: OrderedDict[str, None] = OrderedDict()
        self._renew = self._ending = False
        self._coaxing = False
        self._closed = False
        self._hands = Hands(spawn)
        spawn(self._live)

    def watch(self, show: Show, say: Say, have: int | None = None, tail: str = "", shell: str = "") -> Viewer:
        """A new viewer, from the oldest output kept, or from byte `have` on.

        `tail` (the last text that it has) and `shell` prove that its bytes are this shell's.
        """
        known = None if have is None else Known(have, tail.encode(errors="replace"), shell)
        viewer = Viewer(self, show, say, known)
        with self.lock:
            self._audience.join(viewer)
            self._stir()
        spawn(viewer.pump)
        return viewer

    def overlook(self, show: Sight, say: Say) -> Onlooker:
        """A quiet look, for whoever follows: it has no size, and the shell never waits for it."""
        onlooker = Onlooker(self, show, say, self._audience.overlooked)
        with self.lock:
            self._audience.overlook(onlooker)
        spawn(onlooker.pump)
        return onlooker

    def type_text(self, text: str, run: str) -> bool:
        """Type a command and Enter, once for each `run`; False when it was typed before or can't be now."""
        with self.lock:
            if run in self._runs or self.state != "live":
                return False
            if sent := self._hands.type(keystrokes(text, self.output.bracketed)):
                self._runs[run] = None
                while len(self._runs) > 1000:
                    self._runs.popitem(last=False)
        return sent

    def press(self, keys: str) -> bool:
        """Keys from no page; False when they can't be taken now."""
        with self.lock:
            return self.state == "live" and self._hands.type(keys.encode(errors="replace"))

    def renew(self) -> None:
        """Open a new shell where the last one has ended, or is about to."""
        with self.lock:
            if self.state == "ended" or self._ending:
                self._renew = True
                self.wake.notify_all()

    def end(self) -> None:
        """End the shell and what runs in it, and leave no trace for the next."""
        with self.lock:
            line = self._line
            self._ending = line is not None
        if line:
            spawn(line.remove)

    def close(self) -> None:
        """Leave the shell alone from now on; whoever watches is told."""
        with self.lock:
            self._closed = True
            self._become("lost")
            line, self._line = self._line, None
        self._hands.close()
        if line:
            line.hang_up()

    # What viewers need

    def keys(self, viewer: Viewer, data: bytes) -> bool:
        """Keys from a viewer, which by this becomes the one in use."""
        with self.lock:
            if self._audience.use(viewer):
                self._used(viewer)
        return self._hands.type(data)

    def fit(self, viewer: Viewer, size: tuple[int, int]) -> None:
        """A viewer's size, which counts while it is the one in use."""
        with self.lock:
            viewer.size = size
            if self._audience.in_use is viewer:
                self._hands.resize(*size)
                self._audience.stir()

    def leave(self, viewer: Viewer) -> None:
        """A viewer has gone."""
        with self.lock:
            self._audience.leave(viewer)
            self._used(self._audience.in_use)

    def place(self, known: Known | None) -> int | None:
        """The number of the byte after those that a page has; None when it has to begin anew.

        From here on that page's own place counts, and no longer that of the last one that left.
        """
        self._audience.returned()
        return self.output.place(known)

    def regulate(self) -> None:
        """Have the programs wait while the page in use is slow and has enough to draw, and go on when it needs more."""
        if line := self._line:
            strained = self._audience.strained(self.output, line.valve.shut)
            line.valve.turn(strained or (line.valve.shut and line.waits()))

    def news(self, viewer: Viewer) -> tuple[Any, ...]:
        """What a viewer should have been told; compared with what it was."""
        generation = self.output.generation
        return (self.state, self._say, len(self._audience), generation, viewer.generation == -1)

    def describe(self) -> dict[str, Any]:
        """The terminal's state in the page's language."""
        say, viewers = self._say, len(self._audience)
        if self.state == "live" and viewers > 1:
            say = f"Open in {viewers} places: what is typed in one shows in all."
        return {
            "terminal": self.number,
            "state": self.state,
            "say": say,
            "shell": self.output.shell,
            "viewers": viewers,
        }

    def sight(self) -> dict[str, Any]:
        """What an onlooker has to know to draw: the state, and the size in characters."""
        cols, rows = self._hands.size
        return {"terminal": self.number, "state": self.state, "say": self._say, "cols": cols, "rows": rows}

    # The life of the line

    def _live(self) -> None:
        failures, fresh = 0, False
        while not self._closed:
            try:
                line = self._open_shell(fresh)
            except Exception as error:  # whatever it is, the learner is told and it is tried again
                log.warning("terminal %s: no shell: %s", self.number, error)
                self._pause("lost", AGAIN[min(failures, len(AGAIN) - 1)])
                failures += 1
                continue
            failures = 0
            fresh = self._follow(line)

    def _follow(self, line: Line) -> bool:
        """Be the shell's terminal until the connection ends; whether the next one is to be a new shell."""
        with self.lock:
            self._line = line
            self.output.listen()
            if self._closed:
                line.hang_up()
        reader = spawn(lambda: self._read(line))
        self._remember(line)
        reader.join()
        with self.lock:
            self._line = None
        self._hands.hold(None)
        line.close()
        if self._closed:
            return False
        if line.runs() and not self._ending:
            self._pause("lost", AGAIN[0])
            return False
        with self.lock:
            self._become("ended")
            self.wake.wait_for(lambda: self._renew or self._closed)
            self._renew = self._ending = False
            self._become("starting")
        return True

    def _remember(self, line: Line) -> None:
        """Put what was written before the line was there in front of what has come since."""
        past = line.past if line.whole else line.log()
        with self.lock:
            if not line.whole:
                self.wake.wait_for(lambda: self._closed, SETTLE)
            complete = self.output.settle(line.shell, past, line.whole, self._audience.claims())
            self._become("live")
        self._tell()
        self._hands.hold(line)
        if not complete:
            self._coax()

    def _coax(self) -> None:
        """Have the prompt drawn, of which the log knows nothing. A bash that is just starting misses some signals.

        A page says its size right after it came; one that says none is given the usual.
        """
        for turn in range(5):
            quiet = self.output.ring.end
            self._hands.redraw(USUAL if turn else None)
            with self.lock:
                self._coaxing = True
                drawn = self.wake.wait_for(lambda: self._closed or self.output.ring.end > quiet, COAX)  # noqa: B023
                self._coaxing = False
            if drawn:
                return

    def _read(self, line: Line) -> None:
        while data := line.read():
            with self.lock:
                if self._closed:
                    return
                self.output.take(data)
                self._audience.stir()
                if self._coaxing:
                    self.wake.notify_all()
                self.regulate()
                held = self._held()
            self._tell()
            if held:
                with self.lock:
                    self.wake.wait_for(lambda: self._closed or not self._held())

    def _tell(self) -> None:
        """Pass on the marks found, outside the lock, for whoever hears them may take their time."""
        while mark := self.output.next_mark():
            self._on_mark(self.number, mark)

    def _held(self) -> bool:
        """Whether too much is unseen to read on."""
        return self.output.full() if not self.output.settled else self._audience.held(self.output, self.window)

    def _used(self, viewer: Viewer | None) -> None:
        """Somebody else is in use: the terminal has that page's size and pace now."""
        if viewer and viewer.size:
            self._hands.resize(*viewer.size)
        self._stir()

    def _pause(self, state: State, seconds: float) -> None:
        with self.lock:
            self._become(state)
            self.wake.wait_for(lambda: self._closed, seconds)

    def _become(self, state: State) -> None:
        self.state, self._say = state, SAY[state]
        self._stir()

    def _stir(self) -> None:
        self.regulate()
        self.wake.notify_all()
        self._audience.stir()
