"""Copies of the first and the last bytes of a container's output; the data to the client is not touched. The last bytes
matter because an interactive program (`redis-cli`) repaints its line with every key."""

from __future__ import annotations

_HEADER = 8
_STDERR = 2
_ELLIPSIS = b"\n\xe2\x80\xa6\n"  # on a line of its own, where bytes were left out


class ChannelSample:
    """The number of bytes on one channel, the first `limit` of them, and the last `limit` of the rest."""

    def __init__(self, limit: int) -> None:
        self.byte_count = 0
        self._limit = limit
        self._first = bytearray()
        self._last = bytearray()

    def add(self, data: bytes | memoryview) -> None:
        """Add the next bytes."""
        self.byte_count += len(data)
        room = self._limit - len(self._first)
        self._first += data[:room]
        self._last += data[room:]
        del self._last[: -self._limit]

    @property
    def text(self) -> str:
        """The bytes kept, as text."""
        gap = _ELLIPSIS if self.byte_count > len(self._first) + len(self._last) else b""
        return bytes(self._first + gap + self._last).decode("utf-8", "replace")

    @property
    def tail(self) -> bytes:
        """The last bytes, enough for the last line."""
        return bytes(self._first + self._last)[-self._limit :]


class StreamSample:
    """Standard output and standard error as they reached the client, and what the client sent to standard input.

    Without a tty the engine frames the output: eight bytes (stream number, three zeros, length) before each piece.
    With a tty the bytes are raw and all count as standard output.
    """

    def __init__(self, tty: bool, limit: int) -> None:
        self.tty = tty
        self.stdin = ChannelSample(limit)
        self.stdout = ChannelSample(limit)
        self.stderr = ChannelSample(limit)
        self._header = bytearray()
        self._frame_left = 0

    @property
    def at_frame_boundary(self) -> bool:
        """Whether the last frame is complete, so that another may follow."""
        return not self._header

    def feed(self, data: bytes) -> None:
        """Read the next bytes of the stream."""
        if self.tty:
            return self.stdout.add(data)
        view = memoryview(data)
        while view:
            view = view[self._consume(view) :]
        return None

    def _consume(self, view: memoryview) -> int:
        if self._frame_left:
            taken = min(self._frame_left, len(view))
            self._frame_left -= taken
            channel = self.stderr if self._header[0] == _STDERR else self.stdout
            channel.add(view[:taken])
            if not self._frame_left:
                self._header.clear()
            return taken
        taken = min(_HEADER - len(self._header), len(view))
        self._header += view[:taken]
        if len(self._header) == _HEADER:
            self._frame_left = int.from_bytes(self._header[4:], "big")
            if not self._frame_left:
                self._header.clear()
        return taken
