"""The last bytes of a stream, numbered from the stream's first byte.

Pure. It knows nothing about terminals, text or who reads; several readers may each keep a place of their own.
"""

from __future__ import annotations


class Ring:
    """At most `limit` bytes, the newest ones; byte n of the stream is found under the number n.

    `base` is the number of the oldest byte kept, `end` the number that the next byte will get.
    """

    def __init__(self, limit: int, base: int = 0) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self.base = base

    @property
    def end(self) -> int:
        """How many bytes the stream has had so far."""
        return self.base + len(self._bytes)

    def append(self, data: bytes) -> None:
        """Add the stream's next bytes, and let go of the oldest beyond the limit."""
        self._bytes += data
        excess = len(self._bytes) - self._limit
        if excess > 0:
            del self._bytes[:excess]
            self.base += excess

    def read(self, start: int, most: int) -> bytes:
        """The bytes from number `start` on, `most` at most; b"" when they are gone or not yet there."""
        offset = start - self.base
        return bytes(self._bytes[offset : offset + most]) if offset >= 0 else b""

    def start(self) -> int:
        """Where a newcomer begins: the oldest byte kept, or the line after it when the head has gone.

        A head that was cut may begin within a character or an escape sequence; a new line begins with neither.
        """
        if self.base == 0:
            return 0
        newline = self._bytes.find(b"\n")
        return self.base + newline + 1
