"""A shell's output from before it was attached: its container's log, fitted to the live stream and to what pages have.

Pure. Three facts, measured on engine 20.10, make this difficult. The log driver gets whole lines only, so the line that
is being written (above all a prompt) is in no log until it ends. A stream that was attached first and a log that was
read next overlap by an unknown number of bytes. And a log that was rotated has lost its head, so it cannot number its
bytes. A page that returns says how many bytes it has, and the last of them: that closes the gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_UNFINISHED_LINE = 16 * 1024
"""The longest unfinished line that the engine's log copier holds back, in bytes."""
TELLING = 16
"""Bytes of the shortest text that is taken for the same when it is found again in another place."""
CERTAIN_STREAM = 4 * 1024
"""Bytes of a stream that are searched for in the middle of a log; fewer may be there from another time."""
MAX_LOG_AHEAD = 2 * 1024 * 1024
"""Bytes that a log can be ahead of a stream: what the engine buffers for a client that does not read, twice."""


@dataclass(frozen=True)
class ClientOffset:
    """What a page has: `count` bytes of the output of `shell_id` (its container's), of which `tail` are the last."""

    count: int
    tail: bytes = b""
    shell_id: str = ""


@dataclass(frozen=True)
class Scrollback:
    """All output before the live stream; `complete` unless an unfinished line may be missing at its end."""

    output: bytes
    complete: bool


def read_scrollback(log: bytes, live: bytes, known: ClientOffset | None) -> Scrollback:
    """Return the output before a stream that began before `log` was read, and of which `live` has come so far.

    In a flood the log may be far ahead of what was read from the stream, which then lies in the middle of it.
    """
    common, position = overlap(log, live), _find_inside(log, live)
    if common < TELLING and position >= 0:
        return Scrollback(log[:position], complete=True)
    if common:
        return Scrollback(log[: len(log) - common], complete=True)
    return Scrollback(log + (_unfinished_line(log, known) if known else b""), complete=False)


def are_contiguous(log: bytes, live: bytes) -> bool:
    """Return whether it is certain, and no coincidence of a few bytes, that nothing is missing between the two."""
    return overlap(log, live) >= TELLING or _find_inside(log, live) >= 0


def find_offset(output: bytes, base: int, known: ClientOffset) -> int | None:
    """Return the number of the byte after those that a page has; None when they are not found.

    They are found by their own number, or else by their last text at the position nearest to it: the numbers of an
    earlier connection differ by the unfinished line that was lost before the shell was attached, or by the head that a
    rotated log has lost.
    """
    if base <= known.count <= base + len(output) and agrees(output, base, known):
        return known.count
    if len(known.tail) < TELLING:
        return None
    ends = [base + found.end() for found in re.finditer(re.escape(known.tail), output)]
    return min(ends, key=lambda end: abs(end - known.count), default=None)


def _unfinished_line(log: bytes, known: ClientOffset) -> bytes:
    """Return the line after the log's last, as far as a page has seen it; b"" when the page's tail does not join it."""
    lines, newline, unfinished = known.tail.rpartition(b"\n")
    if newline:
        return unfinished if log.endswith(lines + newline) else b""
    missing = known.count - len(log)
    # Unknown bytes become NUL, which a terminal does not show: the numbers after them are right.
    return known.tail[-missing:].rjust(missing, b"\0") if 0 < missing <= MAX_UNFINISHED_LINE else b""


def _find_inside(log: bytes, live: bytes) -> int:
    """Return where near the end of `log` all of a long `live` is; -1 where it is not."""
    return log.find(live, max(0, len(log) - MAX_LOG_AHEAD - len(live))) if len(live) >= CERTAIN_STREAM else -1


def overlap(log: bytes, live: bytes) -> int:
    """Return the largest number of bytes that end `log` and begin `live`.

    In linear time (Knuth, Morris and Pratt), because floods repeat themselves.
    """
    borders = _borders(live)
    length = 0
    for byte in log[len(log) - min(len(log), len(live)) :]:
        length = _extend(live, borders, length, byte)
    return length


def _borders(text: bytes) -> list[int]:
    """Return, for each prefix of `text`, the length of its longest proper prefix that is also its suffix."""
    borders = [0, 0][: len(text) + 1]
    for byte in text[1:]:
        borders.append(_extend(text, borders, borders[-1], byte))
    return borders


def _extend(text: bytes, borders: list[int], length: int, byte: int) -> int:
    """Return how many bytes of `text` match after `length` of them matched and then `byte` came."""
    while length == len(text) or text[length] != byte:
        if not length:
            return 0
        length = borders[length]
    return length + 1


def agrees(output: bytes, base: int, known: ClientOffset) -> bool:
    """Return whether `output`, whose first byte is number `base`, equals a page's tail wherever both are known."""
    first = known.count - len(known.tail)
    start, end = max(base, first), min(base + len(output), known.count)
    return start >= end or output[start - base : end - base] == known.tail[start - first : end - first]
