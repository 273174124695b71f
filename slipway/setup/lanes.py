"""Runs lists of checks side by side, each list (a lane) in order. Knows nothing of what they check.

The output of each command is printed line by line as it arrives, each line prefixed with the label of its check.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from slipway.settings import ROOT
from slipway.setup import processes
from slipway.setup.console import Console, duration

CHECK_TIMEOUT = 40 * 60.0
"""Seconds for one check: one that hangs is reported as a failure and does not end the run."""
OUTPUT_TIMEOUT = 5.0
"""Seconds to wait for the remaining output of a command that has ended."""
LAST_LINES = 40
CLEANUP_TIMEOUT = 120.0
"""Seconds for an interrupted command to end: browser tests stop labs and remove sandboxes."""


@dataclass(frozen=True)
class SuiteCheck:
    """A statement that must be true, and the command that verifies it.

    `uses_pytest`: its tests are counted. `is_proof`: the command is `./lab prove`.
    """

    description: str
    label: str
    command: tuple[str, ...]
    uses_pytest: bool = False
    is_proof: bool = False


@dataclass(frozen=True)
class CompletedCheck:
    """A check's exit status (None when it was killed after CHECK_TIMEOUT), its duration in seconds, and the LAST_LINES
    of its output."""

    check: SuiteCheck
    status: int | None
    seconds: float
    last_lines: Sequence[str]


Lane = Sequence[SuiteCheck]
PrintLine = Callable[[str, str], None]


def run(
    lanes: Sequence[Lane], command_line: Callable[[SuiteCheck], Sequence[str]], console: Console
) -> list[CompletedCheck]:
    """Run all checks of all lanes and return the results in the order of the lanes.

    `command_line` returns the command to run for a check. Any exception that interrupts the run (Ctrl-C, SIGTERM) also
    interrupts the commands, and is raised again once they have ended.
    """
    lock = threading.Lock()

    def print_line(label: str, line: str) -> None:
        with lock:
            console.print(f"{label:>10} │ {line}".rstrip())

    running = _RunningChecks()

    def run_lane(lane: Lane) -> list[CompletedCheck]:
        return [_run(check, command_line(check), print_line, running) for check in lane if not running.interrupted]

    with ThreadPoolExecutor(max(1, len(lanes))) as threads:
        try:
            return [completed for lane in threads.map(run_lane, lanes) for completed in lane]
        except BaseException:
            running.interrupt()
            raise


class _RunningChecks:
    """The commands that are running now."""

    def __init__(self) -> None:
        self.interrupted = False
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Start a command, and interrupt it at once if the run was interrupted meanwhile."""
        with self._lock:
            process = processes.start(command, ROOT)
            self._processes.add(process)
            if self.interrupted:
                process.send_signal(signal.SIGINT)
        return process

    def remove(self, process: subprocess.Popen[str]) -> None:
        """Forget a command that has ended. Idempotent."""
        with self._lock:
            self._processes.discard(process)

    def interrupt(self) -> None:
        """Interrupt all commands so that they can clean up; kill those that do not end in time."""
        with self._lock:
            self.interrupted = True
            interrupted = list(self._processes)
        for process in interrupted:
            process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + CLEANUP_TIMEOUT
        for process in interrupted:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def _run(check: SuiteCheck, command: Sequence[str], print_line: PrintLine, running: _RunningChecks) -> CompletedCheck:
    print_line(check.label, f"● {check.description}")
    began = time.monotonic()
    process = running.start(command)
    last_lines: deque[str] = deque(maxlen=LAST_LINES)

    def on_line(line: str) -> None:
        last_lines.append(line)
        print_line(check.label, line)

    reader = threading.Thread(target=processes.read_lines, args=(process, on_line), daemon=True)
    reader.start()
    status = _wait(process)
    running.remove(process)
    reader.join(OUTPUT_TIMEOUT)  # a child process of the command may keep the pipe open
    seconds = time.monotonic() - began
    outcome = "passed" if status == 0 else "killed" if status is None else f"exit status {status}"
    print_line(check.label, f"{outcome} after {duration(seconds)}")
    return CompletedCheck(check, status, seconds, tuple(last_lines))


def _wait(process: subprocess.Popen[str]) -> int | None:
    try:
        return process.wait(CHECK_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None
