"""What one shell has written, numbered: the past that its log knows, and what has come since.

Guarded by its terminal's lock. Knows lines and pages' memories, and nothing of who watches or types.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from slipway.engine.connection import CHUNK
from slipway.terminal.resume import SURE, ClientOffset, joined, read_scrollback, resume
from slipway.terminal.ring_buffer import RingBuffer
from slipway.terminal.shell_integration import Mark, ShellIntegration

RING = 2 * 1024 * 1024
"""Bytes that are kept at least, for whoever comes or comes back: ten thousand lines of two hundred."""
LINES = 10_000
"""Lines that a page keeps (`scrollback` in lab-terminal.js): what is older, it would let go of again."""
EARLY = CHUNK
"""Bytes that are kept apart while the past is unknown. The rest of a flood waits in the engine."""


class Output:
    """The newest bytes of a shell. `generation` counts the times that it was joined anew, to a shell or to its log."""

    def __init__(self) -> None:
        self.ring = RingBuffer(RING)
        self.shell = ""
        self.generation = 0
        self._early: bytearray | None = None
        self._marks = ShellIntegration()
        self._unread_marks: deque[Mark] = deque()

    @property
    def bracketed(self) -> bool:
        """Whether the program asked for bracketed paste."""
        return self._marks.bracketed

    @property
    def settled(self) -> bool:
        """Whether what comes is numbered already, and not kept apart until the past is known."""
        return self._early is None

    @property
    def early(self) -> bytes:
        """What has come before the past is known."""
        return bytes(self._early or b"")

    def listen(self) -> None:
        """From now on a line is read, whose past is still to be found."""
        self._early = bytearray()

    def take(self, data: bytes) -> None:
        """The next bytes of the line."""
        if self._early is not None:
            self._early += data
        else:
            self.ring.append(data)
            self._unread_marks += self._marks.feed(data)

    def parted(self, past: bytes) -> bool:
        """Whether much has come, and a log with this `past` is certain to be none that it goes on from."""
        early = self.early
        return len(early) >= SURE and early.count(b"\n") > 1 and not joined(past, early)

    def settle(self, shell: str, past: bytes, whole: bool, claims: Iterable[ClientOffset] = ()) -> bool:
        """Put `past` in front of what has come; whether nothing is missing between them.

        Unless `whole`, past and line overlap, or the line that was being written is in neither, but for what one of
        the pages that make `claims` may have of it.
        """
        early = self.early
        if not whole and self.parted(past):
            # The log has lost in the meantime what a flood wrote first: begin where the line does, and leave no hole.
            past, early, whole = b"", early.partition(b"\n")[2], True
        elif not whole:
            found = read_scrollback(past, early, self._known(shell, claims))
            past, whole = found.output, found.whole
        self._early = None
        # All of it, until the next byte: somebody may come back from further away than is kept later.
        self.shell, self.ring, self._marks = shell, RingBuffer(RING, past + early), ShellIntegration()
        self.generation += 1
        self._unread_marks += self._marks.feed(past)
        self._marks.bracketed |= not whole
        self._unread_marks += self._marks.feed(early)
        return whole

    def place(self, known: ClientOffset | None) -> int | None:
        """The number of the byte after those that a page has; None when it has to begin anew."""
        ours = known if known and known.shell in ("", self.shell) else None
        place = resume(self.ring.last(self.ring.end), self.ring.base, ours) if ours else None
        self.ring.let_go(self.ring.end if place is None else place)
        return place

    def newest(self) -> int:
        """The number of the byte at which somebody begins who has nothing yet."""
        return self.ring.start(LINES)

    def next_mark(self) -> Mark | None:
        """The oldest mark that nobody was told of yet."""
        return self._unread_marks.popleft() if self._unread_marks else None

    def full(self) -> bool:
        """Whether as much has come as may be kept before the past is known."""
        return self._early is not None and len(self._early) >= EARLY

    def _known(self, shell: str, claims: Iterable[ClientOffset]) -> ClientOffset | None:
        """What anybody still has of this shell's output: our own ring, or a page that came back."""
        if self.shell == shell:
            return ClientOffset(self.ring.end, self.ring.last(CHUNK), shell)
        return max((one for one in claims if one.shell == shell), key=lambda known: known.count, default=None)
