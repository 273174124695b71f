"""`./lab up` and `./lab down`, whole: from nothing running to a lab that answers, and back to nothing."""

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
    """Starts a command of an install of its own; whatever is left of that install goes in the end."""
    where = ["env", f"SLIPWAY_STATE={tmp_path}", sys.executable, "-m", "slipway.cli"]
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*where, *words],
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
    subprocess.run([*where, "down"], cwd=ROOT, capture_output=True, check=True)


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def ready(process: subprocess.Popen[str]) -> str:
    """The address that it prints once it serves."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    raise AssertionError("".join(lines))


def test_from_nothing_to_a_lab_and_back(lab: Lab, port: str) -> None:
    first = lab("up", "--port", port, "--no-browser")
    url = ready(first)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert json.load(answer)["status"] == "ok"
    assert url.startswith(f"http://127.0.0.1:{port}/?token=")

    second = lab("up", "--port", port, "--no-browser")
    told, _ = second.communicate()
    assert second.returncode == 1
    assert url in told

    down = lab("down")
    told, _ = down.communicate()
    assert down.returncode == 0
    assert f"Stopped the lab (process {first.pid})." in told
    assert "Removed" in told
    first.communicate()
    assert first.returncode == 0


def test_ctrl_c_stops_it_and_the_next_one_is_ready_again(lab: Lab, port: str) -> None:
    for _ in range(2):
        process = lab("up", "--port", port, "--no-browser")
        ready(process)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate()
        assert process.returncode == 0
        assert "Traceback" not in told + errors
