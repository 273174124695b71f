"""Output: new lines in a log, one redrawn line on a terminal, and failures with a hint."""

from __future__ import annotations

import io

import pytest

from slipway.setup import console as console_module
from slipway.setup.console import Console, StageFailed, duration
from tests.eventually import eventually


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


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a silent stage say something soon."""
    monkeypatch.setattr(console_module, "TICK", 0.01)
    monkeypatch.setattr(console_module, "LOG_INTERVAL", 0.05)


@pytest.mark.usefixtures("hurried")
def test_silent_stage_shows_its_time_in_a_log() -> None:
    log = io.StringIO()
    console = Console(log)
    with console.stage("Packages"):
        eventually(lambda: "  … 0 s\n" in log.getvalue())
        console.progress("Unpacking docker.io")
        eventually(lambda: log.getvalue().count(" s  Unpacking docker.io\n") > 1)
    assert "\r" not in log.getvalue()
    assert "\x1b" not in log.getvalue()


@pytest.mark.usefixtures("hurried")
def test_silent_stage_redraws_one_line_on_a_terminal() -> None:
    screen = Terminal()
    with Console(screen).stage("Packages"):
        eventually(lambda: screen.getvalue().count("\r\x1b[K    0 s") > 1)
    assert screen.getvalue().split("\r\x1b[K")[-1].startswith("  done in ")
    assert screen.getvalue().count("\n") == 2


def test_dumb_terminal_is_a_log_without_colours() -> None:
    screen = Terminal()
    console = Console(screen, dumb=True)
    console.progress("pulling", 0.5)
    assert screen.getvalue() == "  … 50% pulling\n"
    assert not console.coloured
    assert not Console(Terminal(), colours=False).coloured
    assert Console(Terminal()).coloured


def test_progress_never_breaks_the_line_that_it_redraws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Terminal()
    Console(screen).progress("\x1b[32mGet:1\x1b[0m a rather long line of another program\r", 0.5)
    drawn = screen.getvalue().removeprefix("\r\x1b[K")
    assert len(drawn) == 39
    assert drawn.endswith(" 50% Get:1 a ra…")


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
