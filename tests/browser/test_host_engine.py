"""kill -9 of the host's engine, with and without live-restore: what the learner is told, and what is not lost.

On an engine of its own, beside the one that everything else runs on; its images are copied over, not built.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import docker
import pytest

from slipway.engine import host
from slipway.engine.client import connect
from slipway.engine.images import ensure_images
from slipway.settings import Settings
from tests.browser.lab import LESSON, Lab, Line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("dockerd"), reason="needs root and a dockerd to start"),
]
CREATE, WATCH = "create-but-do-not-start", "start-it-and-watch"


class Dockerd:
    """A second engine on this machine, with everything of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.address = f"unix://{place}/docker.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *flags: str) -> None:
        """Start it, and wait for its first answer."""
        (self.place / "pid").unlink(missing_ok=True)
        own = {"data-root": "root", "exec-root": "exec", "pidfile": "pid"}
        words = ["dockerd", "-H", self.address, "--bridge=none", "--iptables=false", *flags]
        words += [f"--{flag}={self.place / name}" for flag, name in own.items()]
        with (self.place / "log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
        eventually(self.answers, "the second engine does not answer")

    def kill(self) -> None:
        """kill -9, and its containerd with it, as when somebody pulls the plug of the service."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.settimeout(20)
            line.connect(self.address.removeprefix("unix://"))
            line.sendall(b"GET /_ping HTTP/1.0\r\nHost: x\r\n\r\n")
            return b" 200 " in line.recv(100)
        return False


def eventually(holds: Callable[[], object], else_say: str = "it never came") -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, else_say
        time.sleep(0.2)


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Dockerd]:
    engine = Dockerd(tmp_path)
    engine.start("--live-restore")
    try:
        settings = host.at(Settings(install="second", token="", state=tmp_path))
        with closing(connect(settings)) as first, closing(docker.DockerClient(base_url=engine.address)) as there:
            names = ensure_images(first, settings, lambda *_: None)
            for name in (names.engine, names.terminal):
                there.api.timeout = 600
                there.api.load_image(first.api.get_image(name))
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def lab(second: Dockerd, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "state", tmp_path / "lab.log", docker_host=second.address)
    try:
        lab.up()
        yield lab
    finally:
        if not second.answers():
            second.start()
        lab.stop()


def types(second: Dockerd, command: str) -> str:
    """What the learner's own client says, beside their terminal."""
    with closing(docker.DockerClient(base_url=second.address)) as client:
        terminals = client.containers.list(filters={"label": ["slipway.role=terminal"]})
        return "".join(one.exec_run(["bash", "-c", command]).output.decode() for one in terminals)


def verdict(lab: Lab, step: str) -> str:
    asked = urllib.request.Request(f"{lab.base}/api/progress", headers={"Authorization": f"Bearer {lab.token}"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
        return str(json.load(answer)["lessons"].get(LESSON, {}).get(step, {}).get("verdict"))


def test_the_hosts_engine_is_killed_with_and_without_live_restore(second: Dockerd, lab: Lab) -> None:
    with closing(Line(lab)) as page:
        page.ask("open", {"lesson": LESSON})
        page.await_seat()
        said = types(second, "docker create --name greeter busybox echo 'hi there'")
        assert "Pull complete" in said, said
        eventually(lambda: verdict(lab, CREATE) == "passed")

        second.kill()
        page.await_seat("lost")
        assert "The lab can't reach its Docker engine just now" in page.said[-1]
        second.start("--live-restore")
        page.await_seat()
        assert "greeter" in types(second, "docker ps -a --format '{{.Names}}'")
        types(second, "docker start -a greeter")
        eventually(lambda: verdict(lab, WATCH) == "passed")

        second.kill()
        page.await_seat("lost")
        second.start()
        page.await_seat()
        assert any("Your Docker engine has gone" in said for said in page.said)
        assert verdict(lab, CREATE) == verdict(lab, WATCH) == "passed"
        assert "greeter" not in types(second, "docker ps -a --format '{{.Names}}'")
