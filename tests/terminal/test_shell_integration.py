"""Shell integration marks, found in a shell's output."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.terminal.shell_integration import MAX_SEQUENCE, Mark, ShellIntegration

STREAM = (
    b"\x1b]0;title\x07\x1b[?2004h\x1b]133;A\x07$ \x1b]133;B\x07docker ps\r\n\x1b[?2004l"
    b"\x1b]633;E;docker ps\\x3b echo 'a\\\\b'\\x0aend \xc3\xa9;1732380000.125000\x07\x1b]133;C\x07"
    b"CONTAINER ID\r\n\x1b]133;D;130;1732380001,5\x1b\\\x1b[?2004h"
)
FOUND: list[Mark] = [("typed", "docker ps; echo 'a\\b'\nend é", 1732380000.125), ("finished", 130, 1732380001.5)]


def test_command_line_and_status_are_found() -> None:
    assert ShellIntegration().feed(STREAM) == FOUND


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM))))
def test_marks_survive_any_chunks(cuts: list[int]) -> None:
    marks = ShellIntegration()
    places = sorted({0, *cuts, len(STREAM)})
    found = [mark for start, end in pairwise(places) for mark in marks.feed(STREAM[start:end])]
    assert found == FOUND
    assert marks.bracketed_paste


@given(st.binary())
def test_noise_does_not_hide_later_marks(noise: bytes) -> None:
    marks = ShellIntegration()
    marks.feed(noise)
    assert ("finished", 0, 5.0) in marks.feed(b"\x18\x18\x1b]133;D;0;5\x07")


def test_bracketed_paste_follows_the_program() -> None:
    marks = ShellIntegration()
    for chunk, on in [(b"\x1b[?20", False), (b"04h", True), (b"\x1b[?2004", True), (b"l", False)]:
        marks.feed(chunk)
        assert marks.bracketed_paste is on


@pytest.mark.parametrize(
    "sequence", [b"133;D;0", b"133;D;-1;5", b"133;D;0;now", b"633;E;ls", b"633;P;Cwd=/", b"52;c;aGk=", b""]
)
def test_other_sequences_are_not_marks(sequence: bytes) -> None:
    assert ShellIntegration().feed(b"\x1b]" + sequence + b"\x07") == []


def test_unterminated_sequence_is_abandoned() -> None:
    marks = ShellIntegration()
    marks.feed(b"\x1b]0;" + b"x" * (MAX_SEQUENCE + 1))
    assert marks.feed(b"\x1b]133;D;0;5\x07") == [("finished", 0, 5.0)]
