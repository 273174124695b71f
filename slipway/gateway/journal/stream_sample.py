"""The first and the last bytes of a container's output, taken apart in a copy: what flows to the client is never
touched. The last ones matter because an interactive program (`redis-cli`) paints its line anew with every key."""

from __future__ import annotations

_HEADER = 8
_ERR = 2
_GAP = b"\n\xe2\x80\xa6\n"  # an ellipsis on a line of its own, where something was left out


class ChannelSample:
    """How many bytes one channel has carried; the first `cap` of them, and the last `cap` of what came after those."""

    def __init__(self, cap: int) -> None:
        self.count = 0
        self._cap = cap
        self._first = bytearray()
        self._last = bytearray()

    def add(self, data: bytes | memoryview) -> None:
        """The next bytes."""
        self.count += len(data)
        room = self._cap - len(self._first)
        self._first += data[:room]
        self._last += data[room:]
        del self._last[: -self._cap]

    @property
    def text(self) -> str:
        """What is kept of it."""
        gap = _GAP if self.count > len(self._first) + len(self._last) else b""
        return bytes(self._first + gap + self._last).decode("utf-8", "replace")

    @property
    def end(self) -> bytes:
        """The last bytes, at least as many as one line of a picture shows."""
        return bytes(self._first + self._last)[-self._cap :]


class StreamSample:
    """Standard output and standard error as they reached the client, and what it sent to standard input.

    Without a tty the engine frames its output: eight bytes (stream number, three zeros, length) before each piece.
    With a tty the bytes are raw, and all belong to `out`.
    """

    def __init__(self, tty: bool, cap: int) -> None:
        self.tty = tty
        self.stdin = ChannelSample(cap)
        self.strands = {False: ChannelSample(cap), True: ChannelSample(cap)}
        self._header = bytearray()
        self._left = 0

    @property
    def out(self) -> str:
        """Standard output so far, as text."""
        return self.strands[False].text

    @property
    def err(self) -> str:
        """Standard error so far, as text."""
        return self.strands[True].text

    @property
    def between(self) -> bool:
        """Whether what came last was whole, so that something else may follow it."""
        return not self._header

    def feed(self, data: bytes) -> None:
        """Look at the next bytes of the stream."""
        if self.tty:
            return self.strands[False].add(data)
        view = memoryview(data)
        while view:
            view = view[self._piece(view) :]
        return None

    def _piece(self, view: memoryview) -> int:
        if self._left:
            taken = min(self._left, len(view))
            self._left -= taken
            self.strands[self._header[0] == _ERR].add(view[:taken])
            if not self._left:
                self._header.clear()
            return taken
        taken = min(_HEADER - len(self._header), len(view))
        self._header += view[:taken]
        if len(self._header) == _HEADER:
            self._left = int.from_bytes(self._header[4:], "big")
            if not self._left:
                self._header.clear()
        return taken
