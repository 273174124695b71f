"""What the terminal bench measures at one desk, or at a room of them. Knows desks, and no server.

Each measure takes seconds, so that the whole fits between two other people's experiments.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from bench._desks import Desk

KEYS = 120
FLOOD = 50_000_000
SLOWEST = 25.0
"""Seconds that a flood may take; a peer that is not done by then is given the rate that it had."""
NEVER = 10.0
"""Seconds until the prompt is no longer waited for after Ctrl-C."""
LINE = "the quick brown fox jumps over the lazy dog 0123456789"
KINDS = ("fast", "xterm", "slow")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def quiet(desk: Desk) -> None:
    """A prompt, and nothing echoed but by the program that is asked to."""
    time.sleep(0.5)
    desk.send("\r")
    assert desk.see("ready$ ", 120), "no prompt"
    desk.send("stty -echo; echo go-$((1))\r")
    assert desk.see("go-1")


def listen(desk: Desk) -> None:
    """A program that says each key again."""
    desk.send("stty -icanon; echo cat-$((1)); cat\r")
    assert desk.see("cat-1")
    time.sleep(0.2)


def keys(desk: Desk) -> list[float]:
    """Milliseconds from a key to its echo, one key at a time."""
    took = []
    for number in range(KEYS):
        key = LETTERS[number % len(LETTERS)]
        desk.forget()
        began = time.perf_counter()
        desk.send(key)
        took.append(desk.echoed(key, began))
        time.sleep(0.012)
    return took


def flood(desk: Desk) -> dict[str, float]:
    """Megabytes a second of a large output, up to its last line."""
    _fill(desk)
    before, began = desk.bytes, time.perf_counter()
    desk.send("cat /flood; echo done-$((1))\r")
    desk.see("done-1", SLOWEST)
    return {"rate": (desk.bytes - before) / (time.perf_counter() - began) / 1e6}


def interrupts(desk: Desk) -> dict[str, float]:
    """Seconds from Ctrl-C in an endless flood to the prompt, for each kind of client, up to one that fails."""
    _fill(desk)
    found = {f"Ctrl-C {kind}": NEVER for kind in KINDS}
    for kind in KINDS:
        found[f"Ctrl-C {kind}"] = _interrupt(desk, kind)
        if found[f"Ctrl-C {kind}"] >= NEVER:
            break
    return found


def echoes(desks: list[Desk], a_second: float, each: int) -> list[float]:
    """Milliseconds; the desks take turns, evenly, each typing so many keys a second."""
    took: list[float] = []
    began = time.perf_counter()
    waiting: dict[int, tuple[str, float]] = {}
    for number in range(each * len(desks)):
        time.sleep(max(0.0, began + number / (a_second * len(desks)) - time.perf_counter()))
        at = number % len(desks)
        if at in waiting:
            took.append(desks[at].echoed(*waiting[at]))
        desks[at].forget()
        waiting[at] = (LETTERS[number // len(desks) % len(LETTERS)], time.perf_counter())
        desks[at].send(waiting[at][0])
    return took


def burns(process: int, seconds: float) -> tuple[float, float]:
    """Percent of one core that a process takes while nobody does anything, and its resident megabytes."""
    before = _cpu(process)
    time.sleep(seconds)
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return (_cpu(process) - before) / seconds * 100, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[18]


def _fill(desk: Desk) -> None:
    time.sleep(0.3)
    desk.send(f"stty -onlcr; yes '{LINE}' | head -c {FLOOD} > /flood; echo made-$((1))\r")
    assert desk.see("made-1", 60)


def _interrupt(desk: Desk, kind: str) -> float:
    time.sleep(0.3)
    desk.kind = kind
    desk.forget()
    desk.send("while :; do cat /flood; done\r")
    time.sleep(1.5)
    began = time.perf_counter()
    desk.send("\x03")
    came = desk.see("ready$ ", NEVER)
    desk.kind = "fast"
    return time.perf_counter() - began if came else NEVER


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
