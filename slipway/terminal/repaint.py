"""The snapshot of a screen for a late client: enough of the latest output to draw the screen again.

Pure: bytes in, bytes out. It does not emulate a screen; it knows where in a stream of output one can begin.
"""

from __future__ import annotations

ENOUGH = 32 * 1024
"""Bytes of output that fill any screen, and a good part of what was above it."""
RESET = b"\x1bc"
ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
"""What full-screen programs (less, top, nano) write when they begin and end: to the alternate screen and back."""
CLEAR = b"\x1b[2J"


def snapshot(output: bytes, complete: bool) -> bytes:
    """Return a reset and the end of `output`, begun where nothing is cut in two; `complete` if it is all of the output.

    A full-screen program is drawn from where it began, or from when it last cleared the screen, as far as that is kept,
    on the alternate screen.
    """
    entered = output.rfind(ENTER_FULL_SCREEN)
    if entered > output.rfind(LEAVE_FULL_SCREEN):
        return RESET + ENTER_FULL_SCREEN + output[_first_painted(output, entered) :]
    if complete and len(output) <= ENOUGH:
        return RESET + output
    return RESET + output[_next_line(output, max(0, len(output) - ENOUGH)) :]


def _first_painted(output: bytes, entered: int) -> int:
    """Return where to begin drawing a full-screen program: at its start, or if that is too much, at its last clear."""
    start = entered + len(ENTER_FULL_SCREEN)
    return start if len(output) - start <= ENOUGH else max(start, output.rfind(CLEAR))


def _next_line(output: bytes, start: int) -> int:
    """Return the first position after `start` where a line begins; the end when there is none."""
    newline = output.find(b"\n", start)
    return len(output) if newline < 0 else newline + 1
