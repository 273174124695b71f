"""The lines between the chunks of a request's body, read beside h11, which waits for ever where one can't be right: it
takes twenty digits of a size, and a line feed alone for a part of the line.

Knows nothing of what is in the chunks. Refuses only; what passes here h11 still reads.
"""

from __future__ import annotations

import re

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}(?:[; \t].*)?\r?\Z", re.DOTALL)
"""Eight digits are four GiB, more than anything that the lab takes."""
_LINE = 256
_CRLF = 2


class ChunkFraming:
    """Follows one chunked body. `feed` raises ValueError as soon as a line between its chunks can't be right."""

    def __init__(self) -> None:
        self._line = b""
        self._left = 0
        self._trailing = False
        self._over = False

    def feed(self, data: bytes) -> None:
        """The next bytes; those behind the body are nobody's."""
        at = 0
        while at < len(data) and not self._over:
            skipped = min(self._left, len(data) - at)
            at, self._left = at + skipped, self._left - skipped
            if at < len(data):
                end = data.find(b"\n", at) + 1
                self._more(data[at : end or len(data)], bool(end))
                at = end or len(data)

    def _more(self, part: bytes, whole: bool) -> None:
        self._line += part
        if len(self._line) > _LINE or (whole and not self._line.endswith(b"\r\n")):
            raise ValueError("a line that is too long, or ends in a line feed alone")
        if not self._trailing and not _SIZE.match(self._line.removesuffix(b"\n")):
            raise ValueError("no size of a chunk")
        if whole:
            self._next(self._line.removesuffix(b"\r\n"))
            self._line = b""

    def _next(self, line: bytes) -> None:
        if self._trailing:
            self._over = not line
            return
        size = int(re.split(rb"[; \t]", line)[0], 16)
        self._trailing = not size
        self._left = size + _CRLF if size else 0
