"""A server in its own process, on a free port, for the duration of a test."""

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
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Callable[[int], list[str]], log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the URL and the process of `command(port)`, once it accepts connections."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(command(port), cwd=ROOT, stdout=output, stderr=output)
    try:
        _wait_until_listening(port, process, log)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def slipway(
    name: str,
    token: str = "test-token",  # noqa: S107 - guards a test server
    confined: bool = False,
) -> Callable[[int], list[str]]:
    """Return the command of a server of terminals only (tests/terminal_server.py), by its port."""
    words = ["-m", "tests.terminal_server"]
    return lambda port: [sys.executable, *words, str(port), token, name, *(["confined"] if confined else [])]


def follow_server(name: str, token: str) -> Callable[[int], list[str]]:
    """Return the command of a server with a class (tests/follow_server.py), by its port."""
    return lambda port: [sys.executable, "-m", "tests.follow_server", str(port), token, name]


def _wait_until_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    def is_listening() -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        assert process.poll() is None, f"the server on port {port} ended with {process.returncode}: {log.read_text()}"
        return False

    eventually(is_listening, f"a server on port {port}", log.read_text, pause=0.05)
