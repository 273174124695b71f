"""A lab that is killed between its engine and its store, and the restarted one, on real sandboxes and a real store."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from slipway.engine.cleanup import remove_install
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.sessions.assignments import Assignments
from slipway.sessions.warm_pool import Pool
from slipway.settings import ROOT, Settings
from slipway.store import Store
from tests.containers import output

pytestmark = pytest.mark.engine


@pytest.fixture
def own_install(
    sandboxes: Sandboxes, client: docker.DockerClient, settings: Settings, tmp_path: Path
) -> Iterator[Settings]:
    """Return the settings of a separate install, which is removed afterwards; `sandboxes` has built its images."""
    settings_of_test = replace(settings, install=f"test-{secrets.token_hex(3)}", state=tmp_path)
    yield settings_of_test
    remove_install(client, settings_of_test.install, lambda *_: None)


def kill_app_at(settings: Settings, call: str, moment: str) -> None:
    """Run killed_app.py, which is killed at that call."""
    words = [sys.executable, "-m", "tests.engine.killed_app", str(settings.state), settings.install, call, moment]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@contextmanager
def restarted(client: docker.DockerClient, settings: Settings) -> Iterator[tuple[Sandboxes, Sandbox]]:
    """Yield the sandboxes of a restarted app, and the one that it assigns to Ben."""
    sandboxes, store = Sandboxes(client, settings), Store.open(settings)
    assignments = Assignments(store, sandboxes, Pool(sandboxes, settings.limits, lambda: 0))
    assignments.restore()
    sandbox = assignments.assign("ben")
    yield sandboxes, sandbox
    assignments.remove("ben", sandbox)
    store.close()


def files(sandboxes: Sandboxes, sandbox: Sandbox) -> str:
    return output(sandboxes.start_terminal(sandbox, 1), ["ls", "/home/learner"]).decode()


@pytest.mark.parametrize(
    ("call", "moment"), [("remove", "before"), ("release_sandbox", "before"), ("release_sandbox", "after")]
)
def test_half_removed_sandbox_is_not_given_to_the_next_learner(
    own_install: Settings, client: docker.DockerClient, call: str, moment: str
) -> None:
    kill_app_at(own_install, call, moment)
    with restarted(client, own_install) as (sandboxes, sandbox):
        assert "anns" not in files(sandboxes, sandbox)


def test_used_sandbox_is_removed_when_the_store_is_lost(own_install: Settings, client: docker.DockerClient) -> None:
    kill_app_at(own_install, "remove", "before")
    used = {sandbox.key for sandbox in Sandboxes(client, own_install).all()}
    for file in own_install.state.glob("progress.db*"):
        file.unlink()
    with restarted(client, own_install) as (sandboxes, sandbox):
        assert "anns" not in files(sandboxes, sandbox)
        assert used.isdisjoint(other.key for other in sandboxes.all())


def test_unused_sandbox_is_assigned_again_when_the_store_is_lost(
    own_install: Settings, client: docker.DockerClient
) -> None:
    kill_app_at(own_install, "claim", "before")
    (spare,) = Sandboxes(client, own_install).spare_keys()
    for file in own_install.state.glob("progress.db*"):
        file.unlink()
    with restarted(client, own_install) as (sandboxes, sandbox):
        assert sandbox.key == spare
        assert not sandboxes.spare_keys()


def test_claim_is_idempotent_and_fails_for_a_removed_sandbox(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.create()
    assert sandbox.key in sandboxes.spare_keys()
    refreshed = Sandboxes(sandboxes.client, sandboxes.settings)
    refreshed.images = replace(sandboxes.images, engine=sandboxes.images.terminal)
    assert not refreshed.spare_keys(), "it was made of an older image"
    sandboxes.claim(sandbox)
    sandboxes.claim(sandbox)
    assert sandbox.key not in sandboxes.spare_keys()
    sandboxes.remove(sandbox)
    with pytest.raises(RuntimeError, match="could not be assigned"):
        sandboxes.claim(sandbox)
