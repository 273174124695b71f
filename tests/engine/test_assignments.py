"""A lab that is killed between its engine and its store, and its successor: on real sandboxes and a real store."""

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
    """An install of the test's own, swept afterwards; `sandboxes` has made its images."""
    own = replace(settings, install=f"test-{secrets.token_hex(3)}", state=tmp_path)
    yield own
    remove_install(client, own.install, lambda *_: None)


def killed(settings: Settings, call: str, moment: str) -> None:
    """Run the app of killed_app.py to its end in that call."""
    words = [sys.executable, "-m", "tests.engine.killed_app", str(settings.state), settings.install, call, moment]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@contextmanager
def restarted(client: docker.DockerClient, settings: Settings) -> Iterator[tuple[Sandboxes, Sandbox]]:
    """The next app's sandboxes, and the one that it gives to Ben."""
    sandboxes, store = Sandboxes(client, settings), Store.open(settings)
    given = Assignments(store, sandboxes, Pool(sandboxes, settings.limits, lambda: 0))
    given.restore()
    sandbox = given.assign("ben")
    yield sandboxes, sandbox
    given.remove("ben", sandbox)
    store.close()


def files(sandboxes: Sandboxes, sandbox: Sandbox) -> str:
    return output(sandboxes.start_terminal(sandbox, 1), ["ls", "/home/learner"]).decode()


@pytest.mark.parametrize(
    ("call", "moment"), [("remove", "before"), ("release_sandbox", "before"), ("release_sandbox", "after")]
)
def test_the_next_learner_finds_nothing_of_the_one_whose_sandbox_was_being_removed(
    own_install: Settings, client: docker.DockerClient, call: str, moment: str
) -> None:
    killed(own_install, call, moment)
    with restarted(client, own_install) as (sandboxes, sandbox):
        assert "anns" not in files(sandboxes, sandbox)


def test_a_used_sandbox_is_removed_when_the_store_is_lost(own_install: Settings, client: docker.DockerClient) -> None:
    killed(own_install, "remove", "before")
    used = {sandbox.key for sandbox in Sandboxes(client, own_install).all()}
    for file in own_install.state.glob("progress.db*"):
        file.unlink()
    with restarted(client, own_install) as (sandboxes, sandbox):
        assert "anns" not in files(sandboxes, sandbox)
        assert used.isdisjoint(one.key for one in sandboxes.all())


def test_a_sandbox_that_was_assigned_and_never_used_is_handed_out_when_the_store_is_lost(
    own_install: Settings, client: docker.DockerClient
) -> None:
    killed(own_install, "claim", "before")
    (spare,) = Sandboxes(client, own_install).spare_keys()
    for file in own_install.state.glob("progress.db*"):
        file.unlink()
    with restarted(client, own_install) as (sandboxes, sandbox):
        assert sandbox.key == spare
        assert not sandboxes.spare_keys()


def test_claiming_twice_is_claiming_and_one_that_is_gone_cannot_be_claimed(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes.create()
    assert sandbox.key in sandboxes.spare_keys()
    sandboxes.claim(sandbox)
    sandboxes.claim(sandbox)
    assert sandbox.key not in sandboxes.spare_keys()
    sandboxes.remove(sandbox)
    with pytest.raises(RuntimeError, match="could not be assigned"):
        sandboxes.claim(sandbox)
