"""Finds the shell integration marks in a shell's output: which line was typed, and its exit status.

Pure and incremental: bytes in, marks out, in chunks of any size. The bytes are not changed, because the page draws its
ticks from the same marks. The shell's profile writes them (sandbox/): `ESC ] 633 ; E ; line ; time BEL` when a line is
about to run, `ESC ] 133 ; D ; status ; time BEL` when it has ended. The line is escaped as in VS Code.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

CommandLineMark: TypeAlias = tuple[Literal["typed"], str, float]
ExitStatusMark: TypeAlias = tuple[Literal["finished"], int, float]
Mark: TypeAlias = CommandLineMark | ExitStatusMark
"""The command line or the exit status, and the Unix time in seconds."""

MAX_SEQUENCE = 256 * 1024
"""Bytes of an unfinished control string that are kept; a program that never ends one costs no more."""
MAX_INTRODUCER = 8
"""Bytes of the longest introducer."""

_INTRODUCER = re.compile(rb"\x1b(?:\]|\[\?2004[hl])")
_IN_INTRODUCERS = (b"]", b"?")
"""Each introducer has one of them. Finding a single byte is fast; a search for introducers stops at each colour."""
_END = re.compile(rb"\x07|\x1b\\|[\x18\x1a]|\x1b(?=[^\\])")
_PARTIAL = re.compile(rb"\x1b(?:\[(?:\?(?:2(?:0(?:0(?:4)?)?)?)?)?)?\Z")
_ESCAPED = re.compile(r"\\(?:\\|x([0-9a-fA-F]{2}))")


class ShellIntegration:
    """Reads one shell's output for marks; `bracketed_paste` says whether the program asked for it."""

    def __init__(self) -> None:
        self._unfinished = b""
        self.bracketed_paste = False

    def feed(self, data: bytes) -> list[Mark]:
        """Return the marks that `data` completes."""
        data = self._unfinished + data
        marks: list[Mark] = []
        position = 0 if any(sign in data for sign in _IN_INTRODUCERS) else max(0, len(data) - MAX_INTRODUCER)
        while found := _INTRODUCER.search(data, position):
            position = found.end()
            if found[0] != b"\x1b]":
                self.bracketed_paste = found[0].endswith(b"h")
                continue
            end = _END.search(data, position)
            if end is None:
                self._unfinished = data[found.start() :] if len(data) - position < MAX_SEQUENCE else b""
                return marks
            if end[0] in (b"\x07", b"\x1b\\") and (mark := _parse(data[position : end.start()])):
                marks.append(mark)
            position = end.start() if end[0] == b"\x1b" else end.end()
        unfinished = _PARTIAL.search(data, max(position, len(data) - MAX_INTRODUCER))
        self._unfinished = unfinished[0] if unfinished else b""
        return marks


def _parse(sequence: bytes) -> Mark | None:
    """Return the mark in a control string's body; None when it is another string, or has no time."""
    match sequence.decode(errors="replace").split(";"):
        case ["633", "E", line, at] if (moment := _seconds(at)) is not None:
            return ("typed", _ESCAPED.sub(_unescape, line), moment)
        case ["133", "D", status, at] if status.isascii() and status.isdecimal():
            moment = _seconds(at)
            return None if moment is None else ("finished", int(status[:9]), moment)
    return None


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else "\\"


def _seconds(text: str) -> float | None:
    """Parse bash's EPOCHREALTIME, whose decimal sign depends on the locale."""
    return float(text.replace(",", ".")) if re.fullmatch(r"\d{1,12}(?:[.,]\d{1,9})?", text) else None
