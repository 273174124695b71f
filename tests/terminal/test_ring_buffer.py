"""The ring buffer: the newest bytes of a stream, by number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slipway.terminal.ring_buffer import RingBuffer


def test_bytes_are_read_by_their_number() -> None:
    ring = RingBuffer(7)
    ring.append(b"hello ")
    ring.append(b"world")
    assert (ring.base, ring.end) == (4, 11)
    assert ring.read(6, 3) == b"wor"
    assert ring.read(0, 3) == b""
    assert ring.read(11, 3) == b""


def test_lines_back_skips_a_line_whose_beginning_was_dropped() -> None:
    ring = RingBuffer(9)
    ring.append(b"one\n")
    assert ring.lines_back(9) == 0
    ring.append(b"two\nthree\n")
    assert ring.read(ring.lines_back(9), 99) == b"three\n"


def test_lines_back_counts_lines() -> None:
    ring = RingBuffer(99, b"one\ntwo\nthree\nfo")
    assert ring.read(ring.lines_back(2), 99) == b"two\nthree\nfo"
    assert ring.read(ring.lines_back(3), 99) == b"one\ntwo\nthree\nfo"


def test_initial_bytes_are_kept_until_more_arrive_or_drop_before() -> None:
    ring = RingBuffer(4, b"abcdefgh")
    ring.drop_before(2)
    assert (ring.base, ring.last(99)) == (2, b"cdefgh")
    ring.drop_before(99)
    assert (ring.base, ring.last(99)) == (4, b"efgh")
    ring.append(b"ij")
    assert (ring.base, ring.last(99)) == (4, b"efghij")
    ring.append(b"k")
    assert (ring.base, ring.last(99)) == (7, b"hijk")


@given(st.lists(st.binary(max_size=40)), st.integers(min_value=1, max_value=64))
def test_ring_is_the_tail_of_the_stream_for_any_chunks(chunks: list[bytes], limit: int) -> None:
    ring = RingBuffer(limit)
    for chunk in chunks:
        ring.append(chunk)
    stream = b"".join(chunks)
    assert ring.end == len(stream)
    kept = ring.last(len(stream))
    assert stream.endswith(kept)
    assert min(len(stream), limit) <= len(kept) <= limit * 3 // 2
