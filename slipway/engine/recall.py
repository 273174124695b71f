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
"""The shortest last text, in bytes, that is looked for elsewhere than in its place."""


@dataclass(frozen=True)
class Known:
    """What a page has: `count` bytes of the output of `shell` (its container's id), of which `tail` are the last."""

    count: int
    tail: bytes = b""
    shell: str = ""


@dataclass(frozen=True)
class Past:
    """All output before the live stream; `whole` unless an unfinished line may be missing at its end."""

    output: bytes
    whole: bool


def recall(log: bytes, live: bytes, known: Known | None) -> Past:
    """The past of a stream that began before `log` was read, and of which `live` has come so far."""
    common = overlap(log, live)
    if common:
        return Past(log[: len(log) - common], whole=True)
    return Past(log + (_unfinished(log, known) if known else b""), whole=False)


def resume(output: bytes, base: int, known: Known) -> int | None:
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


def _unfinished(log: bytes, known: Known) -> bytes:
    """The line after the log's last, as far as a page has seen it; b"" when the page's memory does not join the log."""
    lines, newline, unfinished = known.tail.rpartition(b"\n")
    if newline:
        return unfinished if log.endswith(lines + newline) else b""
    missing = known.count - len(log)
    # What nobody told us is NUL, which a terminal does not show: the numbers after it are right.
    return known.tail[-missing:].rjust(missing, b"\0") if 0 < missing <= LINE else b""


def overlap(log: bytes, live: bytes) -> int:
    """How many of the last bytes of `log` are the first of `live`."""
    for length in range(min(len(log), len(live)), 0, -1):
        if log.endswith(live[:length]):
            return length
    return 0


def fits(output: bytes, base: int, known: Known) -> bool:
    """Whether `output`, whose first byte is number `base`, agrees with a page's memory wherever both know."""
    first = known.count - len(known.tail)
    start, end = max(base, first), min(base + len(output), known.count)
    return start >= end or output[start - base : end - base] == known.tail[start - first : end - first]
