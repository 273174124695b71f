"""Snapshots for a late client: begun at a line, or at the start of a full-screen program."""

from __future__ import annotations

from slipway.terminal.repaint import CLEAR, ENOUGH, ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN, RESET, snapshot

LINES = b"".join(b"line %06d\r\n" % number for number in range(10_000))


def test_short_output_is_complete() -> None:
    assert snapshot(b"one\r\ntwo$ ", complete=True) == RESET + b"one\r\ntwo$ "


def test_long_output_begins_at_a_line() -> None:
    shown = snapshot(LINES, complete=True).removeprefix(RESET)
    assert shown.startswith(b"line ")
    assert LINES.endswith(shown)
    assert ENOUGH - 20 < len(shown) <= ENOUGH


def test_truncated_output_begins_at_the_next_line() -> None:
    assert snapshot(b"f an escape\x1b[0m\r\nready$ ", complete=False) == RESET + b"ready$ "


def test_flood_without_line_ends_gives_an_empty_screen() -> None:
    assert snapshot(b"x" * 100_000, complete=False) == RESET


def test_full_screen_program_is_drawn_from_its_start() -> None:
    output = LINES + ENTER_FULL_SCREEN + b"\x1b[Htop - 12:00"
    assert snapshot(output, complete=False) == RESET + ENTER_FULL_SCREEN + b"\x1b[Htop - 12:00"


def test_long_full_screen_output_is_drawn_from_its_last_clear() -> None:
    output = ENTER_FULL_SCREEN + b"x" * ENOUGH * 2 + CLEAR + b"page two"
    assert snapshot(output, complete=True) == RESET + ENTER_FULL_SCREEN + CLEAR + b"page two"


def test_full_screen_output_without_a_clear_is_drawn_completely() -> None:
    output = LINES + ENTER_FULL_SCREEN + b"x" * ENOUGH * 2
    assert snapshot(output, complete=True) == RESET + ENTER_FULL_SCREEN + b"x" * ENOUGH * 2


def test_lines_return_after_a_full_screen_program() -> None:
    output = ENTER_FULL_SCREEN + b"less" + LEAVE_FULL_SCREEN + b"ready$ "
    assert snapshot(output, complete=True) == RESET + output
