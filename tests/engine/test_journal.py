"""Reading the journal of a real sandbox: from the first line, in whole lines, until the sandbox ends."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Thread

import docker
import pytest

from slipway.core.world import fold
from slipway.engine.journal import read_lines
from slipway.engine.journal_stream import _skip_known, journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.gateway.limits import KIB
from slipway.gateway.limits import GatewayLimits as GatewayLimits
from tests.engine.typist import Typist

pytestmark = pytest.mark.engine


def test_journal_begins_with_the_gateway_and_is_json(
    client: docker.DockerClient, sandbox: Sandbox, learner: Typist
) -> None:
    learner.types("docker run --rm busybox echo 'found me'")
    records = []
    for line in read_lines(client, sandbox):
        records.append(json.loads(line))
        if records[-1].get("name") == "container.start" and records[-1].get("half") == "ended":
            break

    assert records[0]["kind"] == "gateway"
    assert any(entry["kind"] == "seen" for entry in records)
    assert any("found me" in json.dumps(entry) for entry in records)


def test_journal_ends_with_its_sandbox(client: docker.DockerClient, sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.create()
    records: list[bytes] = []
    reader = Thread(target=lambda: records.extend(read_lines(client, sandbox)))
    reader.start()
    sandboxes.remove(sandbox)
    reader.join(timeout=30)

    assert not reader.is_alive()
    assert records
    assert list(read_lines(client, sandbox)) == []


FLOOD = """
import socket, time
for number in range(200):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("/run/gateway/docker.sock")
        line.sendall(b"GET /containers/json?filters=%b HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" % (b"x" * 9000))
        line.recv(1000)
    time.sleep(0.02)
"""


def test_rotated_journal_still_gives_the_present_world(client: docker.DockerClient, sandboxes: Sandboxes) -> None:
    limits = replace(
        sandboxes.settings.limits, journal_bytes=512 * KIB, gateway=GatewayLimits(retold=64 * KIB, burst=300)
    )
    small = Sandboxes(client, replace(sandboxes.settings, limits=limits))
    sandbox = small.create()
    learner = Typist(small.start_terminal(sandbox, 1))
    learner.types("docker create --name greeter busybox true")
    flooded = client.containers.get(sandbox.engine).exec_run(["python3", "-c", FLOOD])
    assert flooded.exit_code == 0, flooded.output
    learner.types("docker rename greeter welcomer")
    learner.leave()

    lines = list(read_lines(client, sandbox, follow=False))
    history, _ = journal_stream(client, sandbox)
    world = fold(history)
    small.remove(sandbox)

    assert json.loads(lines[0])["kind"] != "gateway"  # the beginning has been rotated away
    assert [container.name for container in world.containers.values()] == ["welcomer"]
    assert world.engine == "up"


def test_following_continues_after_the_history_even_if_the_log_was_rotated() -> None:
    assert list(_skip_known([b"1", b"2", b"3"], iter([b"1", b"2", b"3", b"4"]))) == [b"4"]
    assert list(_skip_known([b"1", b"2", b"3"], iter([b"3", b"4", b"5"]))) == [b"4", b"5"]
    assert list(_skip_known([], iter([b"1", b"2"]))) == [b"1", b"2"]
