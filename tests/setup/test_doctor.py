"""The doctor looks at the port that is in use, and tells no token to whoever reads along."""

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
    words = [f"{name}={value}" for name, value in environment.items()]
    command = ["env", f"SLIPWAY_STATE={state}", f"DOCKER_HOST={NOWHERE}", *words, sys.executable, "-m", "slipway.cli"]
    return subprocess.run(
        [*command, "doctor"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def port_of(said: str) -> str:
    return next(line for line in said.splitlines() if " port: " in line)


@contextmanager
def runs(state: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A lab of this install that is at that port, as far as its file says; the token."""
    monkeypatch.setenv("SLIPWAY_STATE", str(state))
    settings = from_env(port=port)
    with running.hold_lock(state, settings.url):
        yield settings.token


def test_a_lab_that_runs_is_asked_at_its_own_port_and_its_token_is_nowhere(
    serving: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runs(tmp_path, serving.port, monkeypatch) as token:
        answer = doctor(tmp_path, SLIPWAY_PORT="1")
    assert port_of(answer.stdout) == f"ok    port: the lab is running and answers at http://127.0.0.1:{serving.port}/"
    assert token not in answer.stdout
    assert "token" not in answer.stdout


def test_a_lab_that_does_not_listen_is_something_to_know_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with runs(tmp_path, free_port(), monkeypatch) as token:
        answer = doctor(tmp_path)
    assert port_of(answer.stdout).startswith("warn  port: the lab is running")
    assert token not in answer.stdout


def test_a_port_that_another_program_has_is_bad_and_the_way_out_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        answer = doctor(tmp_path, SLIPWAY_PORT=str(taken))
    assert answer.returncode == 1
    line = f"bad   port: The lab can't listen on 127.0.0.1, port {taken}: another program listens there."
    assert port_of(answer.stdout) == line
    assert "→ Try: ./lab up --port " in answer.stdout


def test_a_port_that_is_free_is_ok(tmp_path: Path) -> None:
    port = free_port()
    assert port_of(doctor(tmp_path, SLIPWAY_PORT=str(port)).stdout) == f"ok    port: 127.0.0.1:{port} is free"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_lab_answers(serving: Running) -> None:
    assert lab_probe.probe(f"{serving.url}/") == "lab"


def test_where_nobody_listens_nobody_answers() -> None:
    assert lab_probe.probe(f"http://127.0.0.1:{free_port()}/") == "closed"
    assert lab_probe.probe("(starting)") == "closed"


def test_who_listens_and_says_nothing_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_probe, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert lab_probe.probe(f"http://127.0.0.1:{mute.getsockname()[1]}/") == "timeout"


@pytest.mark.parametrize(
    "said", [b"no HTTP at all\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n[]", b"HTTP/1.0 404 Not Found\r\n\r\nnothing here"]
)
def test_another_program_is_no_lab(said: bytes) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.wfile.write(said)

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert lab_probe.probe(f"http://127.0.0.1:{server.server_port}/") == "other"
