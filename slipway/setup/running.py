"""Who runs this install: a locked file in the state directory, so that a pid is believed only while its lock is held.

The lock goes with the process, however it ends (`kill -9` included), so nothing stale is ever believed.
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

from slipway.install.state_folder import CHOOSE, StateError, cannot_write, reason
from slipway.setup.console import StageFailed

PATIENCE = 20.0


@dataclass(frozen=True)
class RunningLab:
    """The process that serves this install right now."""

    pid: int
    url: str

    @property
    def address(self) -> str:
        """The address without the token in it: for whoever looks over a shoulder, or reads a log."""
        return self.url.partition("?")[0]


class AlreadyRunning(Exception):
    """Another process serves this install."""

    def __init__(self, running: RunningLab) -> None:
        super().__init__(f"process {running.pid} serves this install at {running.address}")
        self.running = running


def find(state: Path) -> RunningLab | None:
    """The running lab of this install, if there is one. Raises StateError."""
    path = state / "running.json"
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _read(path)
    except OSError as error:
        raise StateError(f"{path} can't be read: {reason(error)}.", f"Move it away. {CHOOSE}") from None
    return None


@contextmanager
def only_one(state: Path, url: str) -> Iterator[None]:
    """Holds the install while the lab runs. Raises AlreadyRunning when another process does, or StateError."""
    path = state / "running.json"
    with _open(path) as file:
        if not _lock(file):
            raise AlreadyRunning(_read(path))
        _note(path, file, url)
        yield


def stop(state: Path) -> RunningLab | None:
    """Stops the running lab of this install and waits until it is gone; the one stopped, if there was one."""
    running = find(state)
    if running is None or not running.pid:
        return None
    for number, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, PATIENCE)):
        try:
            os.kill(running.pid, number)
        except ProcessLookupError:
            return running
        if _wait(state, patience):
            return running
    raise StageFailed(
        f"Process {running.pid} of the lab does not end, not even when it is killed.",
        then="It waits for the kernel, a disk perhaps. Run ./lab down again later, or restart the machine.",
    )


def _open(path: Path) -> FileIO:
    """The file, to be locked and then written in place: another one put in its place would not have the lock."""
    try:
        file = path.open("ab+", buffering=0)
        path.chmod(0o600)
    except OSError as error:
        raise cannot_write(path, error) from None
    return file


def _note(path: Path, file: FileIO, url: str) -> None:
    try:
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "url": url}).encode())
    except OSError as error:
        raise cannot_write(path, error) from None


def _lock(file: FileIO) -> bool:
    """A few tries: `find` holds the lock for a moment when it looks."""
    for _ in range(5):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def _wait(state: Path, patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if find(state) is None:
            return True
        time.sleep(0.1)
    return False


def _read(path: Path) -> RunningLab:
    try:
        kept = json.loads(path.read_text())
        return RunningLab(int(kept["pid"]), str(kept["url"]))
    except (ValueError, LookupError, TypeError):  # between taking the lock and writing
        return RunningLab(0, "(starting)")
