"""`./lab up` and `./lab down` end to end: from nothing to a lab that answers, and back."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slipway.settings import ROOT

pytestmark = pytest.mark.engine

READY = "Slipway is ready: "
Lab = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Start commands of a separate install, and remove what is left of it at the end."""
    command = ["env", f"SLIPWAY_STATE={tmp_path}", sys.executable, "-m", "slipway.cli"]
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
    subprocess.run([*command, "down"], cwd=ROOT, capture_output=True, check=True)


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def ready(process: subprocess.Popen[str]) -> str:
    """Return the URL that it prints once it serves."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    raise AssertionError("".join(lines))


def test_up_starts_a_lab_and_down_removes_it(lab: Lab, port: str) -> None:
    first = lab("up", "--port", port, "--no-browser")
    url = ready(first)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert json.load(answer)["status"] == "ok"
    assert url.startswith(f"http://127.0.0.1:{port}/?token=")

    second = lab("up", "--port", port, "--no-browser")
    output, _ = second.communicate()
    assert second.returncode == 1
    assert url in output

    down = lab("down")
    output, _ = down.communicate()
    assert down.returncode == 0
    assert f"Stopped the lab (process {first.pid})." in output
    assert "Removed" in output
    first.communicate()
    assert first.returncode == 0


def test_ctrl_c_stops_the_lab_and_it_can_start_again(lab: Lab, port: str) -> None:
    for _ in range(2):
        process = lab("up", "--port", port, "--no-browser")
        ready(process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate()
        assert process.returncode == 0
        assert "Traceback" not in output + errors
