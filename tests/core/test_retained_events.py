"""What a page is given however long ago it was: the learner's runs, and what is known of the disk."""

from __future__ import annotations

import pytest

from slipway.core import events as e
from slipway.core.retained_events import DISK, RUN, RetentionClassifier

CLOCK = e.Target("clock", "c1", "clock")


def begun(name: str, call: str = "k-1", target: e.Target | None = CLOCK, **params: str) -> e.CallStarted:
    return e.CallStarted(1.0, call, name, "POST", "/", target, params)


def ended(name: str, call: str = "k-1") -> e.CallEnded:
    return e.CallEnded(2.0, call, name, 204, 1.0, CLOCK)


def parts(*events: e.Event) -> list[str]:
    classifier = RetentionClassifier()
    return [classifier.classify(event) for event in events]


@pytest.mark.parametrize("name", ["container.stop", "container.restart", "container.kill"])
def test_a_run_is_its_call_its_signals_and_its_end(name: str) -> None:
    story = (begun(name), e.SignalSent(1.1, "c1", 15), e.OutOfMemory(1.2, "c1"), e.ContainerDied(1.3, "c1", 137))
    assert parts(*story, ended(name)) == [RUN] * 5


def test_a_signal_that_no_call_sent_is_a_run_too() -> None:
    assert parts(e.SignalSent(1.1, "c1", 1), e.ContainerDied(1.2, "c1", 129)) == [RUN, RUN]


def test_what_ends_by_itself_is_no_run_and_a_run_ends_once() -> None:
    assert parts(e.ContainerDied(1.0, "c1", 0), e.OutOfMemory(1.0, "c1")) == ["", ""]
    died = e.ContainerDied(1.2, "c1", 0)
    assert parts(begun("container.stop"), died, died) == [RUN, RUN, ""]


@pytest.mark.parametrize(("force", "part"), [("1", RUN), ("true", RUN), ("0", ""), ("", "")])
def test_a_removal_is_one_when_it_forces(force: str, part: str) -> None:
    assert parts(begun("container.remove", force=force)) == [part]


@pytest.mark.parametrize("signal", ["WINCH", "SIGCONT", "28", "chld"])
def test_what_a_client_passes_on_of_its_own_accord_is_no_run(signal: str) -> None:
    story = (begun("container.kill", signal=signal), e.SignalSent(1.1, "c1", 28), e.ContainerDied(2.0, "c1", 0))
    assert parts(*story, ended("container.kill")) == ["", "", "", ""]


def test_but_it_may_be_what_a_stop_asks_with() -> None:
    assert parts(begun("container.stop"), e.SignalSent(1.1, "c1", 28)) == [RUN, RUN]
    assert parts(begun("container.kill", signal="TERM"), e.SignalSent(1.1, "c1", 15)) == [RUN, RUN]


@pytest.mark.parametrize("target", [None, e.Target("nothing")])
def test_a_stop_of_nothing_is_none(target: e.Target | None) -> None:
    assert parts(begun("container.stop", target=target), ended("container.stop")) == ["", ""]


def test_what_is_known_of_the_disk_is_kept_with_its_answer() -> None:
    assert parts(begun("system.df"), ended("system.df"), ended("system.df")) == [DISK, DISK, ""]
    assert parts(begun("image.prune"), begun("container.list", "k-2"), ended("image.prune")) == [DISK, "", DISK]


def test_everything_else_may_be_forgotten() -> None:
    assert parts(begun("container.start"), ended("container.start"), e.ContainerStarted(1.0, "c1")) == ["", "", ""]
