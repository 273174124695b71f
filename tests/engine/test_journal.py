"""The journal from its first line, whole lines only, and its end with the sandbox."""

from __future__ import annotations

import json
from threading import Thread

import docker
import pytest

from slipway.engine.journal import lines
from slipway.engine.sandbox import Sandbox, Sandboxes
from tests.engine.typist import Typist

pytestmark = pytest.mark.engine


def test_a_journal_begins_with_the_gateway_and_is_json_throughout(
    client: docker.DockerClient, sandbox: Sandbox, learner: Typist
) -> None:
    learner.types("docker run --rm busybox echo 'found me'")
    told = []
    for line in lines(client, sandbox):
        told.append(json.loads(line))
        if told[-1].get("name") == "container.start" and told[-1].get("half") == "ended":
            break

    assert told[0]["kind"] == "gateway"
    assert any(entry["kind"] == "seen" for entry in told)
    assert any("found me" in json.dumps(entry) for entry in told)


def test_a_journal_ends_with_its_sandbox(client: docker.DockerClient, sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.create()
    told: list[bytes] = []
    reader = Thread(target=lambda: told.extend(lines(client, sandbox)))
    reader.start()
    sandboxes.remove(sandbox)
    reader.join(timeout=30)

    assert not reader.is_alive()
    assert told
    assert list(lines(client, sandbox)) == []
