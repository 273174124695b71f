"""A real lab with a class for browsers to sit in: `tests/class_lab.py` on an install that `lab up` has prepared.

Knows processes and the secrets that learners would have got at the door; nothing of pages.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.browser.lab import PATIENCE, Lab
from tests.static_server import ROOT

NAMES = ("Anna", "Ben")


class ClassLab:
    """`people` are the learners' ids and secrets by name; `token` is the instructor's."""

    def __init__(self, state: Path, log: Path, names: Sequence[str] = NAMES) -> None:
        self._names = names
        self.lab, self._log = Lab(state, log), log.with_name("class.log")
        self.base, self.token = "", ""
        self.people: dict[str, dict[str, str]] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        """Prepare the install, and serve a class on it."""
        self.lab.up()
        self.lab.stop_only()
        self.base = f"http://127.0.0.1:{self.lab.port}"
        self.begin()

    def begin(self) -> None:
        """Serve, and wait until pages are."""
        python = ["env", f"SLIPWAY_STATE={self.lab.state}", sys.executable]
        words = [*python, "-m", "tests.class_lab", str(self.lab.port), *([] if self.people else self._names)]
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=output)
        said = self._await_line()
        self.token, self.people = said["token"], self.people | said["people"]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9: nothing is tidied up, and what was held in memory is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Nothing of this install stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
        self.lab.stop()

    def _await_line(self) -> dict[str, Any]:
        assert self._process is not None
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self._log.read_text().splitlines():
                if line.startswith('{"token"'):
                    return dict(json.loads(line))
            assert self._process.poll() is None, self._log.read_text()
            time.sleep(0.1)
        raise AssertionError(self._log.read_text())
