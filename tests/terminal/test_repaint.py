"""A latecomer's screen: begun where nothing is cut in two, and on the screen that the program draws on."""

from __future__ import annotations

from slipway.terminal.repaint import CLEAR, ENOUGH, ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN, RESET, snapshot

LINES = b"".join(b"line %06d\r\n" % number for number in range(10_000))


def test_a_short_story_is_told_whole() -> None:
    assert snapshot(b"one\r\ntwo$ ", complete=True) == RESET + b"one\r\ntwo$ "


def test_a_long_one_begins_with_a_line() -> None:
    shown = snapshot(LINES, complete=True).removeprefix(RESET)
    assert shown.startswith(b"line ")
    assert LINES.endswith(shown)
    assert ENOUGH - 20 < len(shown) <= ENOUGH


def test_what_lost_its_head_does_not_begin_within_a_line() -> None:
    assert snapshot(b"f an escape\x1b[0m\r\nready$ ", complete=False) == RESET + b"ready$ "


def test_a_flood_without_a_line_shows_nothing_rather_than_rubbish() -> None:
    assert snapshot(b"x" * 100_000, complete=False) == RESET


def test_a_full_screen_program_is_drawn_from_where_it_began_on_its_own_screen() -> None:
    output = LINES + ENTER_FULL_SCREEN + b"\x1b[Htop - 12:00"
    assert snapshot(output, complete=False) == RESET + ENTER_FULL_SCREEN + b"\x1b[Htop - 12:00"


def test_a_long_one_from_where_it_last_cleared_the_screen() -> None:
    output = ENTER_FULL_SCREEN + b"x" * ENOUGH * 2 + CLEAR + b"page two"
    assert snapshot(output, complete=True) == RESET + ENTER_FULL_SCREEN + CLEAR + b"page two"


def test_one_that_never_cleared_it_is_drawn_whole() -> None:
    output = LINES + ENTER_FULL_SCREEN + b"x" * ENOUGH * 2
    assert snapshot(output, complete=True) == RESET + ENTER_FULL_SCREEN + b"x" * ENOUGH * 2


def test_after_it_the_lines_are_there_again() -> None:
    output = ENTER_FULL_SCREEN + b"less" + LEAVE_FULL_SCREEN + b"ready$ "
    assert snapshot(output, complete=True) == RESET + output
