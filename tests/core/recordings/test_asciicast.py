"""Asciicasts: written as the format wants them, read as they were written, and on the journal's clock."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.recordings.asciicast import Cast, lines, read, write

SINCE = 1_700_000_000.25
moments = st.lists(st.integers(0, 60_000), max_size=5).map(sorted)
SAID = Cast("Three: Make", 100, 24, ((SINCE, "$ "), (SINCE + 2, "hi\r\n")), ((SINCE + 1, "not yet: Start it."),))


def test_the_first_line_says_what_and_the_others_say_when() -> None:
    head, *rows = map(json.loads, write(SAID).splitlines())
    assert head == {"version": 2, "width": 100, "height": 24, "timestamp": 1_700_000_000, "title": "Three: Make"}
    assert rows == [[0.25, "o", "$ "], [1.25, "m", "not yet: Start it."], [2.25, "o", "hi\r\n"]]


@given(moments, moments)
def test_what_is_written_is_read_to_the_millisecond(shown: list[int], marked: list[int]) -> None:
    def rows(times: list[int], text: str) -> tuple[tuple[float, str], ...]:
        return tuple((1_700_000_000 + at / 1000, text) for at in times)

    cast = Cast("t", 80, 24, rows(shown, "é\x1b[0m"), rows(marked, "passed"))
    back = read(write(cast))
    assert [text for _, text in back.output + back.markers] == [text for _, text in cast.output + cast.markers]
    assert [at for at, _ in back.output + back.markers] == pytest.approx(
        [at for at, _ in cast.output + cast.markers], abs=0.001
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with the head"),
        ('{"version": 3}', "begins with the head"),
        ('{"version": 2, "width": 80, "height": 24, "title": "t"}', "with its timestamp"),
        (write(SAID) + '[1, "o"]', "no event"),
        (write(SAID) + '[1, "i", "x"]', "no event"),
        (write(SAID) + '[1, "o", 5]', "no event"),
        (write(SAID) + "5", "no event"),
        ("{", "Expecting"),
    ],
)
def test_what_is_no_asciicast_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(text)


def test_lines_are_counted_as_the_terminal_showed_them() -> None:
    assert lines(SAID) == 1
