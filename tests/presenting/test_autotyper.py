"""The stagehand's manners: it waits for prompts, leaves no half command behind, and stops when told to."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

import pytest

from slipway.core import events as e
from slipway.core.lessons.commands import ENTER, Command, commands
from slipway.presenting.autotyper import BREAK, CLEAN, ENDINGS, LEAVE, NOT_LIVE, STUCK, TIDY, AutoTyper, rhythm
from tests.eventually import PATIENCE

Said = tuple[str, int, str]


class Shell:
    """A terminal that takes keys, and marks the lines as a shell does: each ends at once, unless it `lasts`.

    What lasts ends at Ctrl-C; a shell `within` at Ctrl-D only, and what is `deaf` at neither."""

    def __init__(self) -> None:
        self.typer = AutoTyper(self.press)
        self.keys = self.line = ""
        self.ran: list[str] = []
        self.lasts: set[str] = set()
        self.within: set[str] = set()
        self.deaf: set[str] = set()
        self.runs = ""
        self.over = False
        self.live = True
        self.said: queue.Queue[Said] = queue.Queue()
        self.on_key: Callable[[str], None] = lambda _: None

    def press(self, _terminal: int, keys: str) -> bool:
        if not self.live:
            return False
        self.keys += keys
        for key in keys:
            self._key(key)
        self.on_key(keys)
        return True

    def say(self, *words: object) -> None:
        self.said.put(words)  # type: ignore[arg-type]

    def end(self, status: int = 0) -> None:
        self.runs = ""
        self.typer.on_shell_event(e.CommandFinished(time.time(), 1, status))

    def until_free(self) -> Said:
        return self.hear(lambda said: said[0] == "free", "that it is free")

    def hear(self, meant: Callable[[Said], bool] = lambda _: True, what: str = "its next words") -> Said:
        """The next that it says and that is `meant`."""
        heard: list[Said] = []
        while not heard or not meant(heard[-1]):
            try:
                heard.append(self.said.get(timeout=PATIENCE))
            except queue.Empty:
                told = f"it said {heard}, was given {self.keys!r} and runs {self.runs!r}"
                raise AssertionError(f"waited {PATIENCE:g} s for: {what}\nsaw: {told}") from None
        return heard[-1]

    def _key(self, key: str) -> None:
        if key == BREAK:
            if self.runs not in self.within | self.deaf:
                self.end(130)
        elif key == LEAVE:
            self.over = self.over or not self.runs
            if self.runs in self.within:
                self.end()
        elif key == CLEAN:
            self.line = ""
        elif key == ENTER:
            self.ran.append(self.line)
            self.typer.on_shell_event(e.CommandTyped(time.time(), 1, self.line))
            self.runs, self.line = self.line, ""
            if self.runs not in self.lasts | self.within | self.deaf:
                self.end()
        else:
            self.line += key


@pytest.fixture
def shell() -> Shell:
    return Shell()


def type_(shell: Shell, line: str) -> None:
    shell.typer.type(1, commands(line)[0], shell.say)


def test_a_command_is_typed_in_an_empty_line_and_done_when_the_prompt_is_back(shell: Shell) -> None:
    shell.line = "left over"
    type_(shell, "docker ps")
    assert shell.until_free() == ("free", 1, "")
    assert shell.ran == ["docker ps"]


def test_it_waits_for_the_prompt_before_it_types(shell: Shell) -> None:
    shell.lasts.add("sleep 1")
    shell.press(1, f"sleep 1{ENTER}")
    type_(shell, "ls")
    assert shell.hear() == ("queued", 0, "")
    assert shell.ran == ["sleep 1"]
    shell.end()
    assert shell.until_free() == ("free", 1, "")
    assert shell.ran == ["sleep 1", "ls"]


def test_a_command_of_before_a_restart_whose_end_was_lost_is_not_waited_for(shell: Shell) -> None:
    shell.typer.on_shell_event(e.CommandTyped(time.time() - 60, 1, "docker kill clock"))
    type_(shell, "ls")
    assert shell.until_free() == ("free", 1, "")


def test_what_a_running_program_is_told_waits_for_nothing(shell: Shell) -> None:
    shell.lasts.add("cat")
    shell.press(1, f"cat{ENTER}")
    shell.typer.type(1, Command("Ctrl-C", BREAK, to_program=True), shell.say)
    assert shell.until_free() == ("free", 1, "")


def test_it_stops_at_a_key_and_the_command_has_not_been_typed(shell: Shell) -> None:
    shell.on_key = lambda _: shell.line == "doc" and shell.typer.stop()
    type_(shell, "docker ps")
    assert shell.until_free() == ("free", 0, "")
    assert shell.ran == []
    assert not shell.typer.is_typing
    shell.on_key = lambda _: None
    type_(shell, "docker ps")
    shell.until_free()
    assert shell.ran == ["docker ps"]


def test_the_next_command_waits_for_the_one_that_runs_and_only_the_newest_play_speaks(shell: Shell) -> None:
    shell.lasts.add("sleep 1")
    type_(shell, "sleep 1")
    shell.hear(lambda said: said == ("running", 1, ""), "that the first command runs")
    type_(shell, "ls")
    assert shell.hear() == ("queued", 0, "")
    shell.end()
    assert shell.until_free() == ("free", 1, "")
    assert shell.ran == ["sleep 1", "ls"]


def test_a_terminal_that_takes_no_keys_is_said_to(shell: Shell) -> None:
    shell.live = False
    type_(shell, "ls")
    assert shell.until_free() == ("free", 0, NOT_LIVE)


def test_a_stage_breaks_what_runs_removes_the_containers_and_plays_to_the_end(shell: Shell) -> None:
    shell.lasts.add("ping")
    shell.press(1, f"ping{ENTER}")
    told: list[str] = []
    shell.typer.prepare(
        1,
        commands("docker create a\ndocker start a"),
        lambda: told.append(shell.ran[-1]),
        lambda: told.append(shell.ran[-1]),
        shell.say,
    )
    assert shell.until_free() == ("free", 2, "")
    assert shell.ran == ["ping", TIDY, "docker create a", "docker start a", "clear"]
    assert told == [TIDY, "docker start a"]


def test_a_stage_leaves_a_shell_within_by_ctrl_d_and_never_the_learners_own(shell: Shell) -> None:
    shell.within.add("docker exec -it store sh")
    shell.press(1, f"docker exec -it store sh{ENTER}")
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.say)
    assert shell.until_free() == ("free", 0, "")
    assert shell.ran == ["docker exec -it store sh", TIDY, "clear"]
    assert not shell.over


def test_a_stage_sends_no_ctrl_d_to_what_ctrl_c_has_ended(shell: Shell) -> None:
    shell.lasts.add("ping")
    shell.press(1, f"ping{ENTER}")
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.say)
    shell.until_free()
    assert LEAVE not in shell.keys


def test_what_ran_in_a_shell_that_was_left_is_not_ended_in_the_next(shell: Shell) -> None:
    shell.lasts.add("exit")
    shell.press(1, f"exit{ENTER}")
    shell.runs = ""
    shell.typer.on_new_shell(1)
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.say)
    shell.until_free()
    assert (LEAVE in shell.keys, shell.ran) == (False, ["exit", TIDY, "clear"])


def test_a_stage_says_what_it_cannot_end_and_removes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slipway.presenting.autotyper.ENDINGS", [(keys, seconds / 50) for keys, seconds in ENDINGS])
    shell.deaf.add("vi")
    shell.press(1, f"vi{ENTER}")
    shell.typer.prepare(1, (), lambda: None, lambda: None, shell.say)
    assert shell.until_free() == ("free", 0, STUCK)
    assert shell.ran == ["vi"]
    assert [key for key in shell.keys if key in (BREAK, LEAVE)] == [keys for keys, _ in ENDINGS]


def test_a_hall_can_read_along_and_the_rhythm_is_that_of_a_hand() -> None:
    pauses = [pause for pause, _ in rhythm("docker ps -a" + ENTER)]
    assert "".join(key for _, key in rhythm("docker ps")) == "docker ps"
    assert min(pauses) >= 0.05
    assert len(set(pauses)) > 5
    assert max(pauses) == pauses[-1]
