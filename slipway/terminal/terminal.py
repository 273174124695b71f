"""One terminal of one learner: a shell in a container, its last output, and the pages that watch it.

The reader takes output only as fast as the viewer in use can draw it: while too much is unseen it leaves the bytes in
the socket, and the engine and the kernel in turn block the program that writes. Input goes through `Hands`.
Written with blocking calls and threads; under gevent's monkey-patching these are greenlets.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.client import OnOutput, OnStatus, TerminalClient
from slipway.terminal.clients import Clients
from slipway.terminal.input_queue import REPORTS, InputQueue, keystrokes
from slipway.terminal.interrupt_skip import InterruptSkip
from slipway.terminal.output import Output
from slipway.terminal.reattach import Reattachment
from slipway.terminal.resume import ClientOffset
from slipway.terminal.shell_integration import Mark
from slipway.terminal.shell_shutdown import ShellShutdown
from slipway.terminal.spectator import OnScreen as Sight
from slipway.terminal.spectator import Spectator
from slipway.terminal.status import TerminalStatus, status_text
from slipway.terminal.threads import spawn

log = logging.getLogger(__name__)

WINDOW = 256 * 1024
PATIENCE = 2.0
"""Seconds for which a page in use may stand still, as a frozen tab does, while others want to see more."""
AGAIN = (0.5, 1.0, 2.0, 4.0, 8.0)

Open = Callable[[bool], AttachedShell]
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
        self.state: TerminalStatus = "starting"
        self._open_shell, self._on_mark = open_shell, on_mark
        self._audience = Clients()
        self._line: AttachedShell | None = None
        self._ending = ShellShutdown()
        self._closed = False
        self._haste = InterruptSkip()
        self._hands = InputQueue(spawn)
        self._joining = Reattachment(self.wake, lambda: self._closed)
        spawn(self._live)

    def watch(
        self,
        show: OnOutput,
        say: OnStatus,
        have: int | None = None,
        tail: str = "",
        shell: str = "",
        stays: bool = False,
    ) -> TerminalClient:
        """A new viewer, from the oldest output kept, or from byte `have` on.

        `tail` (the last text that it has) and `shell` prove that its bytes are this shell's. Who `stays` never left.
        """
        known = None if have is None else ClientOffset(have, tail.encode(errors="replace"), shell)
        viewer = TerminalClient(self, show, say, known, came_back=known is not None and not stays)
        with self.lock:
            self._audience.join(viewer)
            self._stir()
        spawn(viewer.pump)
        return viewer

    def overlook(self, show: Sight, say: OnStatus) -> Spectator:
        """A quiet look, for whoever follows: it has no size, and the shell never waits for it."""
        onlooker = Spectator(self, show, say, self._audience.overlooked)
        with self.lock:
            self._audience.overlook(onlooker)
        spawn(onlooker.pump)
        return onlooker

    def type_text(self, text: str, run: str) -> bool:
        """Type a command and Enter, once for each `run`; False when it was typed before or can't be now."""
        with self.lock:
            return self.state == "live" and self._hands.type_once(keystrokes(text, self.output.bracketed), run)

    def press(self, keys: str) -> bool:
        """Keys from no page; False when they can't be taken now."""
        with self.lock:
            return self.state == "live" and self._hands.type(keys.encode(errors="replace"))

    def renew(self) -> None:
        """Open a new shell where the last one has ended, or is about to."""
        with self.lock:
            self._ending.renewed = self._ending.wanted
            if self.state == "ended":
                self._anew()

    def end(self) -> None:
        """End the shell and what runs in it; one that is starting, or lost at the moment, as soon as it can be had."""
        with self.lock:
            self._ending.begin(self._line)

    def close(self) -> None:
        """Leave the shell alone from now on; whoever watches is told."""
        with self.lock:
            self._closed = True
            self._become("lost")
            line, self._line = self._line, None
        self._hands.close()
        if line:
            line.disconnect()

    # What viewers need

    def keys(self, viewer: TerminalClient, data: bytes) -> bool:
        """Keys from a viewer, which by this becomes the one in use.

        What a page answers by itself to a program's question is asked of all pages, and taken from the one in use. At a
        shell that has ended keys go nowhere: the page says that it has, and they are not for the next one.
        """
        if REPORTS.fullmatch(data):
            return self._audience.in_use is not viewer or self._hands.type(data)
        with self.lock:
            self.use(viewer)
            if self.state == "ended":
                return True
            flooded = viewer.slow and self.output.ring.end > viewer.passed
            if self._haste.keys(data, flooded, self.output, viewer.skip):
                self.wake.notify_all()
        return self._hands.type(data)

    def use(self, viewer: TerminalClient) -> None:
        """This viewer is the one in use from now on: its size and its pace are the terminal's."""
        with self.lock:
            if self._audience.use(viewer):
                self._used(viewer)

    def fit(self, viewer: TerminalClient, size: tuple[int, int]) -> None:
        """A viewer's size, which counts while it is the one in use."""
        with self.lock:
            viewer.size = size
            if self._audience.in_use is viewer:
                self._hands.resize(*size)
                self._audience.stir()

    def leave(self, viewer: TerminalClient) -> None:
        """A viewer has gone."""
        with self.lock:
            self._audience.leave(viewer)
            self._used(self._audience.in_use)

    def place(self, known: ClientOffset | None) -> int | None:
        """The number of the byte after those that a page has; None when it has to begin anew.

        From here on that page's own place counts, and no longer that of the last one that left.
        """
        self._audience.returned()
        self.wake.notify_all()
        return self.output.place(known)

    def news(self, viewer: TerminalClient) -> tuple[Any, ...]:
        """What a viewer should have been told; compared with what it was."""
        generation, used = self.output.generation, self._audience.in_use is viewer
        behind = viewer.generation == -1
        return (self.state, len(self._audience), generation, behind, self._hands.size, used)

    def describe(self, viewer: TerminalClient) -> dict[str, Any]:
        """The terminal's state in the page's language, for one of them."""
        viewers, used = len(self._audience), self._audience.in_use is viewer
        told = {"shell": self.output.shell, "viewers": viewers, "used": used}
        return self.sight() | {"say": status_text(self.state, viewers)} | told

    def sight(self) -> dict[str, Any]:
        """What an onlooker has to know to draw: the state, and the size in characters."""
        cols, rows = self._hands.size
        return {
            "terminal": self.number,
            "state": self.state,
            "say": status_text(self.state),
            "cols": cols,
            "rows": rows,
        }

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
            failures, fresh = 0, self._follow(line)

    def _follow(self, line: AttachedShell) -> bool:
        """Be the shell's terminal until the connection ends; whether the next one is to be a new shell."""
        with self.lock:
            self._line = line
            self._ending.came(line)
            self.output.listen()
            if self._closed:
                line.disconnect()
        reader = spawn(lambda: self._read(line))
        self._remember(line)
        reader.join()
        self._hands.hold(None)
        line.close()
        if self._closed:
            return False
        runs = line.is_running()
        with self.lock:
            self._line = None
            if runs and not self._ending.wanted:
                self._pause("lost", AGAIN[0])
                return False
            self._become("ended")
            if self._ending.renewed:
                self._anew()
            self.wake.wait_for(lambda: self._closed or self.state != "ended")
        return True

    def _anew(self) -> None:
        """The next shell is on its way, and what is typed from now on is for that one."""
        self._ending.over()
        self._hands.hold(None)
        self._become("starting")

    def _remember(self, line: AttachedShell) -> None:
        """Put what was written before the line was there in front of what has come since."""
        past = line.history if line.complete else self._joining.past(line, self.output)
        with self.lock:
            complete = self.output.settle(line.id, past, line.complete, self._audience.claims())
            self._become("live")
        self._tell()
        self._hands.hold(line)
        if not complete:
            self._joining.coax(self._hands, self.output)

    def _read(self, line: AttachedShell) -> None:
        while data := line.read():
            with self.lock:
                if self._closed:
                    return
                self.output.take(data)
                self._audience.stir()
                self._joining.came()
                held = self._held()
            self._tell()
            if held:
                self._wait()
            if self._haste.on:
                self._haste.hurry(line, self.output, self.wake)

    def _wait(self) -> None:
        """Wait for the page in use to draw. One that stands still is in use no more, if there is another."""
        with self.lock:
            while self._held() and not self._closed:
                before = self._audience.in_use
                passed = before.passed if before else 0
                if self.wake.wait_for(lambda: self._closed or not self._held(), PATIENCE) or before is None:
                    return
                if before is self._audience.in_use and before.passed == passed and len(self._audience) > 1:
                    self._audience.pass_on()
                    self._used(self._audience.in_use)

    def _tell(self) -> None:
        """Pass on the marks found, outside the lock, for whoever hears them may take their time."""
        while mark := self.output.next_mark():
            self._on_mark(self.number, mark)

    def _held(self) -> bool:
        """Whether too much is unseen to read on."""
        if self._haste.on:
            return False
        return self.output.full() if not self.output.settled else self._audience.held(self.output, self.window)

    def _used(self, viewer: TerminalClient | None) -> None:
        """Somebody else is in use: the terminal has that page's size and pace now."""
        if viewer and viewer.size:
            self._hands.resize(*viewer.size)
        self._stir()

    def _pause(self, state: TerminalStatus, seconds: float) -> None:
        with self.lock:
            self._become(state)
            self.wake.wait_for(lambda: self._closed, seconds)

    def _become(self, state: TerminalStatus) -> None:
        self.state = state
        self._stir()

    def _stir(self) -> None:
        self.wake.notify_all()
        self._audience.stir()
