"""A terminal on a real shell in a real container: nothing lost, nothing twice, and never too much at once."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import docker
import pytest
from docker.errors import APIError
from docker.models.containers import Container

from slipway.engine.line import Line
from slipway.engine.marks import Mark
from slipway.engine.output import RING
from slipway.engine.terminal import Terminal
from slipway.engine.viewer import Viewer
from tests import shells

pytestmark = pytest.mark.engine

NUMBERED = re.compile(r"(?<![\d-])(\d+)\r\n")


class Reader:
    """A page without a browser: it takes what it is shown and keeps what a page would keep."""

    def __init__(self, terminal: Terminal, *, parses: bool = True, after: Reader | None = None) -> None:
        self.text, self.news, self.have, self.shell = "", list[dict[str, Any]](), 0, ""
        self.parses = parses
        self.changed, self.watching = threading.Condition(), threading.Event()
        self.viewer: Viewer = terminal.watch(self._show, self._say, *(after.memory() if after else ()))
        self.watching.set()

    def _show(self, seq: int, end: int, text: str, left: Callable[[], None]) -> None:
        with self.changed:
            assert seq == self.have, "output comes without gaps"
            self.text, self.have = self.text + text, end
            self.changed.notify_all()
        self.watching.wait()
        if self.parses:
            self.viewer.parsed(end)

    def _say(self, news: dict[str, Any]) -> None:
        with self.changed:
            self.news.append(news)
            if "from" in news:
                self.have, self.shell = news["from"], news["shell"]
            self.changed.notify_all()

    def memory(self) -> tuple[int, str, str]:
        return self.have, self.text[-128:], self.shell

    def wait(self, done: Callable[[], object], seconds: float = 20.0) -> None:
        with self.changed:
            assert self.changed.wait_for(done, seconds), (self.text[-400:], self.news)

    def see(self, text: str) -> None:
        self.wait(lambda: text in self.text)

    def run(self, line: str) -> None:
        self.viewer.type(f"{line}\r")


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture
def container(engine: docker.DockerClient) -> Iterator[Container]:
    with shells.shell(engine) as started:
        yield started


Make = Callable[..., Terminal]


@pytest.fixture
def make(container: Container) -> Iterator[Make]:
    made: list[Terminal] = []

    def terminal(on_mark: Callable[[int, Mark], None] = lambda number, mark: None, **given: Any) -> Terminal:
        made.append(Terminal(1, lambda fresh: Line(container), on_mark, **given))
        return made[-1]

    yield terminal
    for one in made:
        one.close()


@pytest.fixture
def reader(make: Make) -> Reader:
    page = Reader(make())
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    return page


def test_what_is_typed_is_run_and_shown(reader: Reader) -> None:
    reader.run("echo marker-$((40+2))")
    reader.see("marker-42\r\n")
    assert [news["state"] for news in reader.news if news["state"] != "starting"] == ["live"]


def test_the_size_is_known_before_the_keys_that_follow_it(reader: Reader) -> None:
    reader.viewer.resize(101, 33)
    reader.run("stty size")
    reader.see("33 101\r\n")


def test_a_size_out_of_bounds_is_brought_into_them(reader: Reader) -> None:
    reader.viewer.resize(9999, 1)
    reader.run("stty size")
    reader.see("5 500\r\n")


def test_keys_arrive_in_order(reader: Reader) -> None:
    text = "".join(f"{number:04}" for number in range(600))
    reader.run("stty -echo -icanon; echo go-$((1)); head -c 2400 | md5sum")
    reader.see("go-1\r\n")
    for letter in text:
        reader.viewer.type(letter)
    reader.see(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


def test_characters_come_whole_however_the_bytes_do(reader: Reader) -> None:
    reader.run(
        "stty -echo; printf '\\xe6\\x97'; sleep 0.3; printf '\\xa5\\xf0\\x9f'; sleep 0.3; printf '\\x90\\xb3<\\n'"
    )
    reader.see("日🐳<")
    assert "\ufffd" not in reader.text


def test_a_large_output_comes_whole(reader: Reader) -> None:
    reader.run("seq 1 200000; echo end-$((1))")
    reader.see("end-1\r\n")
    numbers = NUMBERED.findall(reader.text)
    assert numbers == [str(number) for number in range(1, 200001)]


def test_a_page_that_parses_nothing_stops_the_program(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.parses = False
    page.run("yes")
    page.wait(lambda: len(page.text) >= terminal.window // 2)
    time.sleep(0.5)
    held, shown = terminal.output.ring.end, len(page.text)
    time.sleep(0.5)
    assert (terminal.output.ring.end, len(page.text)) == (held, shown)
    assert held - page.viewer.passed <= terminal.window + 64 * 1024
    page.parses = True
    page.viewer.parsed(page.have)
    page.viewer.type("\x03")
    page.see("^C")


def test_a_slow_mirror_slows_nobody_and_catches_up(make: Make) -> None:
    terminal = make()
    mirror = Reader(terminal, parses=False)
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run("seq 1 300000; echo end-$((1))")
    page.see("end-1\r\n")
    assert "end-1" not in mirror.text
    mirror.parses = True
    mirror.viewer.parsed(mirror.have)
    mirror.see("end-1\r\n")
    assert any(news.get("clear") for news in mirror.news[1:])
    assert "Open in 2 places" in page.news[-1]["say"]


def test_a_page_that_comes_back_goes_on_at_the_next_byte(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run("for n in $(seq 1 40); do echo line-$n; sleep 0.02; done; echo end-$((1))")
    page.see("line-5\r\n")
    page.viewer.close()
    seen = page.text
    again = Reader(terminal, after=page)
    again.see("end-1\r\n")
    assert not again.news[0].get("clear")
    assert re.findall(r"line-(\d+)\r", seen + again.text) == [str(number) for number in range(1, 41)]


def test_output_waits_for_the_last_page_to_come_back(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.viewer.type("sleep 0.5; seq 1 400000; echo end-$((1))\r")
    page.see("end-$((1))\r\n")
    page.viewer.close()
    time.sleep(1.5)
    assert terminal.output.ring.end - page.have <= RING
    again = Reader(terminal, after=page)
    again.see("end-1\r\n")
    assert NUMBERED.findall(again.text) == [str(number) for number in range(1, 400001)]


def test_after_a_restart_of_the_app_a_page_goes_on_where_it_was(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run("echo before-$((1)); sleep 1; echo after-$((1))")
    page.see("before-1\r\n")
    first.close()
    page.viewer.close()
    seen = page.text
    again = Reader(make(), after=page)
    again.viewer.resize(80, 24)
    again.see("after-1\r\n")
    again.wait(lambda: again.text.endswith("ready$ "))
    assert not any(news.get("clear") for news in again.news)
    assert (seen + again.text).count("before-1\r\n") == 1
    assert (seen + again.text).count("after-1\r\n") == 1


def test_after_a_restart_an_idle_prompt_is_neither_lost_nor_doubled(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run("echo hi")
    page.wait(lambda: page.text.endswith("hi\r\n\x1b[?2004hready$ "))
    first.close()
    again = make()
    come_back = Reader(again, after=page)
    come_back.wait(lambda: come_back.news[-1]["state"] == "live")
    assert not come_back.news[-1]["clear"]
    come_back.run("echo more-$((1))")
    come_back.see("more-1\r\n")
    assert "hi\r\n" not in come_back.text
    newcomer = Reader(again)
    newcomer.viewer.resize(80, 24)
    newcomer.see("hi\r\n\x1b[?2004hready$ ")
    newcomer.see("more-1\r\n")


def test_after_a_restart_a_new_page_sees_the_prompt(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run("echo hi")
    page.wait(lambda: page.text.endswith("hi\r\n\x1b[?2004hready$ "))
    first.close()
    newcomer = Reader(make())
    newcomer.viewer.resize(80, 24)
    newcomer.see("hi\r\n")
    newcomer.wait(lambda: newcomer.text.endswith("ready$ "))


def test_a_page_that_never_says_its_size_sees_the_prompt_of_a_shell_that_ran_already(make: Make) -> None:
    first = make()
    page = Reader(first)
    page.run("echo hi")
    page.wait(lambda: page.text.endswith("hi\r\n\x1b[?2004hready$ "))
    first.close()
    newcomer = Reader(make())
    newcomer.wait(lambda: newcomer.text.endswith("ready$ "))
    newcomer.run("stty size")
    newcomer.see("24 80\r\n")


def test_a_page_that_never_says_its_size_sees_the_first_prompt_of_all(engine: docker.DockerClient) -> None:
    container = shells.create(engine)
    terminal = Terminal(1, lambda fresh: Line(container), lambda number, mark: None)
    try:
        page = Reader(terminal)
        page.see("ready$ ")
        page.run("stty size")
        page.see("24 80\r\n")
        assert page.text.startswith("\x1b[?2004hready$ ")
        assert page.news[-1]["from"] == 0
    finally:
        terminal.close()
        container.remove(force=True)


def test_a_page_with_another_shells_output_begins_anew(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.text = "something else than what this shell has written"
    again = Reader(terminal, after=page)
    again.see("ready$ ")
    assert again.news[0]["clear"]


def test_a_command_is_typed_once_for_each_run(make: Make) -> None:
    terminal = make()
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    assert terminal.type_text("echo once-$((1))", "run-1")
    assert not terminal.type_text("echo once-$((1))", "run-1")
    assert terminal.type_text("cat <<'END'\n  $HOME \"quoted\"\nlast\nEND\n", "run-2")
    assert terminal.type_text("echo done-$((2))", "run-3")
    page.see("done-2\r\n")
    assert page.text.count("once-1\r\n") == 1
    assert '  $HOME "quoted"\r\nlast\r\n' in page.text


def test_ctrl_p_ctrl_q_reach_the_shell(reader: Reader) -> None:
    reader.run("stty -echo -icanon -ixon; echo go-$((1)); head -c 2 | md5sum")
    reader.see("go-1\r\n")
    reader.viewer.type("\x10\x11")
    reader.see(hashlib.md5(b"\x10\x11", usedforsecurity=False).hexdigest())


def test_the_shells_marks_are_told_in_order(make: Make) -> None:
    heard: list[Mark] = []
    terminal = make(lambda number, mark: heard.append(mark))
    page = Reader(terminal)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run(r"printf '\e]633;E;docker ps;5.5\a\e]133;D;3;6.5\a'; echo done-$((1))")
    page.see("done-1")
    assert heard == [("typed", "docker ps", 5.5), ("finished", 3, 6.5)]


@pytest.fixture
def renewable(engine: docker.DockerClient) -> Iterator[Terminal]:
    """A terminal that gets a container of its own for each shell."""
    started: list[Container] = []

    def open_shell(fresh: bool) -> Line:
        if fresh or not started:
            started.append(shells.create(engine))
        return Line(started[-1])

    terminal = Terminal(1, open_shell, lambda number, mark: None)
    yield terminal
    terminal.close()
    for container in started:
        with suppress(APIError):  # gone, or on its way
            container.remove(force=True)


def test_a_shell_that_has_ended_makes_room_for_a_new_one(renewable: Terminal) -> None:
    page = Reader(renewable)
    page.viewer.resize(80, 24)
    page.see("ready$ ")
    page.run("exit")
    page.wait(lambda: page.news[-1]["state"] == "ended")
    assert page.text.endswith("exit\r\n")
    renewable.renew()
    page.wait(lambda: page.news[-1]["state"] == "live" and page.news[-1]["clear"])
    page.run("echo new-$((1))")
    page.see("new-1\r\n")


def test_a_new_shell_can_be_asked_for_while_the_last_one_is_being_ended(renewable: Terminal) -> None:
    page = Reader(renewable)
    page.see("ready$ ")
    renewable.end()
    renewable.renew()
    page.wait(lambda: page.news[-1]["state"] == "live" and page.news[-1]["clear"])
    page.run("echo new-$((1))")
    page.see("new-1\r\n")


def test_a_shell_that_cannot_be_had_is_tried_again(container: Container) -> None:
    tries: list[bool] = []

    def open_shell(fresh: bool) -> Line:
        tries.append(fresh)
        if len(tries) == 1:
            raise RuntimeError("the engine is starting")
        return Line(container)

    terminal = Terminal(1, open_shell, lambda number, mark: None)
    page = Reader(terminal)
    page.wait(lambda: page.news and page.news[-1]["state"] == "live")
    assert "lost" in [news["state"] for news in page.news]
    terminal.close()
