"""What a shell wrote before we listened: its container's log, fitted to the live stream and to what a page still has.

Pure. Three facts, measured on engine 20.10, make this a puzzle. The log driver gets whole lines only, so the line that
is being written (a prompt, above all) is in nobody's log until it ends. A stream attached first and a log read next
overlap by an unknown number of bytes. And a log that was rotated has lost its head, so it can't number its bytes.
A page that comes back says how many bytes it has, and the last of them: that closes the gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LINE = 16 * 1024
"""The longest unfinished line that the engine's log copier holds back, in bytes."""


TELLING = 16
"""The shortest text, in bytes, that is believed to be the same when it is found again elsewhere than in its place."""
SURE = 4 * 1024
"""Bytes of a stream that are looked for in the midst of a log; fewer may stand there from another time."""
AHEAD = 2 * 1024 * 1024
"""Bytes that a log can be ahead of a stream: what the engine keeps for a client that does not read, twice."""


@dataclass(frozen=True)
class ClientOffset:
    """What a page has: `count` bytes of the output of `shell` (its container's id), of which `tail` are the last."""

    count: int
    tail: bytes = b""
    shell: str = ""


@dataclass(frozen=True)
class Scrollback:
    """All output before the live stream; `whole` unless an unfinished line may be missing at its end."""

    output: bytes
    whole: bool


def read_scrollback(log: bytes, live: bytes, known: ClientOffset | None) -> Scrollback:
    """The past of a stream that began before `log` was read, and of which `live` has come so far.

    In a flood the log may be far ahead of what was taken off the stream, which then lies in the midst of it.
    """
    common, within = overlap(log, live), _within(log, live)
    if common < TELLING and within >= 0:
        return Scrollback(log[:within], whole=True)
    if common:
        return Scrollback(log[: len(log) - common], whole=True)
    return Scrollback(log + (_unfinished(log, known) if known else b""), whole=False)


def joined(log: bytes, live: bytes) -> bool:
    """Whether it is certain, and no chance of a few bytes, that nothing is missing between the two."""
    return overlap(log, live) >= TELLING or _within(log, live) >= 0


def resume(output: bytes, base: int, known: ClientOffset) -> int | None:
    """The number of the byte after those that a page has; None when they are not found.

    Found under its own number, or else by its last text at the place nearest to it: the numbers of an earlier life
    differ by the unfinished line that was lost before anybody listened, or by the head that a rotated log has lost.
    """
    if base <= known.count <= base + len(output) and fits(output, base, known):
        return known.count
    if len(known.tail) < TELLING:
        return None
    places = [base + found.end() for found in re.finditer(re.escape(known.tail), output)]
    return min(places, key=lambda place: abs(place - known.count), default=None)


def _unfinished(log: bytes, known: ClientOffset) -> bytes:
    """The line after the log's last, as far as a page has seen it; b"" when the page's memory does not join the log."""
    lines, newline, unfinished = known.tail.rpartition(b"\n")
    if newline:
        return unfinished if log.endswith(lines + newline) else b""
    missing = known.count - len(log)
    # What nobody told us is NUL, which a terminal does not show: the numbers after it are right.
    return known.tail[-missing:].rjust(missing, b"\0") if 0 < missing <= LINE else b""


def _within(log: bytes, live: bytes) -> int:
    """Where in the last of `log` all of a long `live` lies; -1 where it does not."""
    return log.find(live, max(0, len(log) - AHEAD - len(live))) if len(live) >= SURE else -1


def overlap(log: bytes, live: bytes) -> int:
    """How many of the last bytes of `log` are the first of `live`, at most.

    In steps that grow with the length alone (Knuth, Morris and Pratt), for floods repeat themselves.
    """
    borders = _borders(live)
    length = 0
    for byte in log[len(log) - min(len(log), len(live)) :]:
        length = _longer(live, borders, length, byte)
    return length


def _borders(text: bytes) -> list[int]:
    """For each length, how much of the beginning of that much of `text` is its end, too, without being all of it."""
    borders = [0, 0][: len(text) + 1]
    for byte in text[1:]:
        borders.append(_longer(text, borders, borders[-1], byte))
    return borders


def _longer(text: bytes, borders: list[int], length: int, byte: int) -> int:
    """After `length` bytes of `text` were found, and then `byte`: how many are found now."""
    while length == len(text) or text[length] != byte:
        if not length:
            return 0
        length = borders[length]
    return length + 1


def fits(output: bytes, base: int, known: ClientOffset) -> bool:
    """Whether `output`, whose first byte is number `base`, agrees with a page's memory wherever both know."""
    first = known.count - len(known.tail)
    start, end = max(base, first), min(base + len(output), known.count)
    return start >= end or output[start - base : end - base] == known.tail[start - first : end - first]
