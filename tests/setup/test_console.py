"""Output: new lines in a log, one redrawn line on a terminal, and failures with a hint."""

from __future__ import annotations

import io

import pytest

from slipway.setup.console import Console, StageFailed, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_log_has_no_carriage_returns_and_few_progress_lines() -> None:
    log = io.StringIO()
    console = Console(log)
    for number in range(100):
        console.progress(f"step {number}", number / 100)
    assert "\r" not in log.getvalue()
    assert log.getvalue().count("\n") == 1


def test_terminal_shows_a_bar_that_the_next_line_replaces() -> None:
    screen = Terminal()
    console = Console(screen)
    console.progress("pulling", 0.5)
    console.print("done")
    assert "██████████░░░░░░░░░░  50% pulling" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[Kdone\n")


def test_stage_prints_its_name_and_duration() -> None:
    log = io.StringIO()
    with Console(log).stage("Images"):
        pass
    assert log.getvalue() == "● Images\n  done in 0.0 s\n"


def test_failed_stage_prints_no_duration() -> None:
    log = io.StringIO()
    console = Console(log)
    with pytest.raises(StageFailed), console.stage("Images"):
        raise StageFailed("No.")
    assert "done" not in log.getvalue()


def test_failure_prints_message_last_details_and_hint() -> None:
    log = io.StringIO()
    Console(log).fail(StageFailed("apt-get failed.", "\n".join(f"line {n}" for n in range(40)), "Run: it again"))
    text = log.getvalue()
    assert "✗ apt-get failed." in text
    assert "line 39" in text
    assert "line 24\n" not in text
    assert text.endswith("  Run: it again\n")


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (9.5, "9.5 s"), (12.3, "12 s"), (185.0, "3 min 5 s")])
def test_durations_are_formatted_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text
