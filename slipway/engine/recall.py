"""What a shell wrote before we listened: its container's log, fitted to the live stream and to what a page still has.

Pure. Three facts, measured on engine 20.10, make this a puzzle. The log driver gets whole lines only, so the line that
is being written (a prompt, above all) is in nobody's log until it ends. A stream attached first and a log read next
overlap by an unknown number of bytes. And a log that was rotated has lost its head, so it can't number its bytes.
A page that comes back says how many bytes it has, and the last of them: that closes the gap.
"""

from __future__ import annotations

from dataclasses import dataclass

LINE = 16 * 1024
"""The longest unfinished line that the engine's log copier holds back, in bytes."""


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
    missing = known.count - len(log) if known else 0
    if known and 0 < missing <= min(LINE, len(known.tail)) and fits(log, 0, known):
        return Past(log + known.tail[-missing:], whole=False)
    return Past(log, whole=False)


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
