"""Asciicasts: written in the format, read as they were written, and on the journal's clock."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.recordings.asciicast import Cast, count_lines, read, write

SINCE = 1_700_000_000.25
moments = st.lists(st.integers(0, 60_000), max_size=5).map(sorted)
CAST = Cast("Three: Make", 100, 24, ((SINCE, "$ "), (SINCE + 2, "hi\r\n")), ((SINCE + 1, "not yet: Start it."),))


def test_file_is_a_header_and_events_with_relative_times() -> None:
    head, *rows = map(json.loads, write(CAST).splitlines())
    assert head == {"version": 2, "width": 100, "height": 24, "timestamp": 1_700_000_000, "title": "Three: Make"}
    assert rows == [[0.25, "o", "$ "], [1.25, "m", "not yet: Start it."], [2.25, "o", "hi\r\n"]]


@given(moments, moments)
def test_read_is_the_inverse_of_write_to_the_millisecond(shown: list[int], marked: list[int]) -> None:
    def rows(times: list[int], text: str) -> tuple[tuple[float, str], ...]:
        return tuple((1_700_000_000 + at / 1000, text) for at in times)

    cast = Cast("t", 80, 24, rows(shown, "é\x1b[0m"), rows(marked, "passed"))
    back = read(write(cast))
    assert [text for _, text in back.output + back.markers] == [text for _, text in cast.output + cast.markers]
    assert [at for at, _ in back.output + back.markers] == pytest.approx(
        [at for at, _ in cast.output + cast.markers], abs=0.001
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must begin with the header"),
        ('{"version": 3}', "must begin with the header"),
        ('{"version": 2, "width": 80, "height": 24, "title": "t"}', "with a timestamp"),
        (write(CAST) + '[1, "o"]', "not an event"),
        (write(CAST) + '[1, "i", "x"]', "not an event"),
        (write(CAST) + '[1, "o", 5]', "not an event"),
        (write(CAST) + "5", "not an event"),
        ("{", "Expecting"),
    ],
)
def test_invalid_asciicast_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(text)


def test_count_lines_counts_the_output() -> None:
    assert count_lines(CAST) == 1
