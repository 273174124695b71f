"""Snapshots for late clients: begun where nothing is cut in two, on the screen that the program draws on."""

from __future__ import annotations

from slipway.terminal.repaint import CLEAR, ENOUGH, ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN, RESET, snapshot

LINES = b"".join(b"line %06d\r\n" % number for number in range(10_000))


def test_short_output_is_sent_whole() -> None:
    assert snapshot(b"one\r\ntwo$ ", complete=True) == RESET + b"one\r\ntwo$ "


def test_long_output_begins_with_a_line() -> None:
    shown = snapshot(LINES, complete=True).removeprefix(RESET)
    assert shown.startswith(b"line ")
    assert LINES.endswith(shown)
    assert ENOUGH - 20 < len(shown) <= ENOUGH


def test_cut_output_does_not_begin_within_a_line() -> None:
    assert snapshot(b"f an escape\x1b[0m\r\nready$ ", complete=False) == RESET + b"ready$ "


def test_flood_without_a_newline_shows_nothing() -> None:
    assert snapshot(b"x" * 100_000, complete=False) == RESET


def test_full_screen_program_is_drawn_from_its_start_on_the_alternate_screen() -> None:
    output = LINES + ENTER_FULL_SCREEN + b"\x1b[Htop - 12:00"
    assert snapshot(output, complete=False) == RESET + ENTER_FULL_SCREEN + b"\x1b[Htop - 12:00"


def test_long_full_screen_program_is_drawn_from_its_last_clear() -> None:
    output = ENTER_FULL_SCREEN + b"x" * ENOUGH * 2 + CLEAR + b"page two"
    assert snapshot(output, complete=True) == RESET + ENTER_FULL_SCREEN + CLEAR + b"page two"


def test_full_screen_program_without_a_clear_is_drawn_whole() -> None:
    output = LINES + ENTER_FULL_SCREEN + b"x" * ENOUGH * 2
    assert snapshot(output, complete=True) == RESET + ENTER_FULL_SCREEN + b"x" * ENOUGH * 2


def test_lines_are_drawn_after_a_full_screen_program() -> None:
    output = ENTER_FULL_SCREEN + b"less" + LEAVE_FULL_SCREEN + b"ready$ "
    assert snapshot(output, complete=True) == RESET + output
