"""The shells of a terminal: the first, the next one, and one that cannot be opened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import docker
import pytest
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.terminal import Terminal
from tests import shells
from tests.terminal.reader import Reader

pytestmark = pytest.mark.engine


@pytest.fixture
def renewable(engine: docker.DockerClient) -> Iterator[Terminal]:
    """Yield a terminal with a new container for each shell."""
    started: list[Container] = []

    def open_shell(new_shell: bool) -> AttachedShell:
        if new_shell or not started:
            started.append(shells.create(engine))
        return AttachedShell(started[-1])

    terminal = Terminal(1, open_shell, lambda number, mark: None)
    yield terminal
    terminal.close()
    for container in started:
        with suppress(APIError):  # removed, or being removed
            container.remove(force=True)


def test_page_without_a_size_sees_the_first_prompt(engine: docker.DockerClient) -> None:
    container = shells.create(engine)
    terminal = Terminal(1, lambda new_shell: AttachedShell(container), lambda number, mark: None)
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


def test_new_shell_can_follow_one_that_has_ended(renewable: Terminal) -> None:
    page = Reader(renewable)
    page.client.resize(80, 24)
    page.see("ready$ ")
    page.run("exit")
    page.wait(lambda: page.news[-1]["state"] == "ended")
    assert page.text.endswith("exit\r\n")
    renewable.restart()
    page.wait(lambda: page.news[-1]["state"] == "live" and page.news[-1]["clear"])
    page.run("echo new-$((1))")
    page.see("new-1\r\n")


def test_input_to_an_ended_shell_is_dropped(renewable: Terminal) -> None:
    page = Reader(renewable)
    page.see("ready$ ")
    page.client.type("\x04")
    page.wait(lambda: page.news[-1]["state"] == "ended")
    assert page.client.type("echo ghost\r")
    renewable.restart()
    page.run("echo new-$((1))")
    page.see("new-1\r\n")
    assert "ghost" not in page.text


def test_input_before_the_end_is_detected_is_dropped(
    engine: docker.DockerClient,
) -> None:
    started: list[Container] = []

    class Late(AttachedShell):
        def is_running(self) -> bool:
            page.client.type("echo ghost\r")
            return super().is_running()

    def open_shell(_fresh: bool) -> AttachedShell:
        started.append(shells.create(engine))
        return Late(started[-1])

    terminal = Terminal(1, open_shell, lambda number, mark: None)
    try:
        page = Reader(terminal)
        page.see("ready$ ")
        page.client.type("\x04")
        page.wait(lambda: page.news[-1]["state"] == "ended")
        terminal.restart()
        page.wait(lambda: page.news[-1]["state"] == "live" and page.news[-1]["clear"])
        page.run("echo new-$((1))")
        page.see("new-1\r\n")
        assert "ghost" not in page.text
    finally:
        terminal.close()
        for container in started:
            container.remove(force=True)


def test_new_shell_can_be_requested_while_the_last_one_is_ending(renewable: Terminal) -> None:
    page = Reader(renewable)
    page.see("ready$ ")
    renewable.end()
    renewable.restart()
    page.wait(lambda: page.news[-1]["state"] == "live" and page.news[-1]["clear"])
    page.run("echo new-$((1))")
    page.see("new-1\r\n")


def test_repeated_end_removes_the_shell_once(engine: docker.DockerClient) -> None:
    container = shells.create(engine)
    removals, go = list[str](), threading.Event()

    class Slow(AttachedShell):
        def remove(self) -> None:
            removals.append(self.id)
            go.wait(20)
            super().remove()

    terminal = Terminal(1, lambda new_shell: Slow(container), lambda number, mark: None)
    page = Reader(terminal)
    page.see("ready$ ")
    for _ in range(50):
        terminal.end()
    go.set()
    page.wait(lambda: page.news[-1]["state"] == "ended")
    terminal.close()
    assert len(removals) == 1


@pytest.mark.parametrize("state", ["starting", "lost"])
def test_end_requested_while_unattached_takes_effect_on_attaching(engine: docker.DockerClient, state: str) -> None:
    container = shells.create(engine)
    go, removed = threading.Event(), threading.Event()

    class Noted(AttachedShell):
        def remove(self) -> None:
            super().remove()
            removed.set()

    def open_shell(_fresh: bool) -> AttachedShell:
        if state == "lost" and not go.is_set():
            raise RuntimeError("the engine is starting")
        go.wait(20)
        return Noted(container)

    terminal = Terminal(1, open_shell, lambda number, mark: None)
    page = Reader(terminal)
    page.wait(lambda: page.news and page.news[-1]["state"] == state)
    terminal.end()
    go.set()
    page.wait(lambda: page.news[-1]["state"] == "ended")
    assert removed.wait(20)
    terminal.close()
    with pytest.raises(NotFound):
        container.reload()


def test_ending_an_ended_shell_does_not_end_the_next(renewable: Terminal) -> None:
    page = Reader(renewable)
    page.see("ready$ ")
    page.run("exit")
    page.wait(lambda: page.news[-1]["state"] == "ended")
    renewable.end()
    renewable.restart()
    page.wait(lambda: page.news[-1]["state"] == "live" and page.news[-1]["clear"])
    page.run("echo new-$((1))")
    page.see("new-1\r\n")


def test_failing_open_is_retried(container: Container) -> None:
    tries: list[bool] = []

    def open_shell(new_shell: bool) -> AttachedShell:
        tries.append(new_shell)
        if len(tries) == 1:
            raise RuntimeError("the engine is starting")
        return AttachedShell(container)

    terminal = Terminal(1, open_shell, lambda number, mark: None)
    page = Reader(terminal)
    page.wait(lambda: page.news and page.news[-1]["state"] == "live")
    assert "lost" in [news["state"] for news in page.news]
    terminal.close()
