"""`./lab up --watch` end to end, and the offer of it where no engine is available."""

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
NO_ENGINE = "DOCKER_HOST=unix:///nonexistent/docker.sock"
Lab = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Start `lab` on a machine without a Docker engine."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        command = [
            "env",
            "-u",
            "CI",
            NO_ENGINE,
            f"SLIPWAY_STATE={tmp_path}",
            sys.executable,
            "-m",
            "slipway.cli",
            *arguments,
        ]
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
    """Return the URL, and the lines before it."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip(), lines
        lines.append(line.rstrip())
    raise AssertionError(lines)


def test_course_is_served_without_docker_and_ends_cleanly(lab: Lab, port: str) -> None:
    process = lab("up", "--watch", "--port", port, "--no-browser")
    url, lines = until_ready(process)
    assert url == f"http://127.0.0.1:{port}/"
    assert any(line.startswith("Nothing will be live") for line in lines)
    assert b"Nothing here is live." in get(url)
    assert b"lab-player" in get(f"{url}slipway.js")
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130 or process.returncode == 0
    assert process.stdout is not None
    assert "Traceback" not in process.stdout.read()


def test_without_engine_the_static_course_is_offered_as_a_command(lab: Lab, port: str) -> None:
    process = lab("up", "--port", port, "--no-browser")
    lines, _ = process.communicate()
    assert process.returncode == 1
    assert "No Docker engine answers at DOCKER_HOST" in lines
    assert lines.rstrip().endswith("Or watch the course without an engine: ./lab up --watch")


def test_user_at_a_terminal_is_asked(lab: Lab, port: str) -> None:
    ours, theirs = pty.openpty()
    process = lab("up", "--port", port, "--no-browser", stdin=theirs)
    os.write(ours, b"y\n")
    url, lines = until_ready(process)
    assert any("Watch the course without an engine" in line for line in lines)
    assert b'"live":false' in get(f"{url}healthz")
    os.close(ours)
    os.close(theirs)


def test_user_at_a_terminal_may_decline(lab: Lab, port: str) -> None:
    ours, theirs = pty.openpty()
    process = lab("up", "--port", port, "--no-browser", stdin=theirs)
    os.write(ours, b"\n")
    lines, _ = process.communicate()
    assert process.returncode == 1
    assert READY not in lines
    os.close(ours)
    os.close(theirs)


def test_down_stops_the_static_course_without_an_engine(lab: Lab, port: str) -> None:
    process = lab("up", "--watch", "--port", port, "--no-browser")
    until_ready(process)
    down = lab("down")
    lines, _ = down.communicate()
    assert down.returncode == 0, lines
    assert "It served only the static course" in lines
    process.wait()
