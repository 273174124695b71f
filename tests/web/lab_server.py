"""Labs that run in processes of their own, all of them forks of one (tests/web/lab_process.py)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.eventually import eventually
from tests.static_server import ROOT


class LabServer:
    """Forks labs, each within some milliseconds: what they import was imported once."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("lab_process.py"))],
            env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ended: dict[int, int] = {}

    def start(self, log: Path, *words: str) -> int:
        """The process id of a lab with these words for its command line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"log": str(log), "words": words}) + "\n")
        self._process.stdin.flush()
        while "status" in (told := self._hear()):
            pass
        return told["pid"]

    def wait(self, pid: int) -> int:
        """The exit status of that lab, once it has ended."""
        while pid not in self._ended:
            self._hear()
        return self._ended[pid]

    def close(self) -> None:
        """End whatever runs."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def _hear(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the server of the labs has ended"
        told: dict[str, int] = json.loads(line)
        if "status" in told:
            self._ended[told["pid"]] = told["status"]
        return told


@dataclass
class Running:
    """A lab that really serves, in a process of its own, with its seats in memory (tests/web/lab_process.py)."""

    server: LabServer
    pid: int
    port: int
    log_file: Path

    @classmethod
    def start(cls, server: LabServer, state: Path, *words: str, logs: Path | None = None) -> Running:
        """A lab that has said that it is ready. Its log lies in `logs`, or beside its state."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        log = (logs or state) / "lab.log"
        lab = cls(server, server.start(log, str(port), str(state), *words), port, log)
        eventually(lambda: "ready" in lab.log, "a lab that says that it is ready", lambda: lab.log)
        return lab

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text() if self.log_file.exists() else ""

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        if self.pid not in self.server._ended:
            os.kill(self.pid, signal.SIGTERM)
        return self.server.wait(self.pid)
