"""What the journal reports of a real engine's calls in progress: data flow, layers, and the timeout of a stop."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from slipway.core import events as e
from slipway.engine.journal_stream import journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.engine.typist import Typist
from tests.eventually import eventually

pytestmark = pytest.mark.engine


def last_call(story: Iterable[e.Event], name: str) -> e.CallStarted:
    return [one for one in story if isinstance(one, e.CallStarted) and one.name == name][-1]


def flows(story: Iterable[e.Event], call: str) -> list[e.FlowSeen]:
    return [one for one in story if isinstance(one, e.FlowSeen) and one.call == call]


def test_input_and_output_are_reported_while_the_connection_is_open(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    carried = {"stdin": [12, "hello there"], "stdout": [12, "hello there"]}

    def started() -> bool:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return any(isinstance(one, e.CallEnded) and one.name == "container.start" for one in story)

    def is_reported() -> bool:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return carried in [one.flow for one in flows(story, last_call(story, "container.attach").call)]

    learner.types("docker pull -q busybox")
    learner.send("docker run -i --name cat busybox cat\n")
    eventually(
        started, "the container to be started", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    learner.send("hello there\n")
    eventually(
        is_reported, f"{carried} to be reported", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    learner.press("\x04")
    story = journal_stream(sandboxes.client, sandbox)[0]
    ended = [one for one in story if isinstance(one, e.CallEnded) and one.name == "container.attach"]
    assert ended[-1].flow == carried


def test_flood_is_reported_without_flooding_the_journal(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    learner.types("docker pull -q busybox; timeout -s KILL 4 docker run --name flood busybox yes >/dev/null")
    story = journal_stream(sandboxes.client, sandbox)[0]
    reported = flows(story, last_call(story, "container.attach").call)
    assert 2 <= len(reported) <= 100
    assert reported[-1].flow["stdout"][0] > 1_000_000
    assert reported[-1].flow["stdout"][1] == "y"
    learner.types("docker rm -f flood")


def test_stop_reports_its_timeout_and_pull_its_layers(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist) -> None:
    learner.types("docker run -d --init --stop-timeout 3 --name patient busybox sleep 99; docker stop patient")
    learner.types("docker rmi -f redis; docker pull -q redis")

    def pulls() -> list[e.CallEnded]:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return [one for one in story if isinstance(one, e.CallEnded) and "layers" in one.result]

    eventually(
        pulls, "a pull that reported its layers", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    stop = last_call(journal_stream(sandboxes.client, sandbox)[0], "container.stop")
    assert stop.target
    assert (stop.target.grace, stop.target.init) == (3.0, True)
    states = [state for _, state, _, _ in pulls()[-1].result["layers"]]
    assert set(states) <= {"here", "done"}
    assert "done" in states
