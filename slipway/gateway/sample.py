"""The first and the last bytes of a container's output, taken apart in a copy: what flows to the client is never
touched. The last ones matter because an interactive program (`redis-cli`) paints its line anew with every key."""

from __future__ import annotations

_HEADER = 8
_ERR = 2
_GAP = b"\n\xe2\x80\xa6\n"  # an ellipsis on a line of its own, where something was left out


class Sample:
    """Collects the first `cap` bytes of standard output and of standard error that reached the client, and the last
    `cap` of what came after those.

    Without a tty the engine frames its output: eight bytes (stream number, three zeros, length) before each piece.
    With a tty the bytes are raw, and all belong to `out`.
    """

    def __init__(self, tty: bool, cap: int) -> None:
        self._tty = tty
        self._cap = cap
        self._streams = {False: bytearray(), True: bytearray()}
        self._tails = {False: bytearray(), True: bytearray()}
        self._left_out = {False: False, True: False}
        self._header = bytearray()
        self._left = 0

    @property
    def out(self) -> str:
        """Standard output so far, as text."""
        return self._text(False)

    @property
    def err(self) -> str:
        """Standard error so far, as text."""
        return self._text(True)

    def feed(self, data: bytes) -> None:
        """Look at the next bytes of the stream."""
        if self._tty:
            return self._keep(False, data)
        view = memoryview(data)
        while view:
            view = view[self._piece(view) :]
        return None

    def _piece(self, view: memoryview) -> int:
        if self._left:
            taken = min(self._left, len(view))
            self._left -= taken
            self._keep(self._header[0] == _ERR, view[:taken])
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

    def _keep(self, err: bool, data: bytes | memoryview) -> None:
        stream, tail = self._streams[err], self._tails[err]
        room = self._cap - len(stream)
        stream += data[:room]
        tail += data[room:]
        if len(tail) > self._cap:
            del tail[: -self._cap]
            self._left_out[err] = True

    def _text(self, err: bool) -> str:
        gap = _GAP if self._left_out[err] else b""
        return bytes(self._streams[err] + gap + self._tails[err]).decode("utf-8", "replace")
