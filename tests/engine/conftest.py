"""Fixtures: real sandboxes on the host's engine, under a separate install that is removed afterwards."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import docker
import pytest

from slipway.engine.cleanup import remove_install
from slipway.engine.client import connect
from slipway.engine.image_claims import release
from slipway.engine.images import ensure_images
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.settings import Settings, from_env
from tests.containers import output
from tests.engine.typist import Typist

INSTALL = f"test-{secrets.token_hex(3)}"  # two runs at once must not remove each other's sandboxes


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIPWAY_STATE", str(tmp_path_factory.mktemp("state")))
        return replace(from_env(), install=INSTALL)


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[docker.DockerClient]:
    with closing(connect(settings)) as client:
        yield client


@pytest.fixture(scope="session")
def sandboxes(client: docker.DockerClient, settings: Settings) -> Iterator[Sandboxes]:
    ensure_images(client, settings, _print_progress)
    yield Sandboxes(client, settings)
    remove_install(client, INSTALL, _print_progress)
    release(client, INSTALL)


@pytest.fixture(scope="module")
def sandbox(sandboxes: Sandboxes) -> Iterator[Sandbox]:
    sandbox = sandboxes.create()
    yield sandbox
    sandboxes.remove(sandbox)


@pytest.fixture(autouse=True)
def _remove_containers_before_rerun(request: pytest.FixtureRequest) -> None:
    """Remove the containers of the first try before a failed test is run again."""
    if getattr(request.node, "execution_count", 1) > 1 and "sandbox" in request.fixturenames:
        sandboxes, sandbox = request.getfixturevalue("sandboxes"), request.getfixturevalue("sandbox")
        tidy = ["bash", "-c", "docker ps -aq | xargs -r docker rm -fv"]
        assert sandboxes.start_terminal(sandbox, 1).exec_run(tidy).exit_code == 0


@pytest.fixture
def learner(sandboxes: Sandboxes, sandbox: Sandbox) -> Iterator[Typist]:
    """Return a typist at a new terminal of the module's sandbox."""
    typist = Typist(sandboxes.start_terminal(sandbox, 1, new_shell=True))
    yield typist
    typist.leave()
    sandboxes.start_terminal(sandbox, 1).remove(force=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the journals and engine logs of a failed test's sandboxes to its report."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    sandboxes = getattr(item, "funcargs", {}).get("sandboxes")
    if report.failed and isinstance(sandboxes, Sandboxes):
        for sandbox in sandboxes.all():
            report.sections.append((f"sandbox {sandbox.key}", _journal_and_logs(sandboxes.client, sandbox)))


def _journal_and_logs(client: docker.DockerClient, sandbox: Sandbox) -> str:
    engine = client.containers.get(sandbox.engine)
    journal = engine.logs(tail=12).decode(errors="replace")
    if engine.status != "running":
        return f"{engine.status}\n{journal}"
    return journal + output(engine, ["sh", "-c", "tail -n 5 /run/log/*.log"]).decode(errors="replace")


def _print_progress(stage: str, text: str, fraction: float | None) -> None:
    sys.stderr.write(f"{stage}: {text}\n")
