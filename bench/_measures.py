"""What the terminal bench measures at one desk, or at a room of them. Knows desks, and no server.

Each measure takes seconds, so that the whole fits between two other people's experiments.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable

from bench._desks import Desk
from bench._process import most, processor, resident

KEYS = 400
SLOWEST = 25.0
"""Seconds that a flood may take; a peer that is not done by then is given the rate that it had."""
NEVER = 10.0
"""Seconds until the prompt is no longer waited for after Ctrl-C."""
LINE = "the quick brown fox \x1b[1;32mjumps\x1b[0m over 日本語 한국어 the lazy 🐳🦊 dog 0123456789"
LINES = 50_000_000 // len(f"{LINE}\n".encode())
FLOOD = LINES * len(f"{LINE}\n".encode())
KINDS = ("fast", "xterm", "slow")
ENDLESS = {"cat": "while :; do cat /flood; done", "yes": "yes"}
"""Floods that Ctrl-C ends: long lines from a file, and the shortest lines that there are."""
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
    """Megabytes a second of a large output, up to its last line, and whether each byte of it came."""
    _fill(desk)
    began = time.perf_counter()
    desk.kept = []
    desk.send("echo begin-$((1)); cat /flood; echo done-$((1))\r")
    done = desk.see("done-1", SLOWEST)
    took = time.perf_counter() - began
    text, desk.kept = "".join(desk.kept), None
    came = text.rpartition("begin-1\n")[2].partition("done-1")[0]
    exact = done and _digest(came) == _digest(f"{LINE}\n" * LINES)
    return {"rate": (FLOOD if done else len(came.encode())) / took / 1e6, "exact": float(exact)} | _peak(desk)


def interrupts(flood: str) -> Callable[[Desk], dict[str, float]]:
    """Seconds from Ctrl-C in this endless flood to the prompt, for each kind of client, up to one that fails."""

    def measure(desk: Desk) -> dict[str, float]:
        if "/flood" in ENDLESS[flood]:
            _fill(desk)
        found = {interrupted(flood, kind): NEVER for kind in KINDS}
        for kind in KINDS:
            found[interrupted(flood, kind)] = took = _interrupt(desk, ENDLESS[flood], kind)
            if took >= NEVER:
                break
        return found | _peak(desk)

    return measure


def interrupted(flood: str, kind: str) -> str:
    """The name of the figure."""
    return f"Ctrl-C {flood} {kind}"


def echoes(desks: list[Desk], a_second: float, each: int) -> list[float]:
    """Milliseconds; the desks take turns, evenly, each typing so many keys a second.

    Every key is sent when its time has come, whatever became of those before it.
    """
    for desk in desks:
        desk.sent, desk.took = deque(), []
    began = time.perf_counter()
    for number in range(each * len(desks)):
        time.sleep(max(0.0, began + number / (a_second * len(desks)) - time.perf_counter()))
        desk = desks[number % len(desks)]
        desk.sent.append(time.perf_counter())  # type: ignore[union-attr]
        desk.send(LETTERS[number // len(desks) % len(LETTERS)])
    deadline = time.perf_counter() + NEVER
    while any(desk.sent for desk in desks) and time.perf_counter() < deadline:
        time.sleep(0.02)
    lost = [NEVER * 1000] * sum(len(desk.sent or ()) for desk in desks)
    for desk in desks:
        desk.sent = None
    return [took for desk in desks for took in desk.took] + lost


def burns(process: int, seconds: float) -> tuple[float, float]:
    """Percent of one core that a process takes while nobody does anything, and its resident megabytes."""
    before = processor(process)
    time.sleep(seconds)
    return (processor(process) - before) / seconds * 100, resident(process) / 1e6


def _fill(desk: Desk) -> None:
    time.sleep(0.3)
    line = LINE.replace("\x1b", "\\e")
    desk.send(f"stty -onlcr; yes $'{line}' | head -c {FLOOD} > /flood; echo made-$((1))\r")
    assert desk.see("made-1", 60)


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _peak(desk: Desk) -> dict[str, float]:
    """The most megabytes that the server has ever had in memory."""
    if not desk.process:
        return {}
    return {"peak MB": most(desk.process) / 1e6}


def _interrupt(desk: Desk, flood: str, kind: str) -> float:
    time.sleep(0.3)
    desk.kind = kind
    desk.forget()
    desk.send(f"{flood}\r")
    time.sleep(1.5)
    began = time.perf_counter()
    desk.send("\x03")
    came = desk.see("ready$ ", NEVER)
    desk.kind = "fast"
    return time.perf_counter() - began if came else NEVER
