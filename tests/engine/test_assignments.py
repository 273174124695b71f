"""A lab that is killed between its engine and its store, and the next one: with real sandboxes and a real store."""

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
    """Settings of an install for this test, removed afterwards; `sandboxes` has built its images."""
    own = replace(settings, install=f"test-{secrets.token_hex(3)}", state=tmp_path)
    yield own
    remove_install(client, own.install, lambda *_: None)


def run_until_killed(settings: Settings, call: str, moment: str) -> None:
    """Run killed_app.py until it kills itself in that call."""
    words = [sys.executable, "-m", "tests.engine.killed_app", str(settings.state), settings.install, call, moment]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@contextmanager
def restart(client: docker.DockerClient, settings: Settings) -> Iterator[tuple[Sandboxes, Sandbox]]:
    """Yield the next app's sandboxes, and the one that it assigns to Ben."""
    sandboxes, store = Sandboxes(client, settings), Store.open(settings)
    given = Assignments(store, sandboxes, Pool(sandboxes, settings.limits, lambda: 0))
    given.restore()
    sandbox = given.assign("ben")
    yield sandboxes, sandbox
    given.remove("ben", sandbox)
    store.close()


def list_home(sandboxes: Sandboxes, sandbox: Sandbox) -> str:
    return output(sandboxes.start_terminal(sandbox, 1), ["ls", "/home/learner"]).decode()


@pytest.mark.parametrize(
    ("call", "moment"), [("remove", "before"), ("release_sandbox", "before"), ("release_sandbox", "after")]
)
def test_killed_removal_leaves_nothing_for_the_next_learner(
    own_install: Settings, client: docker.DockerClient, call: str, moment: str
) -> None:
    run_until_killed(own_install, call, moment)
    with restart(client, own_install) as (sandboxes, sandbox):
        assert "anns" not in list_home(sandboxes, sandbox)


def test_a_used_sandbox_is_removed_when_the_store_is_lost(own_install: Settings, client: docker.DockerClient) -> None:
    run_until_killed(own_install, "remove", "before")
    used = {sandbox.key for sandbox in Sandboxes(client, own_install).all()}
    for file in own_install.state.glob("progress.db*"):
        file.unlink()
    with restart(client, own_install) as (sandboxes, sandbox):
        assert "anns" not in list_home(sandboxes, sandbox)
        assert used.isdisjoint(one.key for one in sandboxes.all())


def test_spare_sandbox_is_assigned_when_the_store_is_lost(own_install: Settings, client: docker.DockerClient) -> None:
    run_until_killed(own_install, "claim", "before")
    (spare,) = Sandboxes(client, own_install).spare_keys()
    for file in own_install.state.glob("progress.db*"):
        file.unlink()
    with restart(client, own_install) as (sandboxes, sandbox):
        assert sandbox.key == spare
        assert not sandboxes.spare_keys()


def test_claim_is_idempotent_and_fails_for_a_removed_sandbox(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.create()
    assert sandbox.key in sandboxes.spare_keys()
    sandboxes.claim(sandbox)
    sandboxes.claim(sandbox)
    assert sandbox.key not in sandboxes.spare_keys()
    sandboxes.remove(sandbox)
    with pytest.raises(RuntimeError, match="could not be assigned"):
        sandboxes.claim(sandbox)
