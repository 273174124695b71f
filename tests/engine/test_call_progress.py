"""Progress of calls on a real engine: data on open connections, layers of a pull, and the grace period of a stop."""

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
    return [event for event in story if isinstance(event, e.CallStarted) and event.name == name][-1]


def flows(story: Iterable[e.Event], call: str) -> list[e.FlowSeen]:
    return [event for event in story if isinstance(event, e.FlowSeen) and event.call == call]


def test_flow_is_journalled_while_the_connection_is_open(
    sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist
) -> None:
    carried = {"stdin": [12, "hello there"], "stdout": [12, "hello there"]}

    def started() -> bool:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return any(isinstance(event, e.CallEnded) and event.name == "container.start" for event in story)

    def reports() -> bool:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return carried in [event.flow for event in flows(story, last(story, "container.attach").call)]

    learner.types("docker pull -q busybox")
    learner.send("docker run -i --name cat busybox cat\n")
    eventually(
        started, "the container to be started", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    learner.send("hello there\n")
    eventually(
        reports, f"{carried} to be journalled", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1
    )
    learner.press("\x04")
    story = journal_stream(sandboxes.client, sandbox)[0]
    ended = [event for event in story if isinstance(event, e.CallEnded) and event.name == "container.attach"]
    assert ended[-1].flow == carried


def test_flood_of_output_does_not_flood_the_journal(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist) -> None:
    learner.types("docker pull -q busybox; timeout -s KILL 4 docker run --name flood busybox yes >/dev/null")
    story = journal_stream(sandboxes.client, sandbox)[0]
    reports = flows(story, last(story, "container.attach").call)
    assert 2 <= len(reports) <= 100
    assert reports[-1].flow["stdout"][0] > 1_000_000
    assert reports[-1].flow["stdout"][1] == "y"
    learner.types("docker rm -f flood")


def test_stop_has_its_grace_period_and_pull_its_layers(sandboxes: Sandboxes, sandbox: Sandbox, learner: Typist) -> None:
    learner.types("docker run -d --init --stop-timeout 3 --name patient busybox sleep 99; docker stop patient")
    learner.types("docker rmi -f redis; docker pull -q redis")

    def pulls() -> list[e.CallEnded]:
        story = journal_stream(sandboxes.client, sandbox)[0]
        return [event for event in story if isinstance(event, e.CallEnded) and "layers" in event.result]

    eventually(pulls, "a pull with its layers", lambda: journal_stream(sandboxes.client, sandbox)[0][-5:], pause=0.1)
    stop = last(journal_stream(sandboxes.client, sandbox)[0], "container.stop")
    assert stop.target
    assert (stop.target.grace, stop.target.init) == (3.0, True)
    states = [state for _, state, _, _ in pulls()[-1].result["layers"]]
    assert set(states) <= {"here", "done"}
    assert "done" in states
