"""Cleanup removes everything with the given labels, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from slipway.engine.cleanup import remove_install
from slipway.engine.sandboxes import Sandboxes

pytestmark = pytest.mark.engine

NEIGHBOUR = "test-neighbour"


@pytest.fixture
def neighbours_volume(client: docker.DockerClient) -> Iterator[str]:
    labels = {"slipway.install": NEIGHBOUR, "slipway.sandbox": "theirs"}
    volume = client.volumes.create("slipway-test-neighbour", labels=labels)
    yield volume.name
    volume.remove()


def test_cleanup_keeps_named_sandboxes_and_those_of_other_installs(
    client: docker.DockerClient, sandboxes: Sandboxes, neighbours_volume: str
) -> None:
    kept, left_over = sandboxes.create(), sandboxes.create()
    others = {sandbox.key for sandbox in sandboxes.all()} - {left_over.key}

    sandboxes.remove_except(keep=others)

    assert sandboxes.is_running(kept)
    assert sandboxes.find(left_over.key) is None
    assert client.volumes.get(neighbours_volume)
    sandboxes.remove(kept)


def test_cleanup_removes_leftovers_of_a_crash(client: docker.DockerClient, sandboxes: Sandboxes) -> None:
    labels = {"slipway.install": sandboxes.settings.install, "slipway.sandbox": "half-made"}
    client.volumes.create("slipway-test-half-made", labels=labels)

    sandboxes.remove_except(keep={sandbox.key for sandbox in sandboxes.all()})

    assert not client.api.volumes(filters={"label": "slipway.sandbox=half-made"})["Volumes"]


def test_removing_an_install_counts_its_objects_and_keeps_others(
    client: docker.DockerClient, neighbours_volume: str
) -> None:
    labels = {"slipway.install": "test-leaver"}
    client.volumes.create("slipway-test-leaver", labels=labels)
    client.networks.create("slipway-test-leaver", labels=labels)

    removed = remove_install(client, "test-leaver", lambda stage, text, fraction: None)

    assert removed == 2
    assert client.volumes.get(neighbours_volume)
