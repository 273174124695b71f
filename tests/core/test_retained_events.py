"""Events that a new page receives however old they are: the learner's runs, and the disk's history."""

from __future__ import annotations

import pytest

from slipway.core import events as e
from slipway.core.retained_events import DISK, RUN, RetentionClassifier

CLOCK = e.Target("clock", "c1", "clock")


def started(name: str, call: str = "k-1", target: e.Target | None = CLOCK, **params: str) -> e.CallStarted:
    return e.CallStarted(1.0, call, name, "POST", "/", target, params)


def ended(name: str, call: str = "k-1") -> e.CallEnded:
    return e.CallEnded(2.0, call, name, 204, 1.0, CLOCK)


def classes(*events: e.Event) -> list[str]:
    classifier = RetentionClassifier()
    return [classifier.classify(event) for event in events]


@pytest.mark.parametrize("name", ["container.stop", "container.restart", "container.kill"])
def test_run_is_its_call_signals_and_exit(name: str) -> None:
    story = (started(name), e.SignalSent(1.1, "c1", 15), e.OutOfMemory(1.2, "c1"), e.ContainerDied(1.3, "c1", 137))
    assert classes(*story, ended(name)) == [RUN] * 5


def test_signal_without_a_call_is_a_run() -> None:
    assert classes(e.SignalSent(1.1, "c1", 1), e.ContainerDied(1.2, "c1", 129)) == [RUN, RUN]


def test_exit_without_a_signal_is_not_a_run_and_a_run_ends_once() -> None:
    assert classes(e.ContainerDied(1.0, "c1", 0), e.OutOfMemory(1.0, "c1")) == ["", ""]
    died = e.ContainerDied(1.2, "c1", 0)
    assert classes(started("container.stop"), died, died) == [RUN, RUN, ""]


@pytest.mark.parametrize(("force", "expected"), [("1", RUN), ("true", RUN), ("0", ""), ("", "")])
def test_forced_removal_is_a_run(force: str, expected: str) -> None:
    assert classes(started("container.remove", force=force)) == [expected]


@pytest.mark.parametrize("signal", ["WINCH", "SIGCONT", "28", "chld"])
def test_signals_forwarded_by_the_client_are_not_a_run(signal: str) -> None:
    story = (started("container.kill", signal=signal), e.SignalSent(1.1, "c1", 28), e.ContainerDied(2.0, "c1", 0))
    assert classes(*story, ended("container.kill")) == ["", "", "", ""]


def test_harmless_signal_of_a_stop_is_part_of_the_run() -> None:
    assert classes(started("container.stop"), e.SignalSent(1.1, "c1", 28)) == [RUN, RUN]
    assert classes(started("container.kill", signal="TERM"), e.SignalSent(1.1, "c1", 15)) == [RUN, RUN]


@pytest.mark.parametrize("target", [None, e.Target("nothing")])
def test_stop_without_a_container_is_not_a_run(target: e.Target | None) -> None:
    assert classes(started("container.stop", target=target), ended("container.stop")) == ["", ""]


def test_disk_calls_are_kept_with_their_answers() -> None:
    assert classes(started("system.df"), ended("system.df"), ended("system.df")) == [DISK, DISK, ""]
    assert classes(started("image.prune"), started("container.list", "k-2"), ended("image.prune")) == [DISK, "", DISK]


def test_everything_else_may_be_dropped() -> None:
    assert classes(started("container.start"), ended("container.start"), e.ContainerStarted(1.0, "c1")) == ["", "", ""]
