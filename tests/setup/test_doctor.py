"""The doctor probes the running lab's port, and prints no token."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slipway.settings import ROOT, from_env
from slipway.setup import lab_probe, running
from tests.web.conftest import lab_with_limits
from tests.web.lab_server import LabServer, Running

NOWHERE = "unix:///nonexistent/docker.sock"


@pytest.fixture
def serving(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    yield from lab_with_limits(server, tmp_path, "{}")


def doctor(state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = [f"{name}={value}" for name, value in environment.items()]
    command = [
        "env",
        f"SLIPWAY_STATE={state}",
        f"DOCKER_HOST={NOWHERE}",
        *variables,
        sys.executable,
        "-m",
        "slipway.cli",
    ]
    return subprocess.run(
        [*command, "doctor"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def port_line(output: str) -> str:
    return next(line for line in output.splitlines() if " port: " in line)


@contextmanager
def locked(state: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Hold the lock of a lab that claims to listen on `port`; yield its token."""
    monkeypatch.setenv("SLIPWAY_STATE", str(state))
    settings = from_env(port=port)
    with running.hold_lock(state, settings.url):
        yield settings.token


def test_running_lab_is_probed_at_its_own_port_without_its_token(
    serving: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with locked(tmp_path, serving.port, monkeypatch) as token:
        answer = doctor(tmp_path, SLIPWAY_PORT="1")
    assert port_line(answer.stdout) == f"ok    port: the lab is running and answers at http://127.0.0.1:{serving.port}/"
    assert token not in answer.stdout
    assert "token" not in answer.stdout


def test_lab_that_does_not_listen_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(tmp_path, free_port(), monkeypatch) as token:
        answer = doctor(tmp_path)
    assert port_line(answer.stdout).startswith("warn  port: the lab is running")
    assert token not in answer.stdout


def test_port_of_another_program_is_bad_with_a_hint(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        answer = doctor(tmp_path, SLIPWAY_PORT=str(taken))
    assert answer.returncode == 1
    line = f"bad   port: The lab can't listen on 127.0.0.1, port {taken}: another program listens there."
    assert port_line(answer.stdout) == line
    assert "→ Try: ./lab up --port " in answer.stdout


def test_free_port_is_ok(tmp_path: Path) -> None:
    port = free_port()
    assert port_line(doctor(tmp_path, SLIPWAY_PORT=str(port)).stdout) == f"ok    port: 127.0.0.1:{port} is free"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_probe_finds_a_lab(serving: Running) -> None:
    assert lab_probe.probe(f"{serving.url}/") == "lab"


def test_probe_of_a_closed_port() -> None:
    assert lab_probe.probe(f"http://127.0.0.1:{free_port()}/") == "closed"
    assert lab_probe.probe("(starting)") == "closed"


def test_probe_of_a_silent_program_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_probe, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert lab_probe.probe(f"http://127.0.0.1:{silent.getsockname()[1]}/") == "timeout"


@pytest.mark.parametrize(
    "body", [b"no HTTP at all\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n[]", b"HTTP/1.0 404 Not Found\r\n\r\nnothing here"]
)
def test_probe_finds_another_program(body: bytes) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.wfile.write(body)

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert lab_probe.probe(f"http://127.0.0.1:{server.server_port}/") == "other"
