"""Probes what limits do in a learner's terminal on a machine with cgroup v2, in a sandbox of its own.

`python -m slipway.setup.vm.limits` runs inside the virtual machine, and on any machine with cgroup v2 and the images.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from slipway.engine import client, host
from slipway.engine.sandboxes import Sandboxes, SandboxFailed
from slipway.settings import Settings, from_env
from slipway.setup.console import Console, StageFailed

PROBE = Path(__file__).with_name("limits.sh")
EXPECTED = {
    "cgroup version": "2",
    "the terminal's memory": "134217728",
    "the terminal's processor": "5000 10000",
    "the terminal's processes": "128",
    "limits of a container": "67108864 0 64 50000 100000",
    "limits that are asked for": "33554432 0 10 30000 100000",
    "too many processes": "sh: can't fork: Resource temporarily unavailable",
    "out of memory": "137 true 137 true 137 true 137 true 137 true",
    "out of memory, in a child": "Killed 137",
    "docker stats": r"(?!0\.00%)[\d.]+% [\d.]+[KM]iB / 64MiB [1-9]\d*",
    "docker top": ".* sleep 100000",
    "docker pause": r"Up .* \(Paused\)",
    "exit codes after stop, stop and kill": "7 137 137",
    "the end": "reached",
}
"""What limits.sh must print: a name, and a regular expression for the whole of what follows it.

`limits` are bytes of memory and swap, processes, and microseconds of a processor in each 100000.
"""


def main() -> int:
    """Probe, print a line for each limit as it is seen, and return 0 if all are as expected."""
    console = Console()
    try:
        results = [_report(console, *result) for result in judge(probe(host.with_engine_address(from_env())))]
    except (client.EngineMissing, SandboxFailed) as failure:
        console.fail(StageFailed(str(failure), hint="./lab doctor shows what this machine lacks."))
        return 1
    return 0 if all(results) else 1


def probe(settings: Settings) -> Iterator[str]:
    """Yield the lines that limits.sh prints in the terminal of a new sandbox, which is removed afterwards."""
    with closing(client.connect(settings, timeout=600)) as engine:
        sandboxes = Sandboxes(engine, settings)
        sandbox = sandboxes.create()
        try:
            terminal = sandboxes.start_terminal(sandbox, 1)
            output = terminal.exec_run(["bash", "-c", PROBE.read_text()], stream=True).output
            yield from _lines(part for part in output if isinstance(part, bytes))
        finally:
            sandboxes.remove(sandbox)


def judge(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each expected limit, what was seen of it, and "" or what is wrong.

    A line is "name: what was seen"; other lines are of programs that complain. What was never seen comes last.
    """
    missing = dict(EXPECTED)
    for line in lines:
        name, _, value = line.partition(":")
        if expected := missing.pop(name, None):
            seen = value.strip()
            yield name, seen, "" if re.fullmatch(expected, seen) else f"expected {expected!r}"
    for name, expected in missing.items():
        yield name, "nothing", f"expected {expected!r}"


def _report(console: Console, name: str, seen: str, problem: str) -> bool:
    console.print(f"{'✗' if problem else '✓'} {name}: {seen}{f' ({problem})' if problem else ''}")
    return not problem


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)


if __name__ == "__main__":
    sys.exit(main())
