"""The latest bytes of a stream, numbered from the stream's first byte.

Pure. It knows nothing of terminals, text or readers; several readers may each keep a position of their own.
"""

from __future__ import annotations


class RingBuffer:
    """The newest bytes of a stream. Byte n is read by its number n; `base` is the number of the oldest byte kept.

    Keeps all of `first` until the next byte comes, and then `limit` bytes, or up to half as many more: dropping bytes
    moves all that is kept, so it is not done for each chunk of a flood.
    """

    def __init__(self, limit: int, first: bytes = b"") -> None:
        self._limit = limit
        self._bytes = bytearray(first)
        self.base = 0

    @property
    def end(self) -> int:
        """How many bytes the stream has had so far, which is the number of the next byte."""
        return self.base + len(self._bytes)

    def append(self, data: bytes) -> None:
        """Add the stream's next bytes, and sometimes drop the oldest beyond the limit."""
        self._bytes += data
        if len(self._bytes) > self._limit * 3 // 2:
            self.drop_before(self.end)

    def drop_before(self, number: int) -> None:
        """Drop what is beyond the limit and older than byte `number`."""
        excess = min(len(self._bytes) - self._limit, number - self.base)
        if excess > 0:
            del self._bytes[:excess]
            self.base += excess

    def read(self, start: int, limit: int) -> bytes:
        """Return at most `limit` bytes from number `start` on; b"" when they are dropped or not yet there."""
        offset = start - self.base
        if offset < 0:
            return b""
        with memoryview(self._bytes) as kept:
            return kept[offset : offset + limit].tobytes()

    def last(self, limit: int) -> bytes:
        """Return the newest bytes, `limit` at most."""
        return self.read(max(self.base, self.end - limit), limit)

    def next_line(self, number: int) -> int:
        """Return where the first line begins after byte `number`; that byte if there is none."""
        newline = self._bytes.find(b"\n", max(0, number - self.base))
        return number if newline < 0 else self.base + newline + 1

    def lines_back(self, lines: int) -> int:
        """Return where the last `lines` lines begin, or the oldest line kept.

        A head that was cut may begin within a character or an escape sequence; a new line begins with neither.
        """
        position = len(self._bytes)
        for _ in range(lines + 1):
            position = self._bytes.rfind(b"\n", 0, position)
            if position < 0:
                return self.base + (self._bytes.find(b"\n") + 1 if self.base else 0)
        return self.base + position + 1
