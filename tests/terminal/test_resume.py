"""Scrollback and resuming: a shell's output from its log, the live stream and what a page still has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slipway.terminal.resume import (
    CERTAIN_STREAM,
    ClientOffset,
    Scrollback,
    agrees,
    find_offset,
    overlap,
    read_scrollback,
)

LOG = b"$ echo one\r\none\r\n"
PROMPT = b"\x1b[?2004h$ "


def test_log_alone_may_lack_an_unfinished_line() -> None:
    assert read_scrollback(LOG, b"", None) == Scrollback(LOG, complete=False)


def test_overlap_of_log_and_stream_appears_once() -> None:
    assert read_scrollback(LOG, b"one\r\n$ ", None) == Scrollback(b"$ echo one\r\n", complete=True)


def test_log_ahead_of_the_stream_is_cut_where_the_stream_begins() -> None:
    flood = b"".join(b"%d\r\n" % number for number in range(400_000))
    for place in (2_000_000, 2_000_001, 2_000_005):
        live = flood[place : place + CERTAIN_STREAM]
        assert read_scrollback(flood, live, None) == Scrollback(flood[:place], complete=True)


def test_repetitive_floods_take_linear_time() -> None:
    same = b"y" * 100_000
    assert read_scrollback(same + b"n", same + b"?", None) == Scrollback(same + b"n", complete=False)
    assert overlap(same + b"n", same + b"n") == len(same) + 1


def test_prompt_is_restored_from_a_page() -> None:
    assert read_scrollback(LOG, b"", ClientOffset(len(LOG + PROMPT), b"one\r\n" + PROMPT)).output == LOG + PROMPT


def test_page_with_other_output_is_ignored() -> None:
    assert read_scrollback(LOG, b"", ClientOffset(len(LOG + PROMPT), b"two\r\n" + PROMPT)).output == LOG


def test_prompt_is_restored_from_a_page_with_numbers_of_an_earlier_run() -> None:
    assert read_scrollback(LOG, b"", ClientOffset(len(LOG), b"one\r\n" + PROMPT)).output == LOG + PROMPT


def test_page_without_a_tail_keeps_its_numbers() -> None:
    assert read_scrollback(LOG, b"", ClientOffset(len(LOG) + 3)).output == LOG + b"\0\0\0"


def test_page_with_an_impossible_offset_is_ignored() -> None:
    assert read_scrollback(LOG, b"", ClientOffset(10**9)).output == LOG


def test_offset_is_found_by_number_or_by_the_last_text() -> None:
    tail = b"$ echo one\r\none\r\n"
    assert find_offset(LOG + PROMPT, 0, ClientOffset(len(LOG), tail)) == len(LOG)
    assert find_offset(LOG + PROMPT, 100, ClientOffset(len(LOG), tail)) == 100 + len(LOG)
    assert find_offset(LOG + PROMPT, 0, ClientOffset(len(LOG), b"two\r\n")) is None
    assert find_offset(LOG + LOG, 0, ClientOffset(len(LOG) * 2 - 1, tail)) == len(LOG) * 2


def test_tail_agrees_if_the_common_bytes_are_equal() -> None:
    assert agrees(b"cdef", 2, ClientOffset(6, b"abcdef"))
    assert agrees(b"cdef", 2, ClientOffset(4, b"cd"))
    assert not agrees(b"cdef", 2, ClientOffset(5, b"ef"))
    assert agrees(b"cdef", 2, ClientOffset(2, b"zz")), "nothing in common is no contradiction"


@given(st.binary(max_size=30), st.binary(max_size=30), st.binary(max_size=30))
def test_overlapping_stream_loses_and_repeats_no_byte(before: bytes, both: bytes, after: bytes) -> None:
    log, live = before + both, both + after
    common = overlap(log, live)
    assert common >= len(both)
    assert log[len(log) - common :] == live[:common]


@given(st.binary(max_size=200), st.binary(min_size=16, max_size=99), st.integers(0, 3), st.binary(max_size=200))
def test_log_beyond_the_stream_loses_and_repeats_no_byte(before: bytes, piece: bytes, spare: int, after: bytes) -> None:
    live = b"".join(b"%d:%b" % (number, piece) for number in range(CERTAIN_STREAM // len(piece) + spare))
    stream = before + live + after
    past = read_scrollback(stream, live, None)
    assert (past.output + live).startswith(before)
    if past.complete and overlap(stream, live) < 16:
        assert past.output == before
