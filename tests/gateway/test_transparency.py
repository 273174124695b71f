"""The same commands on the engine's own socket and through the gateway: the same status, the same bytes.

Only what differs each time (ids, times, names that the engine chooses) is blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import docker
import pytest
from docker.models.containers import Container

from slipway.engine.sandboxes import Sandboxes

pytestmark = pytest.mark.engine


class SandboxesWithEngineSocket(Sandboxes):
    """Sandboxes whose engine's own socket a test can reach too."""

    def _binds(self, key: str) -> dict[str, dict[str, str]]:
        return super()._binds(key) | {self._ensure_volume(key, "engine"): {"bind": "/run/engine", "mode": "rw"}}


@pytest.fixture(scope="module")
def terminals(sandboxes: Sandboxes, client: docker.DockerClient) -> Iterator[tuple[Container, Container]]:
    """Two terminals of one sandbox: one at the engine's own socket, one at the gateway's."""
    provider = SandboxesWithEngineSocket(client, sandboxes.settings)
    sandbox = provider.create()
    through = provider.start_terminal(sandbox, 1)
    labels = {"slipway.install": sandboxes.settings.install, "slipway.sandbox": sandbox.key, "slipway.role": "terminal"}
    direct = client.containers.run(
        provider.images.terminal,
        ["sleep", "infinity"],
        detach=True,
        user="0",
        labels=labels,
        environment={"DOCKER_HOST": "unix:///run/engine/engine.sock", "HOME": "/tmp"},  # noqa: S108 - in the container
        network_mode=f"container:{sandbox.engine}",
        volumes={provider._name(sandbox.key, "engine"): {"bind": "/run/engine", "mode": "rw"}},
    )
    for image in ("busybox", "hello-world"):
        direct.exec_run(["docker", "pull", "-q", image])
    yield direct, through
    provider.remove(sandbox)


WRITTEN = Path(__file__).with_name("commands.txt")
COMMANDS = [line for line in WRITTEN.read_text("utf-8").splitlines() if not line.startswith("#")]
TIMED_OUT = 124  # the exit status of `timeout`
CLEAN_UP = "docker rm -fv $(docker ps -aq); docker network prune -f; docker volume prune -af; docker rmi mine"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[:60])
def test_output_is_the_same_with_and_without_the_gateway(terminals: tuple[Container, Container], command: str) -> None:
    direct, through = terminals
    output = result(direct, command)
    if output[0] == TIMED_OUT:  # a busy engine may forget a client that sends nothing: docs/decisions/0003
        output = result(direct, command)
    assert result(through, command) == output
    assert output[0] != TIMED_OUT, "it hung both ways"


def result(terminal: Container, command: str) -> tuple[int, str, str]:
    terminal.exec_run(["bash", "-c", CLEAN_UP])
    code, streams = terminal.exec_run(["timeout", "90", "bash", "-c", command], demux=True)
    out, err = cast("tuple[bytes | None, bytes | None]", streams)
    assert code is not None
    return code, blanked(out), blanked(err)


def blanked(text: bytes | None) -> str:
    plain = (text or b"").decode(errors="replace")
    plain = re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b", "ID", plain)
    plain = re.sub(r"\d+ (second|minute)s?|Less than a second|About a minute", "TIME", plain)
    return re.sub(r"^root .*$|\d\d:\d\d(:\d\d)?", "…", plain, flags=re.M)
