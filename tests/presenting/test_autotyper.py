"""The AutoTyper waits for prompts, leaves no half-typed command behind, and stops on request."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

import pytest

from slipway.core import events as e
from slipway.core.lessons.commands import ENTER, Command, commands
from slipway.presenting.autotyper import (
    CLEAR_LINE,
    CTRL_C,
    CTRL_D,
    INTERRUPTS,
    NOT_LIVE,
    REMOVE_CONTAINERS,
    STUCK,
    AutoTyper,
    rhythm,
)
from tests.eventually import PATIENCE

Report = tuple[str, int, str]


class Shell:
    """A terminal whose shell reports each line as a command, which ends at once unless it is one of these.

    Commands in `lasting` end at Ctrl-C, `inner_shells` at Ctrl-D only, and `stuck` ones at neither.
    """

    def __init__(self) -> None:
        self.typer = AutoTyper(self.press)
        self.keys = self.line = ""
        self.ran: list[str] = []
        self.lasting: set[str] = set()
        self.inner_shells: set[str] = set()
        self.stuck: set[str] = set()
        self.command = ""
        self.exited = False
        self.live = True
        self.reports: queue.Queue[Report] = queue.Queue()
        self.on_key: Callable[[str], object] = lambda _: None

    def press(self, _terminal: int, keys: str) -> bool:
        if not self.live:
            return False
        self.keys += keys
        for key in keys:
            self._key(key)
        self.on_key(keys)
        return True

    def on_status(self, *report: object) -> None:
        self.reports.put(report)  # type: ignore[arg-type]

    def end(self, status: int = 0) -> None:
        self.command = ""
        self.typer.on_shell_event(e.CommandFinished(time.time(), 1, status))

    def wait_until_free(self) -> Report:
        return self.next_report(lambda report: report[0] == "free", "that it is free")

    def next_report(self, matches: Callable[[Report], bool] = lambda _: True, what: str = "its next report") -> Report:
        """Return the next report that matches."""
        reports: list[Report] = []
        while not reports or not matches(reports[-1]):
            try:
                reports.append(self.reports.get(timeout=PATIENCE))
            except queue.Empty:
                saw = f"it reported {reports}, was given {self.keys!r} and runs {self.command!r}"
                raise AssertionError(f"waited {PATIENCE:g} s for: {what}\nsaw: {saw}") from None
        return reports[-1]

    def _key(self, key: str) -> None:
        if key == CTRL_C:
            if self.command not in self.inner_shells | self.stuck:
                self.end(130)
        elif key == CTRL_D:
            self.exited = self.exited or not self.command
            if self.command in self.inner_shells:
                self.end()
        elif key == CLEAR_LINE:
            self.line = ""
        elif key == ENTER:
            self.ran.append(self.line)
            self.typer.on_shell_event(e.CommandTyped(time.time(), 1, self.line))
            self.command, self.line = self.line, ""
            if self.command not in self.lasting | self.inner_shells | self.stuck:
                self.end()
        else:
            self.line += key


@pytest.fixture
def shell() -> Shell:
    return Shell()


def type_(shell: Shell, line: str) -> None:
    shell.typer.type(1, commands(line)[0], shell.on_status)


def test_command_is_typed_into_an_empty_line_and_done_at_the_next_prompt(shell: Shell) -> None:
    shell.line = "left over"
    type_(shell, "docker ps")
    assert shell.wait_until_free() == ("free", 1, "")
    assert shell.ran == ["docker ps"]


def test_typing_waits_for_the_prompt(shell: Shell) -> None:
    shell.lasting.add("sleep 1")
    shell.press(1, f"sleep 1{ENTER}")
    type_(shell, "ls")
    assert shell.next_report() == ("queued", 0, "")
    assert shell.ran == ["sleep 1"]
    shell.end()
    assert shell.wait_until_free() == ("free", 1, "")
    assert shell.ran == ["sleep 1", "ls"]


def test_command_from_before_a_restart_is_not_waited_for(shell: Shell) -> None:
    shell.typer.on_shell_event(e.CommandTyped(time.time() - 60, 1, "docker kill clock"))
    type_(shell, "ls")
    assert shell.wait_until_free() == ("free", 1, "")


def test_input_for_a_program_does_not_wait_for_a_prompt(shell: Shell) -> None:
    shell.lasting.add("cat")
    shell.press(1, f"cat{ENTER}")
    shell.typer.type(1, Command("Ctrl-C", CTRL_C, to_program=True), shell.on_status)
    assert shell.wait_until_free() == ("free", 1, "")


def test_stopped_command_does_not_count_as_typed(shell: Shell) -> None:
    shell.on_key = lambda _: shell.line == "doc" and shell.typer.stop()
    type_(shell, "docker ps")
    assert shell.wait_until_free() == ("free", 0, "")
    assert shell.ran == []
    assert not shell.typer.is_typing
    shell.on_key = lambda _: None
    type_(shell, "docker ps")
    shell.wait_until_free()
    assert shell.ran == ["docker ps"]


def test_next_command_waits_and_only_the_newest_job_reports(shell: Shell) -> None:
    shell.lasting.add("sleep 1")
    type_(shell, "sleep 1")
    shell.next_report(lambda report: report == ("running", 1, ""), "that the first command runs")
    type_(shell, "ls")
    assert shell.next_report() == ("queued", 0, "")
    shell.end()
    assert shell.wait_until_free() == ("free", 1, "")
    assert shell.ran == ["sleep 1", "ls"]


def test_terminal_without_input_is_reported(shell: Shell) -> None:
    shell.live = False
    type_(shell, "ls")
    assert shell.wait_until_free() == ("free", 0, NOT_LIVE)


def test_prepare_interrupts_removes_containers_and_types_the_script(shell: Shell) -> None:
    shell.lasting.add("ping")
    shell.press(1, f"ping{ENTER}")
    called: list[str] = []
    shell.typer.prepare(
        1,
        commands("docker create a\ndocker start a"),
        lambda: called.append(shell.ran[-1]),
        lambda: called.append(shell.ran[-1]),
        shell.on_status,
    )
    assert shell.wait_until_free() == ("free", 2, "")
    assert shell.ran == ["ping", REMOVE_CONTAINERS, "docker create a", "docker start a", "clear"]
    assert called == [REMOVE_CONTAINERS, "docker start a"]


def test_prepare_leaves_an_inner_shell_by_ctrl_d_but_never_the_learners_own(shell: Shell) -> None:
    shell.inner_shells.add("docker exec -it store sh")
    shell.press(1, f"docker exec -it store sh{ENTER}")
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.on_status)
    assert shell.wait_until_free() == ("free", 0, "")
    assert shell.ran == ["docker exec -it store sh", REMOVE_CONTAINERS, "clear"]
    assert not shell.exited


def test_prepare_sends_no_ctrl_d_after_a_successful_ctrl_c(shell: Shell) -> None:
    shell.lasting.add("ping")
    shell.press(1, f"ping{ENTER}")
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.on_status)
    shell.wait_until_free()
    assert CTRL_D not in shell.keys


def test_command_of_the_last_shell_is_not_interrupted_in_a_new_one(shell: Shell) -> None:
    shell.lasting.add("exit")
    shell.press(1, f"exit{ENTER}")
    shell.command = ""
    shell.typer.on_new_shell(1)
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.on_status)
    shell.wait_until_free()
    assert (CTRL_D in shell.keys, shell.ran) == (False, ["exit", REMOVE_CONTAINERS, "clear"])


def test_prepare_reports_a_stuck_program_and_removes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "slipway.presenting.autotyper.INTERRUPTS", [(keys, seconds / 50) for keys, seconds in INTERRUPTS]
    )
    shell.stuck.add("vi")
    shell.press(1, f"vi{ENTER}")
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.on_status)
    assert shell.wait_until_free() == ("free", 0, STUCK)
    assert shell.ran == ["vi"]
    assert [key for key in shell.keys if key in (CTRL_C, CTRL_D)] == [keys for keys, _ in INTERRUPTS]


def test_rhythm_is_slow_enough_to_read_and_uneven() -> None:
    pauses = [pause for pause, _ in rhythm("docker ps -a" + ENTER)]
    assert "".join(key for _, key in rhythm("docker ps")) == "docker ps"
    assert min(pauses) >= 0.05
    assert len(set(pauses)) > 5
    assert max(pauses) == pauses[-1]
