"""The last bytes of a stream, numbered from the stream's first byte.

Pure. It knows nothing about terminals, text or who reads; several readers may each keep a place of their own.
"""

from __future__ import annotations


class RingBuffer:
    """The newest bytes: all that were there to begin with, and from the first byte that comes after them `limit`, or up
    to half as many more: to let go moves all that is kept, so it is not done for each chunk of a flood.

    Byte n of the stream is found under the number n; `base` is the number of the oldest byte kept.
    """

    def __init__(self, limit: int, first: bytes = b"") -> None:
        self._limit = limit
        self._bytes = bytearray(first)
        self.base = 0

    @property
    def end(self) -> int:
        """How many bytes the stream has had so far; the number that the next byte will get."""
        return self.base + len(self._bytes)

    def append(self, data: bytes) -> None:
        """Add the stream's next bytes, and now and then let go of the oldest beyond the limit."""
        self._bytes += data
        if len(self._bytes) > self._limit * 3 // 2:
            self.let_go(self.end)

    def let_go(self, before: int) -> None:
        """Let go of what is beyond the limit and older than byte `before`."""
        excess = min(len(self._bytes) - self._limit, before - self.base)
        if excess > 0:
            del self._bytes[:excess]
            self.base += excess

    def read(self, start: int, most: int) -> bytes:
        """The bytes from number `start` on, `most` at most; b"" when they are gone or not yet there."""
        offset = start - self.base
        if offset < 0:
            return b""
        with memoryview(self._bytes) as kept:
            return kept[offset : offset + most].tobytes()

    def last(self, most: int) -> bytes:
        """The newest bytes, `most` at most."""
        return self.read(max(self.base, self.end - most), most)

    def line(self, number: int) -> int:
        """Where the first line begins after byte `number`; at that byte if there is none."""
        newline = self._bytes.find(b"\n", max(0, number - self.base))
        return number if newline < 0 else self.base + newline + 1

    def start(self, lines: int) -> int:
        """Where a newcomer begins: so many lines back, or at the oldest line kept.

        A head that was cut may begin within a character or an escape sequence; a new line begins with neither.
        """
        place = len(self._bytes)
        for _ in range(lines + 1):
            place = self._bytes.rfind(b"\n", 0, place)
            if place < 0:
                return self.base + (self._bytes.find(b"\n") + 1 if self.base else 0)
        return self.base + place + 1
