"""The numbered output of one shell: the history that its log has, and what has come since it was attached.

Guarded by the terminal's lock. Knows shells by their id and what pages have received, and nothing of clients or input.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from slipway.engine.connection import CHUNK
from slipway.terminal.resume import CERTAIN_STREAM, ClientOffset, are_contiguous, find_offset, read_scrollback
from slipway.terminal.ring_buffer import RingBuffer
from slipway.terminal.shell_integration import Mark, ShellIntegration

RING_BYTES = 2 * 1024 * 1024
"""Bytes that are kept at least, for new and returning pages: ten thousand lines of two hundred characters."""
SCROLLBACK_LINES = 10_000
"""Lines that a page keeps (`scrollback` in lab-terminal.js): it would drop what is older."""
MAX_BUFFERED = CHUNK
"""Bytes that are buffered while the history is unknown. The rest of a flood waits in the engine."""


class Output:
    """The newest bytes of a shell. `generation` counts how often it was joined to a shell or to its log."""

    def __init__(self) -> None:
        self.ring = RingBuffer(RING_BYTES)
        self.shell_id = ""
        self.generation = 0
        self._buffer: bytearray | None = None
        self._integration = ShellIntegration()
        self._unreported_marks: deque[Mark] = deque()

    @property
    def bracketed_paste(self) -> bool:
        """Whether the program asked for bracketed paste."""
        return self._integration.bracketed_paste

    @property
    def is_joined(self) -> bool:
        """Whether new bytes are numbered at once, and not buffered until the history is known."""
        return self._buffer is None

    def start_buffering(self) -> None:
        """A shell was attached, whose history is still to be found."""
        self._buffer = bytearray()

    def append(self, data: bytes) -> None:
        """Add the next bytes of the shell."""
        if self._buffer is not None:
            self._buffer += data
        else:
            self.ring.append(data)
            self._unreported_marks += self._integration.feed(data)

    def has_gap(self, history: bytes) -> bool:
        """Return whether much has come, and it certainly does not continue this `history`."""
        buffered = self._buffered
        return len(buffered) >= CERTAIN_STREAM and buffered.count(b"\n") > 1 and not are_contiguous(history, buffered)

    def join(self, shell_id: str, history: bytes, complete: bool, received: Iterable[ClientOffset] = ()) -> bool:
        """Put `history` in front of what was buffered; return whether nothing is missing between them.

        Unless the two are `complete`, they overlap; or else the line that was being written is in neither, except for
        what one of the pages has `received` of it.
        """
        stream = self._buffered
        if not complete and self.has_gap(history):
            # The log has meanwhile lost what a flood wrote first: begin at the first line of the stream, without a gap.
            history, stream, complete = b"", stream.partition(b"\n")[2], True
        elif not complete:
            found = read_scrollback(history, stream, self._best_known(shell_id, received))
            history, complete = found.output, found.complete
        self._buffer = None
        # All of it, until the next byte: a page may return from further back than is kept later.
        self.shell_id, self.ring = shell_id, RingBuffer(RING_BYTES, history + stream)
        self._integration = ShellIntegration()
        self.generation += 1
        self._unreported_marks += self._integration.feed(history)
        self._integration.bracketed_paste |= not complete
        self._unreported_marks += self._integration.feed(stream)
        return complete

    def resume(self, received: ClientOffset | None) -> int | None:
        """Return the number of the byte after those that a page has; None when it has to start over."""
        ours = received if received and received.shell_id in ("", self.shell_id) else None
        offset = find_offset(self.ring.last(self.ring.end), self.ring.base, ours) if ours else None
        self.ring.drop_before(self.ring.end if offset is None else offset)
        return offset

    def start(self) -> int:
        """Return the number of the byte at which a page begins that has nothing yet."""
        return self.ring.lines_back(SCROLLBACK_LINES)

    def next_mark(self) -> Mark | None:
        """Remove and return the oldest unreported mark, None if there is none."""
        return self._unreported_marks.popleft() if self._unreported_marks else None

    def is_buffer_full(self) -> bool:
        """Return whether as much is buffered as may be before the history is known."""
        return self._buffer is not None and len(self._buffer) >= MAX_BUFFERED

    @property
    def _buffered(self) -> bytes:
        return bytes(self._buffer or b"")

    def _best_known(self, shell_id: str, received: Iterable[ClientOffset]) -> ClientOffset | None:
        """Return what is still known of this shell's output: our own ring, or what a returning page has."""
        if self.shell_id == shell_id:
            return ClientOffset(self.ring.end, self.ring.last(CHUNK), shell_id)
        return max(
            (offset for offset in received if offset.shell_id == shell_id),
            key=lambda offset: offset.count,
            default=None,
        )
