"""The first bytes of a container's output, taken apart in a copy: what flows to the client is never touched."""

from __future__ import annotations

_HEADER = 8
_ERR = 2


class Sample:
    """Collects up to `cap` bytes of standard output and of standard error from the bytes that reached the client.

    Without a tty the engine frames its output: eight bytes (stream number, three zeros, length) before each piece.
    With a tty the bytes are raw, and all belong to `out`.
    """

    def __init__(self, tty: bool, cap: int) -> None:
        self._tty = tty
        self._cap = cap
        self._streams = {False: bytearray(), True: bytearray()}
        self._header = bytearray()
        self._left = 0

    @property
    def out(self) -> str:
        """Standard output so far, as text."""
        return self._streams[False].decode("utf-8", "replace")

    @property
    def err(self) -> str:
        """Standard error so far, as text."""
        return self._streams[True].decode("utf-8", "replace")

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
        stream = self._streams[err]
        stream += data[: self._cap - len(stream)]
