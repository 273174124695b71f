"""The running lab of an install: known exactly as long as it holds the lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slipway.settings import ROOT
from slipway.setup import running

HOLD = """
import sys, time
from pathlib import Path
from slipway.setup import running
with running.hold_lock(Path(sys.argv[1]), "http://here/"):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def a_lab(state: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(state)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_no_lab_is_running_at_first(tmp_path: Path) -> None:
    assert running.find(tmp_path) is None
    assert running.stop(tmp_path) is None


def test_running_lab_is_found_with_its_url(tmp_path: Path) -> None:
    with a_lab(tmp_path) as process:
        assert running.find(tmp_path) == running.RunningLab(process.pid, "http://here/")


def test_lab_behind_a_proxy_is_probed_on_this_machine(tmp_path: Path) -> None:
    with running.hold_lock(tmp_path, "https://lab.example/?token=t", "http://127.0.0.1:8000/?token=t"):
        lab = running.find(tmp_path)
    assert lab == running.RunningLab(os.getpid(), "https://lab.example/?token=t", "http://127.0.0.1:8000/?token=t")
    assert lab.address == "http://127.0.0.1:8000/"


def test_second_lab_of_an_install_is_refused(tmp_path: Path) -> None:
    with (
        a_lab(tmp_path) as process,
        pytest.raises(running.AlreadyRunning) as caught,
        running.hold_lock(tmp_path, "http://there/"),
    ):
        pass
    assert caught.value.running == running.RunningLab(process.pid, "http://here/")


def test_other_installs_are_independent(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with a_lab(tmp_path / "a"), running.hold_lock(tmp_path / "b", "http://there/"):
        assert running.find(tmp_path / "b") == running.RunningLab(os.getpid(), "http://there/")


def test_killed_lab_is_not_found(tmp_path: Path) -> None:
    with a_lab(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert running.find(tmp_path) is None


def test_pid_without_a_lock_is_never_signalled(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        (tmp_path / "running.json").write_text(f'{{"pid": {other.pid}, "url": "http://here/"}}')
        assert running.stop(tmp_path) is None
        assert other.poll() is None
        other.kill()


def test_stop_waits_until_the_lab_has_ended(tmp_path: Path) -> None:
    with a_lab(tmp_path) as process:
        assert running.stop(tmp_path) == running.RunningLab(process.pid, "http://here/")
        assert running.find(tmp_path) is None
        assert process.wait() == -signal.SIGTERM
