"""Labs in processes of their own, all forked from one process (tests/web/lab_process.py)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.eventually import eventually
from tests.static_server import ROOT, free_port


class LabServer:
    """Forks labs, each within milliseconds, because the modules are imported already."""

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
        """Start a lab with these arguments; return its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"log": str(log), "words": words}) + "\n")
        self._process.stdin.flush()
        while "status" in (answer := self._receive()):
            pass
        return answer["pid"]

    def wait(self, pid: int) -> int:
        """Wait until that lab has ended; return its exit status."""
        while pid not in self._ended:
            self._receive()
        return self._ended[pid]

    def close(self) -> None:
        """End all labs that run."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def _receive(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that forks labs has ended"
        answer: dict[str, int] = json.loads(line)
        if "status" in answer:
            self._ended[answer["pid"]] = answer["status"]
        return answer


@dataclass
class Running:
    """A lab that serves in its own process, with sessions in memory (tests/web/lab_process.py)."""

    server: LabServer
    pid: int
    port: int
    log_file: Path

    @classmethod
    def start(
        cls, server: LabServer, state: Path, *words: str, logs: Path | None = None, port: int | None = None
    ) -> Running:
        """Start a lab and wait until it is ready. Its log is in `logs`, or beside its state."""
        port = port or free_port()
        log = (logs or state) / "lab.log"
        lab = cls(server, server.start(log, str(port), str(state), *words), port, log)
        eventually(lambda: "ready" in lab.log, "a lab that reports that it is ready", lambda: lab.log)
        return lab

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text() if self.log_file.exists() else ""

    def stop(self) -> int:
        """Send SIGTERM; return the exit status."""
        if self.pid not in self.server._ended:
            os.kill(self.pid, signal.SIGTERM)
        return self.server.wait(self.pid)
