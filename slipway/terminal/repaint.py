"""What somebody has to be sent who comes to a terminal late: enough of its last output to draw the screen again.

Pure: bytes in, bytes out. It knows no screen; it knows where in a stream of output one can begin.
"""

from __future__ import annotations

ENOUGH = 32 * 1024
"""Bytes of output that fill any screen, and a good piece of what was above it."""
RESET = b"\x1bc"
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
"""What full-screen programs (less, top, nano) write when they begin and end."""
CLEAR = b"\x1b[2J"


def fresh(output: bytes, whole: bool) -> bytes:
    """A reset, and the end of `output` from a place where nothing is cut in two. `whole`: it is all there ever was.

    A full-screen program is drawn from where it began, or from when it last cleared the screen, where that is kept;
    what it drew on is the other screen, which is entered first.
    """
    entered = output.rfind(ENTER)
    if entered > output.rfind(LEAVE):
        return RESET + ENTER + output[_painted(output, entered) :]
    if whole and len(output) <= ENOUGH:
        return RESET + output
    return RESET + output[_line(output, max(0, len(output) - ENOUGH)) :]


def _painted(output: bytes, entered: int) -> int:
    """Where the drawing of a full-screen program is begun with: all of it, or its last clearing if that is much."""
    begun = entered + len(ENTER)
    return begun if len(output) - begun <= ENOUGH else max(begun, output.rfind(CLEAR))


def _line(output: bytes, start: int) -> int:
    """The first place after `start` where a line begins; the end when there is none."""
    newline = output.find(b"\n", start)
    return len(output) if newline < 0 else newline + 1
