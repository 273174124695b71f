"""`./lab bench neighbours`: how one learner's abuse affects another learner and the lab.

Two sandboxes on one engine. While an attack runs in the first, the API calls, keys and containers of the second are
timed, and the lab's own calls to the host's engine; then the time is measured in which the first recovers. Prints
medians and maxima; compare the ratios to the first row, because absolute figures depend on the machine.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from docker.models.containers import Container

from bench._attacks import ATTACKS, Attack
from bench._clients import AttachClient
from slipway.engine.cleanup import remove_install
from slipway.engine.client import connect
from slipway.engine.images import ensure_images
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.settings import from_env

INSTALL = "bench-neighbours"
DURATION = 7.0
"""Seconds for which the neighbour is measured during each attack."""
RECOVERY_TIMEOUT = 60.0
KEYS = "abcdefghijklmnopqrstuvwxyz"
PROBE = """
import socket, sys, time
for _ in range(int(sys.argv[1])):
    began = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("/run/gateway/docker.sock")
        line.sendall(b"GET /containers/json HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        answer = b""
        while data := line.recv(65536):
            answer += data
    print((time.perf_counter() - began) * 1000 if b" 200 " in answer[:20] else -1.0)
    time.sleep(0.05)
"""


@dataclass
class LearnerSandbox:
    """A learner's sandbox with its containers."""

    sandbox: Sandbox
    engine: Container
    terminal: Container


@dataclass
class Latencies:
    """In milliseconds: API calls, keys, `docker run`, and the lab's own calls; -1 is a refused call."""

    calls: list[float]
    keys: list[float]
    runs: list[float]
    lab: list[float]


def main() -> int:
    """Run all attacks and print the table."""
    settings = replace(from_env(), install=INSTALL)
    client = connect(settings)
    ensure_images(client, settings, lambda *_: None)
    sandboxes = Sandboxes(client, settings)
    try:
        attacker, neighbour = _create(sandboxes), _create(sandboxes)
        shell = AttachClient(neighbour.terminal)
        shell.send("echo re''ady; PS1=\n")
        assert shell.wait_for("ready", 60), "no answer from the shell"
        rows = [("nothing", _measure(sandboxes, neighbour, shell), "")]
        for attack in ATTACKS:
            _log(f"measuring: {attack.name}")
            with _running(attack, attacker):
                time.sleep(1.0)
                latencies = _measure(sandboxes, neighbour, shell)
            rows.append((attack.name, latencies, _recovery(attacker)))
        rows.append(("nothing again", _measure(sandboxes, neighbour, shell), ""))
    finally:
        remove_install(client, INSTALL, lambda *_: None)
    print("\n".join(_table(rows)))
    return 0


def _create(sandboxes: Sandboxes) -> LearnerSandbox:
    sandbox = sandboxes.create()
    engine = sandboxes.client.containers.get(sandbox.engine)
    neighbour = LearnerSandbox(sandbox, engine, sandboxes.start_terminal(sandbox, 1))
    neighbour.terminal.exec_run(["docker", "pull", "-q", "busybox"])
    return neighbour


@contextmanager
def _running(attack: Attack, attacker: LearnerSandbox) -> Iterator[None]:
    container = attacker.terminal if attack.command else attacker.engine
    count = 1 if attack.command or "half" in attack.name else 8
    command = ["timeout", "-s", "KILL", str(DURATION + 30), "bash", "-c", attack.command]
    for _ in range(count):
        container.exec_run(command if attack.command else ["python3", "-c", attack.in_engine], detach=True)
    try:
        yield
    finally:
        if attack.command:
            attacker.terminal.restart(timeout=0)  # like closing the tab: everything in it ends
        else:
            attacker.engine.exec_run(["pkill", "-KILL", "-f", "python3 -c"])


def _recovery(attacker: LearnerSandbox) -> str:
    """Return how long it takes until the attacker can clean up and run a container again."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY_TIMEOUT:
        attacker.terminal.exec_run(["timeout", "30", "bash", "-c", "docker rm -fv $(docker ps -aq)"])
        command = ["timeout", "30", "docker", "run", "--rm", "busybox", "echo", "well"]
        if _output(attacker.terminal, command).strip() == b"well":
            return f"{time.monotonic() - began:.0f} s"
        time.sleep(1.0)
    return f"not in {RECOVERY_TIMEOUT:.0f} s"


def _measure(sandboxes: Sandboxes, neighbour: LearnerSandbox, shell: AttachClient) -> Latencies:
    latencies = Latencies([], [], [], [])
    until = time.monotonic() + DURATION
    while time.monotonic() < until:
        answers = _output(neighbour.engine, ["python3", "-c", PROBE, "5"]).split()
        latencies.calls += [float(one) for one in answers]
        latencies.keys += [_key(shell, key) for key in KEYS[:5]]
        latencies.runs.append(_timed(lambda: neighbour.terminal.exec_run(["docker", "run", "--rm", "busybox", "true"])))
        latencies.lab += [_timed(sandboxes.client.ping), _timed(sandboxes.all)]
    return latencies


def _key(shell: AttachClient, key: str) -> float:
    shell.clear()
    sent = time.perf_counter()
    shell.send(key)
    delay = shell.echo_delay(key, sent)
    shell.clear()
    shell.send("\x7f")
    time.sleep(0.02)
    return delay


def _output(container: Container, command: list[str]) -> bytes:
    output = container.exec_run(command).output
    assert isinstance(output, bytes)
    return output


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _table(rows: list[tuple[str, Latencies, str]]) -> list[str]:
    head = "| attack | neighbour's API call | a key | `docker run` | the lab's API call | attacker recovers in |"
    lines = [head, "|---|---|---|---|---|---|"]
    for name, latencies, recovery in rows:
        cells = [_figures(one) for one in (latencies.calls, latencies.keys, latencies.runs, latencies.lab)]
        lines.append(f"| {name} | {' | '.join(cells)} | {recovery} |")
    return ["", "Milliseconds: the median, and the maximum in brackets.", "", *lines]


def _figures(values: list[float]) -> str:
    good = [value for value in values if value >= 0]
    lost = f", {len(values) - len(good)} refused" if len(good) < len(values) else ""
    return f"{statistics.median(good):.1f} ({max(good):.0f}){lost}" if good else "none"


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
