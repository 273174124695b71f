"""Runs lists of checks side by side, each list (a lane) in its own order; knows nothing of what they check.

What the commands print is passed on line by line as it comes, each line behind the label of its check.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import IO

from slipway.settings import ROOT
from slipway.setup.console import Console, duration

LONGEST = 40 * 60.0
"""Seconds for one check: one that hangs is a failure to be reported, not the end of the run."""


LAST_WORDS = 5.0
"""Seconds in which the output of a command that has ended must have come."""
TIDYING = 120.0
"""Seconds in which an interrupted command must have ended: browser tests stop labs and remove sandboxes."""


@dataclass(frozen=True)
class SuiteCheck:
    """Something that must be true, and the command that finds out. `counted`: pytest runs it, and counts its tests."""

    says: str
    label: str
    command: tuple[str, ...]
    counted: bool = False


@dataclass(frozen=True)
class LaneResult:
    """A check's exit status, None when it was stopped after LONGEST, and how long it took in seconds."""

    check: SuiteCheck
    status: int | None
    seconds: float


Lane = Sequence[SuiteCheck]


def run(lanes: Sequence[Lane], words: Callable[[SuiteCheck], Sequence[str]], voice: Console) -> list[LaneResult]:
    """All checks of all lanes, in the order of the lanes. `words` gives the command line of a check.

    Whatever interrupts it (Ctrl-C, SIGTERM) interrupts the commands too, and is raised again once they have ended.
    """
    lock = threading.Lock()

    def say(label: str, line: str) -> None:
        with lock:
            voice.say(f"{label:>10} │ {line}".rstrip())

    running = _RunningChecks()

    def run_lane(lane: Lane) -> list[LaneResult]:
        return [_run(check, words(check), say, running) for check in lane if not running.interrupted]

    with ThreadPoolExecutor(max(1, len(lanes))) as threads:
        try:
            return [ended for lane in threads.map(run_lane, lanes) for ended in lane]
        except BaseException:
            running.interrupt()
            raise


class _RunningChecks:
    """The commands that run just now."""

    def __init__(self) -> None:
        self.interrupted = False
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()

    def start(self, words: Sequence[str]) -> subprocess.Popen[str]:
        with self._lock:
            process = subprocess.Popen(
                words,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            self._processes.add(process)
            if self.interrupted:
                process.send_signal(signal.SIGINT)
        return process

    def ended(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._processes.discard(process)

    def interrupt(self) -> None:
        """Let them tidy up; kill those that don't end."""
        with self._lock:
            self.interrupted = True
            processes = list(self._processes)
        for process in processes:
            process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + TIDYING
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def _run(
    check: SuiteCheck, words: Sequence[str], say: Callable[[str, str], None], running: _RunningChecks
) -> LaneResult:
    say(check.label, f"● {check.says}")
    began = time.monotonic()
    process = running.start(words)
    assert process.stdout is not None
    reader = threading.Thread(target=_pass_on, args=(process.stdout, partial(say, check.label)), daemon=True)
    reader.start()
    status: int | None
    try:
        status = process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        status = None
    running.ended(process)
    reader.join(LAST_WORDS)  # something that it started may hold its output open
    seconds = time.monotonic() - began
    ending = "passed" if status == 0 else "stopped" if status is None else f"exit status {status}"
    say(check.label, f"{ending} after {duration(seconds)}")
    return LaneResult(check, status, seconds)


def _pass_on(output: IO[str], say: Callable[[str], None]) -> None:
    with output:
        for line in output:
            say(line.rstrip("\n"))
