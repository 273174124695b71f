"""The container that is tried on an engine with warnings: it leaves nothing behind, and a refusal is a sentence."""

from __future__ import annotations

import docker
import pytest

from slipway.engine import trial
from slipway.engine.sandboxes import Sandboxes, SandboxFailed

pytestmark = pytest.mark.engine


def test_container_in_a_sandbox_starts_and_leaves_nothing(client: docker.DockerClient, sandboxes: Sandboxes) -> None:
    before = {sandbox.key for sandbox in sandboxes.all()}
    trial.run_container(client, sandboxes.settings)
    assert {sandbox.key for sandbox in sandboxes.all()} == before


def test_container_that_does_not_start_is_told_with_the_engine_s_words(
    client: docker.DockerClient, sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "COMMAND", ["docker", "run", "--rm", "busybox", "/no/such/program"])
    with pytest.raises(SandboxFailed, match=r"A sandbox starts here, but no container in it: .*/no/such/program"):
        trial.run_container(client, sandboxes.settings)
