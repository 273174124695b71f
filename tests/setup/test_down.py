"""`./lab down` on a real engine: removes everything of this install, and nothing of another."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest
from docker.models.resource import Model

from slipway.engine import client, host, images
from slipway.settings import Settings, engine_from_env
from slipway.setup.console import Console
from slipway.setup.down import down

pytestmark = pytest.mark.engine


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    install = f"test-{secrets.token_hex(4)}"
    return host.with_engine_address(
        Settings(install=install, token=secrets.token_hex(), state=tmp_path, **engine_from_env())
    )


@pytest.fixture
def engine(settings: Settings) -> Iterator[docker.DockerClient]:
    with closing(client.connect(settings)) as engine:
        yield engine


@pytest.fixture
def other_install(engine: docker.DockerClient) -> Iterator[str]:
    """Another install, with a container, a volume and a network of its own."""
    install = f"test-{secrets.token_hex(4)}"
    create_resources(engine, install)
    yield install
    for kind in (engine.containers, engine.volumes, engine.networks):
        for thing in resources_of(kind, install):
            thing.remove()  # type: ignore[attr-defined]  # each kind of these has it


def create_resources(engine: docker.DockerClient, install: str) -> None:
    labels = {"slipway.install": install}
    engine.volumes.create(name=install, labels=labels)
    engine.networks.create(install, labels=labels)
    engine.containers.create(images.image_names().terminal, labels=labels, volumes=[f"{install}:/v"], network=install)


def resources_of(kind: object, install: str) -> list[Model]:
    options = {"all": True} if "Container" in type(kind).__name__ else {}
    return kind.list(filters={"label": f"slipway.install={install}"}, **options)  # type: ignore[attr-defined,no-any-return]


def count_all(engine: docker.DockerClient, install: str) -> int:
    return sum(len(resources_of(kind, install)) for kind in (engine.containers, engine.volumes, engine.networks))


def test_down_removes_this_install_and_nothing_else(
    engine: docker.DockerClient, settings: Settings, other_install: str
) -> None:
    create_resources(engine, settings.install)
    log = io.StringIO()
    down(settings, Console(log), images=False)
    assert count_all(engine, settings.install) == 0
    assert count_all(engine, other_install) == 3
    assert "Removed 3" in log.getvalue()


def test_down_is_idempotent(settings: Settings) -> None:
    log = io.StringIO()
    down(settings, Console(log), images=False)
    down(settings, Console(log), images=True)
    assert log.getvalue().count("Nothing of this install was left in Docker.") == 2
