"""The running lab of this install: a locked file in the state folder that holds its pid and URL.

The kernel releases the lock when the process ends, `kill -9` included, so a stale pid is never trusted.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from slipway.install.state_folder import CHOOSE_ANOTHER, read_error, write_error
from slipway.setup.console import StageFailed

STOP_TIMEOUT = 20.0


@dataclass(frozen=True)
class RunningLab:
    """The process that serves this install right now; `local_url` is where, if `url` leads to a proxy."""

    pid: int
    url: str
    local_url: str = ""

    @property
    def address(self) -> str:
        """The URL on this machine without its token, which must not appear on shared screens or in logs."""
        return (self.local_url or self.url).partition("?")[0]


class AlreadyRunning(Exception):
    """Another process serves this install."""

    def __init__(self, running: RunningLab) -> None:
        super().__init__(f"process {running.pid} serves this install at {running.address}")
        self.running = running


def find(state: Path) -> RunningLab | None:
    """Return the running lab of this install, None without one. Raises StateError."""
    path = state / "running.json"
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _read(path)
    except OSError as error:
        raise read_error(path, error, f"Move it away. {CHOOSE_ANOTHER}") from None
    return None


@contextmanager
def hold_lock(state: Path, url: str, local_url: str = "") -> Iterator[None]:
    """Hold the lock of the install while the lab runs. Raises AlreadyRunning, with the other lab, or StateError."""
    path = state / "running.json"
    with _open(path) as file:
        if not _try_lock(file):
            raise AlreadyRunning(_read(path))
        _write(path, file, {"pid": os.getpid(), "url": url, "local_url": local_url})
        yield


def stop(state: Path) -> RunningLab | None:
    """Stop the running lab of this install, wait until it has ended, and return it; None without one.

    Raises StageFailed when it does not end.
    """
    running = find(state)
    if running is None or not running.pid:
        return None
    for number, timeout in ((signal.SIGTERM, STOP_TIMEOUT), (signal.SIGKILL, STOP_TIMEOUT)):
        try:
            os.kill(running.pid, number)
        except ProcessLookupError:
            return running
        if _wait_until_stopped(state, timeout):
            return running
    raise StageFailed(
        f"Process {running.pid} of the lab does not end, not even with SIGKILL.",
        hint="It is blocked in the kernel, perhaps by a disk. Run ./lab down again later, or restart the machine.",
    )


def _open(path: Path) -> FileIO:
    """Open the file to lock it, then write it in place: a replacement file would not carry the lock."""
    try:
        file = path.open("ab+", buffering=0)
        path.chmod(0o600)
    except OSError as error:
        raise write_error(path, error) from None
    return file


def _write(path: Path, file: FileIO, lab: dict[str, int | str]) -> None:
    try:
        file.truncate(0)
        file.write(json.dumps(lab).encode())
    except OSError as error:
        raise write_error(path, error) from None


def _try_lock(file: FileIO) -> bool:
    """Try a few times: `find` holds the lock for a moment."""
    for _ in range(5):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def _wait_until_stopped(state: Path, timeout: float) -> bool:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if find(state) is None:
            return True
        time.sleep(0.1)
    return False


def _read(path: Path) -> RunningLab:
    try:
        saved = json.loads(path.read_text())
        return RunningLab(int(saved["pid"]), str(saved["url"]), str(saved.get("local_url", "")))
    except (ValueError, LookupError, TypeError):  # between taking the lock and writing
        return RunningLab(0, "(starting)")
