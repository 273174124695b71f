"""`./lab up --watch`, whole: a course to look at where there is no engine; and the offer of it where one was wanted."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slipway.settings import ROOT

pytestmark = pytest.mark.browser  # needs what npm fetched for the pages; no engine

READY = "Slipway is ready: "
NOWHERE = "DOCKER_HOST=unix:///nonexistent/docker.sock"
Lab = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Starts `lab` on a machine whose Docker engine is nowhere to be found."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        command = ["env", "-u", "CI", NOWHERE, f"SLIPWAY_STATE={tmp_path}", sys.executable, "-m", "slipway.cli", *words]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own
        return bytes(answer.read())


def until_ready(process: subprocess.Popen[str]) -> tuple[str, list[str]]:
    """The address, and the lines before it."""
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip(), said
        said.append(line.rstrip())
    raise AssertionError(said)


def test_the_course_is_served_without_docker_and_ends_cleanly(lab: Lab, port: str) -> None:
    process = lab("up", "--watch", "--port", port, "--no-browser")
    url, said = until_ready(process)
    assert url == f"http://127.0.0.1:{port}/"
    assert any(line.startswith("Nothing will be live") for line in said)
    assert b"Nothing here is live." in get(url)
    assert b"lab-player" in get(f"{url}slipway.js")
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130 or process.returncode == 0
    assert process.stdout is not None
    assert "Traceback" not in process.stdout.read()


def test_where_no_engine_can_be_had_it_is_offered_as_a_command(lab: Lab, port: str) -> None:
    process = lab("up", "--port", port, "--no-browser")
    said, _ = process.communicate()
    assert process.returncode == 1
    assert "No Docker engine answers at DOCKER_HOST" in said
    assert said.rstrip().endswith("Or watch the course without an engine: ./lab up --watch")


def test_a_person_at_a_terminal_is_asked(lab: Lab, port: str) -> None:
    ours, theirs = pty.openpty()
    process = lab("up", "--port", port, "--no-browser", stdin=theirs)
    os.write(ours, b"y\n")
    url, said = until_ready(process)
    assert any("Watch the course without an engine" in line for line in said)
    assert b'"live":false' in get(f"{url}healthz")
    os.close(ours)
    os.close(theirs)


def test_a_person_who_would_rather_not_is_left_in_peace(lab: Lab, port: str) -> None:
    ours, theirs = pty.openpty()
    process = lab("up", "--port", port, "--no-browser", stdin=theirs)
    os.write(ours, b"\n")
    said, _ = process.communicate()
    assert process.returncode == 1
    assert READY not in said
    os.close(ours)
    os.close(theirs)


def test_down_ends_it_and_misses_no_engine(lab: Lab, port: str) -> None:
    process = lab("up", "--watch", "--port", port, "--no-browser")
    until_ready(process)
    down = lab("down")
    said, _ = down.communicate()
    assert down.returncode == 0, said
    assert "It served only the static course" in said
    process.wait()
