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
from pathlib import Path
from typing import TextIO

PATIENCE = 20.0


@dataclass(frozen=True)
class Running:
    """The process that serves this install right now."""

    pid: int
    url: str


class AlreadyRunning(Exception):
    """Another process serves this install."""

    def __init__(self, running: Running) -> None:
        super().__init__(f"process {running.pid} serves this install at {running.url}")
        self.running = running


def find(state: Path) -> Running | None:
    """The running lab of this install, if there is one."""
    path = state / "running.json"
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(path)
    return None


@contextmanager
def only_one(state: Path, url: str) -> Iterator[None]:
    """Holds the install while the lab runs. Raises AlreadyRunning when another process does."""
    with (state / "running.json").open("a+") as file:
        (state / "running.json").chmod(0o600)
        if not _lock(file):
            raise AlreadyRunning(_read(state / "running.json"))
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "url": url}))
        file.flush()
        yield


def stop(state: Path) -> Running | None:
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
    raise TimeoutError(f"process {running.pid} of the lab does not go")


def _lock(file: TextIO) -> bool:
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


def _read(path: Path) -> Running:
    try:
        kept = json.loads(path.read_text())
    except ValueError:  # between taking the lock and writing
        return Running(0, "(starting)")
    return Running(kept["pid"], kept["url"])
