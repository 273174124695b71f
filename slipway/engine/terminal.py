"""One terminal of one learner: a shell in a container, its last output, and the pages that watch it.

The reader takes output only as fast as the viewer in use can draw it: while too much is unseen it leaves the bytes in
the socket, and the engine and the kernel in turn block the program that writes. Input goes through `Hands`.
Written with blocking calls and threads; under gevent's monkey-patching these are greenlets.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, Literal

from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

from slipway.engine.hands import Hands
from slipway.engine.line import CHUNK, Line
from slipway.engine.marks import Mark, Marks
from slipway.engine.recall import Known, recall, resume
from slipway.engine.ring import Ring
from slipway.engine.viewer import Say, Show, Viewer

log = logging.getLogger(__name__)

RING = 512 * 1024
WINDOW = 256 * 1024
SETTLE = 0.03
COAX = 0.2
AGAIN = (0.5, 1.0, 2.0, 4.0, 8.0)

State = Literal["starting", "live", "ended", "lost"]
Open = Callable[[bool], Container]
"""Give the terminal's running container; a new one when asked for afresh. May take seconds; raises when it can't."""


class Terminal:
    """A shell with any number of viewers, opened when the first one comes. All its state is guarded by `wake`."""

    def __init__(
        self, number: int, open_shell: Open, on_mark: Callable[[int, Mark], None], window: int = WINDOW
    ) -> None:
        self.number = number
        self.window = window
        self.wake = threading.Condition()
        self.ring = Ring(RING)
        self.state: State = "starting"
        self.shell = ""
        self.generation = 0
        self._open_shell = open_shell
        self._on_mark = on_mark
        self._say = SAY["starting"]
        self._viewers: list[Viewer] = []
        self._seen: int | None = None
        self._early: bytearray | None = None
        self._marks = Marks()
        self._unread_marks: deque[Mark] = deque()
        self._line: Line | None = None
        self._runs: OrderedDict[str, None] = OrderedDict()
        self._renew = False
        self._closed = False
        self._hands = Hands(_spawn)
        _spawn(self._live)

    def watch(self, show: Show, say: Say, have: int | None = None, tail: str = "", shell: str = "") -> Viewer:
        """A new viewer, from the oldest output kept, or from byte `have` on.

        `tail` (the last text that it has) and `shell` prove that its bytes are this shell's.
        """
        known = None if have is None else Known(have, tail.encode(errors="replace"), shell)
        viewer = Viewer(self, show, say, known)
        with self.wake:
            self._viewers.append(viewer)
            self.wake.notify_all()
        _spawn(viewer.pump)
        return viewer

    def type_text(self, text: str, run: str) -> bool:
        """Type a command and Enter, once for each `run`; False when it was typed before or can't be now.

        Several lines go in as one paste where the program takes that, so that none runs before all are there.
        """
        with self.wake:
            if run in self._runs or self.state != "live":
                return False
            if sent := self._hands.type(_keystrokes(text, self._marks.bracketed)):
                self._runs[run] = None
                while len(self._runs) > 1000:
                    self._runs.popitem(last=False)
        return sent

    def press(self, keys: str) -> bool:
        """Keys from no page; False when they can't be taken now."""
        with self.wake:
            return self.state == "live" and self._hands.type(keys.encode(errors="replace"))

    def renew(self) -> None:
        """Open a new shell where the last one has ended."""
        with self.wake:
            if self.state == "ended":
                self._renew = True
                self.wake.notify_all()

    def close(self) -> None:
        """Leave the shell alone from now on; whoever watches is told."""
        with self.wake:
            self._closed = True
            self._become("lost")
            line, self._line = self._line, None
        self._hands.close()
        if line:
            line.hang_up()

    # What viewers need

    def keys(self, viewer: Viewer, data: bytes) -> bool:
        """Keys from a viewer, which by this becomes the one in use."""
        with self.wake:
            self._use(viewer)
        return self._hands.type(data)

    def fit(self, viewer: Viewer, size: tuple[int, int]) -> None:
        """A viewer's size, which counts while it is the one in use."""
        with self.wake:
            viewer.size = size
            if self._viewers and self._viewers[-1] is viewer:
                self._hands.resize(*size)

    def leave(self, viewer: Viewer) -> None:
        """A viewer has gone. The last one's place is remembered: output waits for its return rather than be lost."""
        with self.wake:
            if viewer in self._viewers:
                self._viewers.remove(viewer)
                self._seen = None if self._viewers else viewer.passed
            self._use(self._viewers[-1] if self._viewers else None)

    def place(self, known: Known | None) -> int | None:
        """The number of the byte after those that a page has; None when it has to begin anew.

        From here on that page's own place counts, and no longer that of the last one that left.
        """
        self._seen = None
        if known is None or (known.shell and known.shell != self.shell):
            return None
        kept = self.ring.read(self.ring.base, self.ring.end - self.ring.base)
        return resume(kept, self.ring.base, known)

    def news(self, viewer: Viewer) -> tuple[Any, ...]:
        """What a viewer should have been told; compared with what it was."""
        return (self.state, self._say, len(self._viewers), self.generation, viewer.generation == -1)

    def describe(self) -> dict[str, Any]:
        """The terminal's state in the page's language."""
        say = self._say
        if self.state == "live" and len(self._viewers) > 1:
            say = f"Open in {len(self._viewers)} places: what is typed in one shows in all."
        return {
            "terminal": self.number,
            "state": self.state,
            "say": say,
            "shell": self.shell,
            "viewers": len(self._viewers),
        }

    # The life of the line

    def _live(self) -> None:
        failures, fresh = 0, False
        while not self._closed:
            try:
                container = self._open_shell(fresh)
                container.reload()
                line = Line(container)
            except Exception as error:  # whatever it is, the learner is told and it is tried again
                log.warning("terminal %s: no shell: %s", self.number, error)
                self._pause("lost", AGAIN[min(failures, len(AGAIN) - 1)])
                failures += 1
                continue
            failures = 0
            fresh = self._follow(container, line)

    def _follow(self, container: Container, line: Line) -> bool:
        """Be the shell's terminal until the connection ends; whether the next one is to be a new shell.

        A container that does not run yet is started only now, with us listening: so its first prompt is not missed.
        """
        with self.wake:
            self._line, self._early = line, bytearray()
            if self._closed:
                line.hang_up()
        reader = _spawn(lambda: self._read(line))
        self._remember(container, line)
        if container.status != "running":
            container.start()
        reader.join()
        with self.wake:
            self._line = None
        self._hands.hold(None)
        line.close()
        if self._closed:
            return False
        if _running(container):
            self._pause("lost", AGAIN[0])
            return False
        with self.wake:
            self._become("ended")
            self.wake.wait_for(lambda: self._renew or self._closed)
            self._renew = False
            self._become("starting")
        return True

    def _remember(self, container: Container, line: Line) -> None:
        """Put what was written before the line was there in front of what has come since."""
        try:
            written = container.logs()
        except (DockerException, RequestException):
            written = b""
        with self.wake:
            begun = container.status == "running"
            self.wake.wait_for(lambda: self._closed, SETTLE if begun else 0)
            shell = str(container.id)[:12]
            past = recall(written, bytes(self._early or b""), self._known(shell))
            self.shell, self.ring, self._marks = shell, Ring(RING), Marks()
            self.generation += 1
            early, self._early = bytes(self._early or b""), None
            self._take(past.output)
            self._marks.bracketed |= begun and not past.whole
            self._take(early)
            self._become("live")
        self._tell()
        self._hands.hold(line)
        if begun and not past.whole:
            self._coax()

    def _coax(self) -> None:
        """Have the prompt drawn, of which the log knows nothing. A bash that is just starting misses some signals."""
        for _ in range(5):
            quiet = self.ring.end
            self._hands.redraw()
            with self.wake:
                if self.wake.wait_for(lambda: self._closed or self.ring.end > quiet, COAX):  # noqa: B023
                    return

    def _known(self, shell: str) -> Known | None:
        """What anybody still has of this shell's output: our own ring, or a page that came back."""
        if self.shell == shell:
            tail = self.ring.read(max(self.ring.base, self.ring.end - CHUNK), CHUNK)
            return Known(self.ring.end, tail, shell)
        claims = [viewer.known for viewer in self._viewers if viewer.known and viewer.known.shell == shell]
        return max(claims, key=lambda known: known.count, default=None)

    def _read(self, line: Line) -> None:
        while True:
            with self.wake:
                self.wake.wait_for(lambda: self._closed or not self._held())
            data = line.read()
            with self.wake:
                if not data or self._closed:
                    return
                if self._early is not None:
                    self._early += data
                else:
                    self._take(data)
                if any(viewer.stirs() for viewer in self._viewers):
                    self.wake.notify_all()
            self._tell()

    def _take(self, data: bytes) -> None:
        self.ring.append(data)
        self._unread_marks += self._marks.feed(data)

    def _tell(self) -> None:
        """Pass on the marks found, outside the lock, for whoever hears them may take their time."""
        while self._unread_marks:
            self._on_mark(self.number, self._unread_marks.popleft())

    def _held(self) -> bool:
        """Whether too much is unseen to read on: by the viewer in use, or by the last one that left."""
        if self._early is not None:
            return len(self._early) >= RING
        if self._viewers and self._viewers[-1].generation == self.generation:
            return self.ring.end - self._viewers[-1].passed >= self.window
        return self._seen is not None and self.ring.end - self._seen > RING - CHUNK

    def _use(self, viewer: Viewer | None) -> None:
        """The viewer in use is the last in the list; its size is the terminal's."""
        if viewer and viewer in self._viewers:
            self._viewers.remove(viewer)
            self._viewers.append(viewer)
            if viewer.size:
                self._hands.resize(*viewer.size)
        self.wake.notify_all()

    def _pause(self, state: State, seconds: float) -> None:
        with self.wake:
            self._become(state)
            self.wake.wait_for(lambda: self._closed, seconds)

    def _become(self, state: State) -> None:
        self.state, self._say = state, SAY[state]
        self.wake.notify_all()


def _keystrokes(text: str, bracketed: bool) -> bytes:
    text = text.rstrip("\n").replace("\r\n", "\n")
    if "\n" not in text:
        return f"{text}\r".encode()
    if bracketed:
        return f"\x1b[200~{text.replace(PASTE_END, '')}{PASTE_END}\r".encode()
    return (text.replace("\n", "\r") + "\r").encode()


def _running(container: Container) -> bool:
    try:
        container.reload()
    except (DockerException, RequestException):
        return False
    return bool(container.status == "running")


def _spawn(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


PASTE_END = "\x1b[201~"
SAY: dict[State, str] = {
    "starting": "Starting your shell…",
    "live": "",
    "ended": "The shell has ended.",
    "lost": "The shell can't be reached at the moment. Trying again…",
}
