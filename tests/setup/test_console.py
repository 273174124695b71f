"""What is printed: whole lines in a log, one moving line on a terminal, and failures with a next step."""

from __future__ import annotations

import io

import pytest

from slipway.setup.console import Console, StageFailed, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_no_carriage_returns_and_few_lines() -> None:
    log = io.StringIO()
    console = Console(log)
    for number in range(100):
        console.progress(f"step {number}", number / 100)
    assert "\r" not in log.getvalue()
    assert log.getvalue().count("\n") == 1


def test_a_terminal_gets_a_bar_on_one_line_that_the_next_sentence_replaces() -> None:
    screen = Terminal()
    console = Console(screen)
    console.progress("pulling", 0.5)
    console.print("done")
    assert "██████████░░░░░░░░░░  50% pulling" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[Kdone\n")


def test_a_stage_says_what_it_does_and_how_long_it_took() -> None:
    log = io.StringIO()
    with Console(log).stage("Images"):
        pass
    assert log.getvalue() == "● Images\n  done in 0.0 s\n"


def test_a_failed_stage_is_not_called_done() -> None:
    log = io.StringIO()
    console = Console(log)
    with pytest.raises(StageFailed), console.stage("Images"):
        raise StageFailed("No.")
    assert "done" not in log.getvalue()


def test_a_failure_tells_what_why_and_what_next() -> None:
    log = io.StringIO()
    Console(log).fail(StageFailed("apt-get failed.", "\n".join(f"line {n}" for n in range(40)), "Run: it again"))
    text = log.getvalue()
    assert "✗ apt-get failed." in text
    assert "line 39" in text
    assert "line 24\n" not in text
    assert text.endswith("  Run: it again\n")


@pytest.mark.parametrize(("seconds", "words"), [(0.04, "0.0 s"), (9.5, "9.5 s"), (12.3, "12 s"), (185.0, "3 min 5 s")])
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
