"""Spectators on a real shell: they see the screen, delay nobody, and never get a garbled screen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.client import TerminalClient
from slipway.terminal.spectator import MAX_BEHIND, Spectator
from slipway.terminal.terminal import Terminal
from tests import shells

pytestmark = pytest.mark.engine


class Follower:
    """A follower; a fresh screen replaces its text."""

    def __init__(self, terminal: Terminal) -> None:
        self.text, self.at, self.shown, self.renewed = "", 0, 0, 0
        self.news: list[dict[str, Any]] = []
        self.changed = threading.Condition()
        self.spectator: Spectator = terminal.add_spectator(self._show, self._say)

    def _show(self, seq: int, end: int, text: str, fresh: bool) -> None:
        with self.changed:
            assert fresh or seq == self.at, "output comes without gaps"
            self.text, self.at = (text if fresh else self.text + text), end
            self.shown += len(text)
            self.renewed += fresh
            self.changed.notify_all()

    def _say(self, news: dict[str, Any]) -> None:
        with self.changed:
            self.news.append(news)
            self.changed.notify_all()

    def wait(self, done: Callable[[], object], seconds: float = 20.0) -> None:
        with self.changed:
            assert self.changed.wait_for(done, seconds), (self.text[-300:], self.news)

    def see(self, text: str) -> None:
        self.wait(lambda: text in self.text)


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    client = shells.connected()
    yield client
    client.close()


@pytest.fixture
def terminal(engine: docker.DockerClient) -> Iterator[Terminal]:
    with shells.shell(engine) as container:
        opened = Terminal(1, lambda new_shell: AttachedShell(_found(container)), lambda number, mark: None)
        yield opened
        opened.close()


@pytest.fixture
def client(terminal: Terminal) -> Iterator[TerminalClient]:
    """Yield the client of the followed page."""
    page: list[TerminalClient] = []

    def show(seq: int, end: int, text: str, left: Callable[[], None]) -> None:
        page[0].acknowledge(end)

    page.append(terminal.add_client(show, lambda news: None))
    page[0].resize(100, 30)
    yield page[0]
    page[0].close()


def _found(container: Container) -> Container:
    container.reload()
    return container


def test_follower_sees_output_and_size_of_the_followed_page(terminal: Terminal, client: TerminalClient) -> None:
    follower = Follower(terminal)
    follower.see("ready$ ")
    client.type("echo seen-$((1))\r")
    follower.see("seen-1\r\n")
    client.resize(120, 20)
    follower.wait(lambda: (follower.news[-1]["cols"], follower.news[-1]["rows"]) == (120, 20))
    assert follower.news[-1]["state"] == "live"
    client.type("stty size\r")
    follower.see("20 120\r\n")


def test_spectator_does_not_count_as_an_open_page(terminal: Terminal, client: TerminalClient) -> None:
    follower = Follower(terminal)
    follower.see("ready$ ")
    status = client.status()
    assert (status["viewers"], status["say"]) == (1, "")
    follower.spectator.close()


def test_flood_is_skipped_for_a_spectator_whose_last_screen_is_right(
    terminal: Terminal, client: TerminalClient
) -> None:
    follower = Follower(terminal)
    follower.see("ready$ ")
    client.type("seq 1 400000; echo end-$((1))\r")
    follower.see("end-1\r\n")
    lines = follower.text.split("end-1")[0].splitlines()
    numbers = [int(line) for line in lines if line.isdecimal()]
    assert numbers == list(range(numbers[0], 400_001)), "whole lines, in order, to the last"
    assert follower.renewed > 1
    assert follower.shown < 2_000_000, "much less than was written"


def test_slow_spectator_delays_nobody(terminal: Terminal, client: TerminalClient) -> None:
    gate, status = threading.Event(), threading.Event()

    def block(*_: object) -> None:
        status.set()
        gate.wait(30)

    terminal.add_spectator(block, lambda news: None)
    assert status.wait(20)
    other = Follower(terminal)
    client.type("seq 1 200000; echo end-$((1))\r")
    other.see("end-1\r\n")
    gate.set()


def test_late_follower_draws_the_present_screen_and_continues(terminal: Terminal, client: TerminalClient) -> None:
    follower = Follower(terminal)
    follower.see("ready$ ")
    client.type("echo 日本-$((1)); echo before-$((1))\r")
    follower.wait(lambda: "before-1\r\n" in follower.text and follower.text.endswith("ready$ "))
    end, text = follower.spectator.snapshot()
    assert end == follower.at
    assert "日本-1\r\nbefore-1\r\n" in text
    assert text.endswith("ready$ ")
    client.type("printf '%b' '\\033[?1049h\\033[Hfull'; sleep 1\r")
    follower.see("\x1b[?1049h\x1b[Hfull")
    assert follower.spectator.snapshot()[1] == "\x1bc\x1b[?1049h\x1b[Hfull"


def test_output_beyond_the_limit_is_skipped_at_once(terminal: Terminal, client: TerminalClient) -> None:
    follower = Follower(terminal)
    follower.see("ready$ ")
    client.type(f"yes 0123456789 | head -c {MAX_BEHIND * 20}; echo end-$((1))\r")
    began = time.monotonic()
    follower.see("end-1\r\n")
    assert time.monotonic() - began < 20
    assert follower.shown < MAX_BEHIND * 10
