"""Fixtures: terminals on real shells in real containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.shell_integration import Mark
from slipway.terminal.terminal import Terminal
from tests import shells
from tests.terminal.reader import Make, Reader


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    client = shells.connected()
    yield client
    client.close()


@pytest.fixture
def container(engine: docker.DockerClient) -> Iterator[Container]:
    with shells.shell(engine) as started:
        yield started


@pytest.fixture
def make(container: Container) -> Iterator[Make]:
    created: list[Terminal] = []

    def terminal(on_mark: Callable[[int, Mark], None] = lambda number, mark: None, **options: Any) -> Terminal:
        created.append(Terminal(1, lambda new_shell: AttachedShell(container), on_mark, **options))
        return created[-1]

    yield terminal
    for created_terminal in created:
        created_terminal.close()


@pytest.fixture
def reader(make: Make) -> Reader:
    page = Reader(make())
    page.client.resize(80, 24)
    page.see("ready$ ")
    return page
