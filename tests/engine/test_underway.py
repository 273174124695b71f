"""What a real engine's calls tell while they last: what flows, which layers come, and how long a stop would wait."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from slipway.core import events as e
from slipway.engine.journal_stream import journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.engine.typist import Typist
from tests.eventually import eventually

pytestmark = pytest.mark.engine


def last(story: Iterable[e.Event], name: str) -> e.CallStarted:
    return [one for one in story if isinstance(one, e.CallStarted) and one.name == name][-1]


def flows(story: Iterable[e.Event], call: str) -> list[e.FlowSeen]:
    return [one for one in story if isinstance(one, e.FlowSeen) and one.call == call]


def test_what_is_typed_and_answered_is_told_while_the_connection_is_open(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    carried = {"stdin": [12, "hello there"], "stdout": [12, "hello there"]}

    def started() -> bool:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return any(isinstance(one, e.CallEnded) and one.name == "container.start" for one in story)

    def told() -> bool:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return carried in [one.flow for one in flows(story, last(story, "container.attach").call)]

    learner.types("docker pull -q busybox")
    learner.send("docker run -i --name cat busybox cat\n")
    eventually(
        started, "the container to be started", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    learner.send("hello there\n")
    eventually(told, f"{carried} to be told", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1)
    learner.press("\x04")
    story = journal_stream(sandboxes.client, sandbox)[0]
    ended = [one for one in story if isinstance(one, e.CallEnded) and one.name == "container.attach"]
    assert ended[-1].flow == carried


def test_a_flood_is_told_of_and_does_not_flood_the_journal(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    learner.types("docker pull -q busybox; timeout -s KILL 4 docker run --name flood busybox yes >/dev/null")
    story = journal_stream(sandboxes.client, sandbox)[0]
    told = flows(story, last(story, "container.attach").call)
    assert 2 <= len(told) <= 100
    assert told[-1].flow["stdout"][0] > 1_000_000
    assert told[-1].flow["stdout"][1] == "y"
    learner.types("docker rm -f flood")


def test_a_stop_says_how_long_it_would_wait_and_a_pull_which_layers_came(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    learner.types("docker run -d --init --stop-timeout 3 --name patient busybox sleep 99; docker stop patient")
    learner.types("docker rmi -f redis; docker pull -q redis")

    def pulls() -> list[e.CallEnded]:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return [one for one in story if isinstance(one, e.CallEnded) and "layers" in one.result]

    eventually(
        pulls, "a pull that told its layers", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    stop = last(journal_stream(sandboxes.client, sandbox)[0], "container.stop")
    assert stop.target
    assert (stop.target.grace, stop.target.init) == (3.0, True)
    states = [state for _, state, _, _ in pulls()[-1].result["layers"]]
    assert set(states) <= {"here", "done"}
    assert "done" in states
