"""Finds what the shell says about itself in its own output: which line was typed, how it ended.

Pure and incremental: bytes in, marks out, whatever the chunks. The bytes themselves are not changed, for the page
draws its ticks from the same marks. The shell's profile writes them (sandbox/): `ESC ] 633 ; E ; line ; time BEL` when
a line is about to run, `ESC ] 133 ; D ; status ; time BEL` when it is done. The line is escaped as VS Code does it.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

CommandLineMark: TypeAlias = tuple[Literal["typed"], str, float]
ExitStatusMark: TypeAlias = tuple[Literal["finished"], int, float]
Mark: TypeAlias = CommandLineMark | ExitStatusMark

LONGEST = 256 * 1024
"""Bytes of a control string that are waited for; a program that opens one and never closes it costs no more."""
SHORT = 8
"""Bytes of the longest introducer."""

_INTRODUCER = re.compile(rb"\x1b(?:\]|\[\?2004[hl])")
_OURS = (b"]", b"?")
"""One of them is in each introducer. Single bytes are found at once; a search for introducers stops at each colour."""
_END = re.compile(rb"\x07|\x1b\\|[\x18\x1a]|\x1b(?=[^\\])")
_PARTIAL = re.compile(rb"\x1b(?:\[(?:\?(?:2(?:0(?:0(?:4)?)?)?)?)?)?\Z")
_ESCAPED = re.compile(r"\\(?:\\|x([0-9a-fA-F]{2}))")


class ShellIntegration:
    """One terminal's output, read for marks; `bracketed` says whether the program asked for bracketed paste."""

    def __init__(self) -> None:
        self._held = b""
        self.bracketed = False

    def feed(self, data: bytes) -> list[Mark]:
        """The marks that `data` completes: `("typed", line, at)` and `("finished", status, at)`, `at` in seconds."""
        data = self._held + data
        marks: list[Mark] = []
        place = 0 if any(sign in data for sign in _OURS) else max(0, len(data) - SHORT)
        while found := _INTRODUCER.search(data, place):
            place = found.end()
            if found[0] != b"\x1b]":
                self.bracketed = found[0].endswith(b"h")
                continue
            end = _END.search(data, place)
            if end is None:
                self._held = data[found.start() :] if len(data) - place < LONGEST else b""
                return marks
            if end[0] in (b"\x07", b"\x1b\\") and (mark := _read(data[place : end.start()])):
                marks.append(mark)
            place = end.start() if end[0] == b"\x1b" else end.end()
        unfinished = _PARTIAL.search(data, max(place, len(data) - SHORT))
        self._held = unfinished[0] if unfinished else b""
        return marks


def _read(sequence: bytes) -> Mark | None:
    """The mark in a control string's body, None when it is another one or has no time."""
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
    """Bash's EPOCHREALTIME, whose decimal sign is the locale's."""
    return float(text.replace(",", ".")) if re.fullmatch(r"\d{1,12}(?:[.,]\d{1,9})?", text) else None
