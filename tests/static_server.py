"""A server in a process of its own, on a free port, until the test is over."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.eventually import PATIENCE, eventually

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Callable[[int], list[str]], log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The URL and the process of `command(port)`, once it takes connections."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(command(port), cwd=ROOT, stdout=output, stderr=output)
    try:
        _await(port, process, log)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def slipway(
    name: str,
    token: str = "test-token",  # noqa: S107 - guards a test server
    confined: bool = False,
) -> Callable[[int], list[str]]:
    words = ["-m", "tests.terminal_server"]
    return lambda port: [sys.executable, *words, str(port), token, name, *(["confined"] if confined else [])]


def follow_server(name: str, token: str) -> Callable[[int], list[str]]:
    return lambda port: [sys.executable, "-m", "tests.follow_server", str(port), token, name]


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    def listens() -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        assert process.poll() is None, f"the server on port {port} ended with {process.returncode}: {log.read_text()}"
        return False

    eventually(listens, f"a server on port {port}", log.read_text, pause=0.05)
