"""The valve on a real TTY: what is written waits in the kernel, all of it, and goes on when it may."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import docker
import pytest
from docker.models.containers import Container

from slipway.engine.spawn import spawn
from slipway.engine.valve import AGAIN, Valve
from tests import shells

pytestmark = pytest.mark.engine


@pytest.fixture
def counting() -> Iterator[Container]:
    """A container whose first process writes a number every 20 ms."""
    engine = docker.from_env()
    script = "n=0; while :; do echo number-$((n+=1)); sleep 0.02; done"
    with shells.shell(engine, "bash", "-c", script) as container:
        yield container
    engine.close()


@pytest.fixture
def valve(counting: Container) -> Iterator[Valve]:
    made = Valve(counting, spawn)
    yield made
    made.close()


def test_output_waits_and_then_comes_whole(counting: Container, valve: Valve) -> None:
    _until(lambda: _numbers(counting))
    valve.turn(True)
    _until(lambda: _still(counting))
    held = len(_numbers(counting))
    valve.turn(False)
    _until(lambda: len(_numbers(counting)) > held + 5)
    assert _numbers(counting) == list(range(1, len(_numbers(counting)) + 1))


def test_whoever_leaves_it_shut_leaves_it_open(counting: Container, valve: Valve) -> None:
    valve.turn(True)
    _until(lambda: _still(counting))
    held = len(_numbers(counting))
    valve.close()
    _until(lambda: len(_numbers(counting)) > held)


def test_a_helper_that_was_killed_has_a_successor(counting: Container, valve: Valve) -> None:
    valve.turn(True)
    _until(lambda: _still(counting))
    held = len(_numbers(counting))
    for process in counting.top()["Processes"]:
        if "perl" in " ".join(process):
            counting.client.api.exec_start(  # type: ignore[union-attr]
                counting.client.api.exec_create(counting.id, ["bash", "-c", KILL])["Id"]  # type: ignore[union-attr]
            )
    time.sleep(AGAIN / 2)
    valve.turn(False)
    _until(lambda: len(_numbers(counting)) > held)


def test_where_there_is_no_perl_nothing_is_held(counting: Container) -> None:
    engine = docker.from_env()
    with shells.shell(engine, "bash", "-c", "sleep 60") as container:
        container.exec_run(["bash", "-c", "echo > /bin/perl"])
        valve = Valve(container, spawn)
        valve.turn(True)
        _until(lambda: valve._hopeless)
        valve.turn(False)
        valve.turn(True)
        assert not valve._running
    engine.close()


KILL = "for at in /proc/[0-9]*; do [[ $(tr '\\0' ' ' < $at/cmdline) == perl* ]] && kill -9 ${at#/proc/}; done"


def _numbers(container: Container) -> list[int]:
    lines = container.logs().decode().split("\r\n")[:-1]
    return [int(line.removeprefix("number-")) for line in lines]


def _still(container: Container) -> bool:
    before = len(_numbers(container))
    time.sleep(0.3)
    return len(_numbers(container)) == before


def _until(true: Callable[[], object]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")
