"""Faults of the host: its engine is killed, with and without live-restore; its disk is full; the progress file is
deleted.

The learner gets a sentence, keeps all verdicts, and the lab recovers by itself.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import docker
import pytest
import requests

from slipway.engine.cleanup import remove_install
from slipway.engine.sandboxes import Sandboxes
from slipway.sessions.progress_writer import FULL
from slipway.settings import Settings
from slipway.store import Store
from tests.browser.lab import LESSON, Lab, Line
from tests.containers import output
from tests.engine.second_engine import PATIENCE, SecondEngine
from tests.eventually import eventually

pytestmark = pytest.mark.engine

CREATE, WATCH = "create-but-do-not-start", "start-it-and-watch"


@pytest.fixture
def second(client: docker.DockerClient, sandboxes: Sandboxes) -> Iterator[SecondEngine]:
    engine = SecondEngine(client, sandboxes.images, sandboxes.settings.install)
    try:
        engine.start("--live-restore")
        engine.load(client, sandboxes.images.engine, sandboxes.images.terminal)
        yield engine
    finally:
        engine.remove()


@pytest.fixture
def cramped(client: docker.DockerClient, sandboxes: Sandboxes, tmp_path: Path) -> Iterator[Lab]:
    """A lab whose state directory is a disk of four megabytes."""
    lab = Lab(tmp_path / "state", tmp_path / "lab.log", disk=4 * 2**20)
    install = ""
    try:
        lab.up()
        install = json.loads((lab.disk / "install.json").read_text())["install"]
        yield lab
    finally:
        lab.stop_only()
        if install:
            remove_install(client, install, lambda *_: None)


@pytest.fixture
def lab(second: SecondEngine, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "state", tmp_path / "lab.log", engine=second.settings())
    try:
        lab.up()
        yield lab
    finally:
        lab.stop_only()  # its sandboxes go with the second engine


def verdict(lab: Lab, step: str) -> str:
    response = requests.get(f"{lab.base}/api/progress", headers={"Authorization": f"Bearer {lab.token}"}, timeout=20)
    return str(response.json()["lessons"].get(LESSON, {}).get(step, {}).get("verdict"))


def wait_until_passed(lab: Lab, step: str) -> None:
    eventually(lambda: verdict(lab, step) == "passed", f"{step} to pass", lambda: verdict(lab, step), seconds=PATIENCE)


def run_in_terminal(client: docker.DockerClient, install: str, command: str) -> str:
    """Return the output of a command in the learner's terminals, run beside their shells."""
    label = [f"slipway.install={install}", "slipway.role=terminal"]
    terminals = client.containers.list(filters={"label": label})
    return "".join(output(terminal, ["bash", "-c", command]).decode() for terminal in terminals)


def test_lab_recovers_when_the_hosts_engine_is_killed(second: SecondEngine, lab: Lab) -> None:
    def says(command: str) -> str:
        with second.client() as there:
            return run_in_terminal(there, lab.install, command)

    with closing(Line(lab)) as page:
        page.ask("open", {"lesson": LESSON})
        page.await_seat()
        says("docker create --name greeter busybox echo 'hi there'")
        wait_until_passed(lab, CREATE)

        second.kill()
        page.await_seat("lost")
        assert "The lab can't reach its Docker engine just now" in page.said[-1]
        second.start("--live-restore")
        page.await_seat()
        assert "greeter" in says("docker ps -a --format '{{.Names}}'")
        says("docker start -a greeter")
        wait_until_passed(lab, WATCH)

        second.kill()
        page.await_seat("lost")
        second.start()
        page.await_seat()
        assert any("Your Docker engine was lost" in said for said in page.said)
        assert verdict(lab, CREATE) == verdict(lab, WATCH) == "passed"
        assert "greeter" not in says("docker ps -a --format '{{.Names}}'")


def test_verdicts_are_saved_once_a_full_disk_has_room_again(client: docker.DockerClient, cramped: Lab) -> None:
    install = json.loads((cramped.disk / "install.json").read_text())["install"]
    with closing(Line(cramped)) as page:
        page.ask("open", {"lesson": LESSON})
        page.await_seat()
        fill(cramped.disk / "filler")
        run_in_terminal(client, install, "docker create --name greeter busybox echo 'hi there'")
        wait_until_passed(cramped, CREATE)
        eventually(lambda: FULL in page.warnings, saw=lambda: page.warnings, seconds=PATIENCE)
        assert stored_verdicts(cramped) == {}
        run_in_terminal(client, install, "docker start -a greeter")
        wait_until_passed(cramped, WATCH)

        (cramped.disk / "filler").unlink()
        eventually(lambda: page.warnings[-1] == "", saw=lambda: page.warnings, seconds=PATIENCE)
        assert stored_verdicts(cramped) == {CREATE: "passed", WATCH: "passed"}


def test_deleted_progress_file_is_restored_before_a_kill(client: docker.DockerClient, tmp_path: Path) -> None:
    lab = Lab(tmp_path / "state", tmp_path / "lab.log")
    try:
        lab.up()
        with closing(Line(lab)) as page:
            page.ask("open", {"lesson": LESSON})
            page.await_seat()
            run_in_terminal(client, lab.install, "docker create --name greeter busybox echo 'hi there'")
            eventually(lambda: verdict(lab, CREATE) == "passed")
            for file in lab.state.glob("progress.db*"):
                file.unlink()
            eventually((lab.state / "progress.db-wal").exists)  # restored although nothing used the store meanwhile
            (lab.state / "progress.db").unlink()
            run_in_terminal(client, lab.install, "docker start -a greeter")
            eventually(lambda: verdict(lab, WATCH) == "passed")
            eventually((lab.state / "progress.db").exists)
        lab.kill()
        lab.up()
        assert verdict(lab, CREATE) == verdict(lab, WATCH) == "passed"
        log = lab.log.read_text()
        assert "was removed while the lab was running" in log
        assert "Traceback" not in log
    finally:
        lab.stop()


def fill(file: Path) -> None:
    """Write until the disk is full."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(b"x" * 4096):
            pass
    disk = os.statvfs(file.parent)
    assert disk.f_bavail == 0


def stored_verdicts(lab: Lab) -> dict[str, str]:
    """Return the passed steps in the store on that disk, read from a copy: SQLite must not touch the lab's files."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(lab.disk, Path(folder) / "state", ignore=shutil.ignore_patterns("*-shm", "filler")))
        with closing(Store.open(Settings(install="", token="", state=copy))) as store:
            saved = store.verdicts("me").get(LESSON, {})
    return {step: terminal["verdict"] for step, terminal in saved.items() if terminal["verdict"] == "passed"}
