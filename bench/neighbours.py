"""`./lab bench neighbours`: one learner misbehaves in every way; what another and the lab feel of it.

Two sandboxes on one engine. While each attack goes on in the first, the second's calls, keys and containers are timed,
and the lab's own calls to the host's engine; afterwards it is looked whether the first has recovered. Medians and the
slowest of each; look at the ratios to the first row, for absolute figures are this machine's.
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
from bench._desks import Raw
from slipway.engine.cleanup import remove_install
from slipway.engine.client import connect
from slipway.engine.images import ensure_images
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.settings import from_env

INSTALL = "bench-neighbours"
SECONDS = 7.0
"""How long each attack goes on while the neighbour is looked at."""
RECOVERY = 60.0
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
class Person:
    """Somebody with a sandbox, a shell in it, and a desk to type at."""

    sandbox: Sandbox
    engine: Container
    terminal: Container


@dataclass
class Felt:
    """Milliseconds."""

    calls: list[float]
    keys: list[float]
    runs: list[float]
    lab: list[float]


def main() -> int:
    settings = replace(from_env(), install=INSTALL)
    client = connect(settings)
    ensure_images(client, settings, lambda *_: None)
    sandboxes = Sandboxes(client, settings)
    try:
        bad, good = _seated(sandboxes), _seated(sandboxes)
        desk = Raw(good.terminal)
        desk.send("echo re''ady; PS1=\n")
        assert desk.see("ready", 60), "nobody answers"
        rows = [("nothing", _feel(sandboxes, good, desk), "")]
        for attack in ATTACKS:
            _say(f"measuring: {attack.name}")
            with _under(attack, bad):
                time.sleep(1.0)
                felt = _feel(sandboxes, good, desk)
            rows.append((attack.name, felt, _recovery(bad)))
        rows.append(("nothing again", _feel(sandboxes, good, desk), ""))
    finally:
        remove_install(client, INSTALL, lambda *_: None)
    print("\n".join(_table(rows)))
    return 0


def _seated(sandboxes: Sandboxes) -> Person:
    sandbox = sandboxes.create()
    person = Person(sandbox, sandboxes.client.containers.get(sandbox.engine), sandboxes.start_terminal(sandbox, 1))
    person.terminal.exec_run(["docker", "pull", "-q", "busybox"])
    return person


@contextmanager
def _under(attack: Attack, bad: Person) -> Iterator[None]:
    where = bad.terminal if attack.command else bad.engine
    count = 1 if attack.command or "half" in attack.name else 8
    words = ["timeout", "-s", "KILL", str(SECONDS + 30), "bash", "-c", attack.command]
    for _ in range(count):
        where.exec_run(words if attack.command else ["python3", "-c", attack.beside], detach=True)
    try:
        yield
    finally:
        if attack.command:
            bad.terminal.restart(timeout=0)  # a closed tab: everything in it ends
        else:
            bad.engine.exec_run(["pkill", "-KILL", "-f", "python3 -c"])


def _recovery(bad: Person) -> str:
    """Seconds until whoever attacked can tidy up, and run a container again."""
    began = time.monotonic()
    while time.monotonic() - began < RECOVERY:
        bad.terminal.exec_run(["timeout", "30", "bash", "-c", "docker rm -fv $(docker ps -aq)"])
        done = bad.terminal.exec_run(["timeout", "30", "docker", "run", "--rm", "busybox", "echo", "well"])
        if done.output.strip() == b"well":
            return f"{time.monotonic() - began:.0f} s"
        time.sleep(1.0)
    return f"not in {RECOVERY:.0f} s"


def _feel(sandboxes: Sandboxes, good: Person, desk: Raw) -> Felt:
    felt = Felt([], [], [], [])
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        told = good.engine.exec_run(["python3", "-c", PROBE, "5"]).output.split()
        felt.calls += [float(one) for one in told]
        felt.keys += [_key(desk, key) for key in KEYS[:5]]
        felt.runs.append(_timed(lambda: good.terminal.exec_run(["docker", "run", "--rm", "busybox", "true"])))
        felt.lab += [_timed(sandboxes.client.ping), _timed(sandboxes.all)]
    return felt


def _key(desk: Raw, key: str) -> float:
    desk.forget()
    sent = time.perf_counter()
    desk.send(key)
    took = desk.echoed(key, sent)
    desk.forget()
    desk.send("\x7f")
    time.sleep(0.02)
    return took


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _table(rows: list[tuple[str, Felt, str]]) -> list[str]:
    head = "| what one learner does | another's call | a key | `docker run` | the lab's call | and recovers in |"
    lines = [head, "|---|---|---|---|---|---|"]
    for name, felt, recovery in rows:
        cells = [_figures(felt.calls), _figures(felt.keys), _figures(felt.runs), _figures(felt.lab)]
        lines.append(f"| {name} | {' | '.join(cells)} | {recovery} |")
    return ["", "Milliseconds: the median, and the slowest in brackets.", "", *lines]


def _figures(values: list[float]) -> str:
    good = [value for value in values if value >= 0]
    lost = f", {len(values) - len(good)} refused" if len(good) < len(values) else ""
    return f"{statistics.median(good):.1f} ({max(good):.0f}){lost}" if good else "none"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
