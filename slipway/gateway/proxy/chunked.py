"""Checks the lines between the chunks of a request's body, in addition to h11, which waits forever on some invalid
ones: it accepts twenty digits of a size, and a bare line feed as a part of the line.

Knows nothing of the chunks' content. Only refuses; h11 still reads what passes.
"""

from __future__ import annotations

import re

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}(?:[; \t].*)?\r?\Z", re.DOTALL)
"""Eight digits are four GiB, more than any body that the lab takes."""
_MAX_LINE = 256
_CRLF = 2


class ChunkFraming:
    """Follows one chunked body."""

    def __init__(self) -> None:
        self._line = b""
        self._chunk_left = 0
        self._in_trailer = False
        self._complete = False

    def feed(self, data: bytes) -> None:
        """Check the next bytes; ignore those after the body. Raises ValueError once a line is invalid."""
        position = 0
        while position < len(data) and not self._complete:
            skipped = min(self._chunk_left, len(data) - position)
            position, self._chunk_left = position + skipped, self._chunk_left - skipped
            if position < len(data):
                end = data.find(b"\n", position) + 1
                self._feed_line(data[position : end or len(data)], bool(end))
                position = end or len(data)

    def _feed_line(self, part: bytes, is_complete: bool) -> None:
        self._line += part
        if len(self._line) > _MAX_LINE or (is_complete and not self._line.endswith(b"\r\n")):
            raise ValueError("the line is too long, or ends in a bare line feed")
        if not self._in_trailer and not _SIZE.match(self._line.removesuffix(b"\n")):
            raise ValueError("invalid chunk size")
        if is_complete:
            self._end_line(self._line.removesuffix(b"\r\n"))
            self._line = b""

    def _end_line(self, line: bytes) -> None:
        if self._in_trailer:
            self._complete = not line
            return
        size = int(re.split(rb"[; \t]", line)[0], 16)
        self._in_trailer = not size
        self._chunk_left = size + _CRLF if size else 0
