"""A latecomer's screen: begun where nothing is cut in two, and on the screen that the program draws on."""

from __future__ import annotations

from slipway.terminal.repaint import CLEAR, ENOUGH, ENTER, LEAVE, RESET, fresh

LINES = b"".join(b"line %06d\r\n" % number for number in range(10_000))


def test_a_short_story_is_told_whole() -> None:
    assert fresh(b"one\r\ntwo$ ", whole=True) == RESET + b"one\r\ntwo$ "


def test_a_long_one_begins_with_a_line() -> None:
    shown = fresh(LINES, whole=True).removeprefix(RESET)
    assert shown.startswith(b"line ")
    assert LINES.endswith(shown)
    assert ENOUGH - 20 < len(shown) <= ENOUGH


def test_what_lost_its_head_does_not_begin_within_a_line() -> None:
    assert fresh(b"f an escape\x1b[0m\r\nready$ ", whole=False) == RESET + b"ready$ "


def test_a_flood_without_a_line_shows_nothing_rather_than_rubbish() -> None:
    assert fresh(b"x" * 100_000, whole=False) == RESET


def test_a_full_screen_program_is_drawn_from_where_it_began_on_its_own_screen() -> None:
    output = LINES + ENTER + b"\x1b[Htop - 12:00"
    assert fresh(output, whole=False) == RESET + ENTER + b"\x1b[Htop - 12:00"


def test_a_long_one_from_where_it_last_cleared_the_screen() -> None:
    output = ENTER + b"x" * ENOUGH * 2 + CLEAR + b"page two"
    assert fresh(output, whole=True) == RESET + ENTER + CLEAR + b"page two"


def test_one_that_never_cleared_it_is_drawn_whole() -> None:
    output = LINES + ENTER + b"x" * ENOUGH * 2
    assert fresh(output, whole=True) == RESET + ENTER + b"x" * ENOUGH * 2


def test_after_it_the_lines_are_there_again() -> None:
    output = ENTER + b"less" + LEAVE + b"ready$ "
    assert fresh(output, whole=True) == RESET + output
