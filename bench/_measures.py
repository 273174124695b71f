"""The measurements of the terminal benchmark, with one client or many. Knows clients, and no server.

Each takes seconds, so that a run fits between other work on the same machine.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable

from bench._clients import BenchClient
from bench._process import cpu_seconds, peak_memory, resident_memory

KEYS = 400
FLOOD_TIMEOUT = 25.0
"""Seconds that a flood may take; a slower peer gets the rate that it has reached by then."""
INTERRUPT_TIMEOUT = 10.0
"""Seconds to wait for the prompt after Ctrl-C."""
LINE = "the quick brown fox \x1b[1;32mjumps\x1b[0m over 日本語 한국어 the lazy 🐳🦊 dog 0123456789"
LINES = 50_000_000 // len(f"{LINE}\n".encode())
FLOOD = LINES * len(f"{LINE}\n".encode())
KINDS = ("fast", "xterm", "slow")
ENDLESS = {"cat": "while :; do cat /flood; done", "yes": "yes"}
"""Floods that Ctrl-C ends: long lines from a file, and the shortest possible lines."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prepare_shell(client: BenchClient) -> None:
    """Wait for the prompt and turn off the terminal's own echo."""
    time.sleep(0.5)
    client.send("\r")
    assert client.wait_for("ready$ ", 120), "no prompt"
    client.send("stty -echo; echo go-$((1))\r")
    assert client.wait_for("go-1")


def start_echo(client: BenchClient) -> None:
    """Start a program that echoes each key."""
    client.send("stty -icanon; echo cat-$((1)); cat\r")
    assert client.wait_for("cat-1")
    time.sleep(0.2)


def key_delays(client: BenchClient) -> list[float]:
    """Return the milliseconds from each key to its echo, one key at a time."""
    delays = []
    for number in range(KEYS):
        key = LETTERS[number % len(LETTERS)]
        client.clear()
        began = time.perf_counter()
        client.send(key)
        delays.append(client.echo_delay(key, began))
        time.sleep(0.012)
    return delays


def flood(client: BenchClient) -> dict[str, float]:
    """Return the MB/s of a large output up to its last line, and whether every byte of it arrived."""
    _fill(client)
    began = time.perf_counter()
    client.recorded = []
    client.send("echo begin-$((1)); cat /flood; echo done-$((1))\r")
    done = client.wait_for("done-1", FLOOD_TIMEOUT)
    seconds = time.perf_counter() - began
    text, client.recorded = "".join(client.recorded), None
    received = text.rpartition("begin-1\n")[2].partition("done-1")[0]
    exact = done and _digest(received) == _digest(f"{LINE}\n" * LINES)
    return {"rate": (FLOOD if done else len(received.encode())) / seconds / 1e6, "exact": float(exact)} | _peak(client)


def interrupt_measure(flood: str) -> Callable[[BenchClient], dict[str, float]]:
    """Return a measure of the seconds from Ctrl-C in this flood to the prompt, per kind of client, until one fails."""

    def measure(client: BenchClient) -> dict[str, float]:
        if "/flood" in ENDLESS[flood]:
            _fill(client)
        found = {interrupt_key(flood, kind): INTERRUPT_TIMEOUT for kind in KINDS}
        for kind in KINDS:
            found[interrupt_key(flood, kind)] = seconds = _interrupt(client, ENDLESS[flood], kind)
            if seconds >= INTERRUPT_TIMEOUT:
                break
        return found | _peak(client)

    return measure


def interrupt_key(flood: str, kind: str) -> str:
    """Return the name of the figure."""
    return f"Ctrl-C {flood} {kind}"


def concurrent_key_delays(clients: list[BenchClient], keys_per_second: float, each: int) -> list[float]:
    """Return the milliseconds from each key to its echo while all clients type at this rate, evenly interleaved.

    Every key is sent on schedule, whether or not the earlier ones were echoed.
    """
    for client in clients:
        client.sent, client.delays = deque(), []
    began = time.perf_counter()
    for number in range(each * len(clients)):
        time.sleep(max(0.0, began + number / (keys_per_second * len(clients)) - time.perf_counter()))
        client = clients[number % len(clients)]
        client.sent.append(time.perf_counter())  # type: ignore[union-attr]
        client.send(LETTERS[number // len(clients) % len(LETTERS)])
    deadline = time.perf_counter() + INTERRUPT_TIMEOUT
    while any(client.sent for client in clients) and time.perf_counter() < deadline:
        time.sleep(0.02)
    lost = [INTERRUPT_TIMEOUT * 1000] * sum(len(client.sent or ()) for client in clients)
    for client in clients:
        client.sent = None
    return [delay for client in clients for delay in client.delays] + lost


def idle_usage(process: int, seconds: float) -> tuple[float, float]:
    """Return the percentage of one core that an idle process uses, and its resident MB."""
    before = cpu_seconds(process)
    time.sleep(seconds)
    return (cpu_seconds(process) - before) / seconds * 100, resident_memory(process) / 1e6


def _fill(client: BenchClient) -> None:
    time.sleep(0.3)
    line = LINE.replace("\x1b", "\\e")
    client.send(f"stty -onlcr; yes $'{line}' | head -c {FLOOD} > /flood; echo made-$((1))\r")
    assert client.wait_for("made-1", 60)


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _peak(client: BenchClient) -> dict[str, float]:
    """Return the server's peak memory in MB, if its pid is known."""
    if not client.process:
        return {}
    return {"peak MB": peak_memory(client.process) / 1e6}


def _interrupt(client: BenchClient, flood: str, kind: str) -> float:
    time.sleep(0.3)
    client.kind = kind
    client.clear()
    client.send(f"{flood}\r")
    time.sleep(1.5)
    began = time.perf_counter()
    client.send("\x03")
    answered = client.wait_for("ready$ ", INTERRUPT_TIMEOUT)
    client.kind = "fast"
    return time.perf_counter() - began if answered else INTERRUPT_TIMEOUT
