"""`./lab bench terminal`: keys and floods through Slipway, through the raw attach socket, and through its peers.

One engine, one machine, interleaved, three repetitions, medians; look at the ratios, for absolute figures are this
machine's. What is not installed here is left out, and said so. Run as
`python -m bench.terminal` it takes fewer rounds, or another number of typists in the room.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import docker

from bench import _plot as plot
from bench._desks import Desk
from bench._peers import OTHERS, Opened, ours, raw, room
from tests import shells
from tests.served import ROOT

ROUNDS = 3
KEYS = 120
FLOOD = 50_000_000
SLOWEST = 25.0
"""Seconds that a flood may take; a peer that is not done by then is given the rate that it had."""
NEVER = 10.0
"""Seconds until the prompt is no longer waited for after Ctrl-C."""
TYPING = 8
"""Keys a second of a fast typist."""
LINE = "the quick brown fox jumps over the lazy dog 0123456789"
KINDS = ("fast", "xterm", "slow")


def main() -> int:
    """Measure, print the table, and write the plot."""
    given = _arguments()
    engine = docker.from_env()
    shells.build(engine)
    peers: dict[str, Opened] = {"raw attach": raw, "Slipway": ours}
    for name, (opened, missing) in OTHERS.items():
        if why := missing():
            print(f"{name} is left out: {why}")
        else:
            peers[name] = opened
    print("ttyd and wetty are left out: this bench has no client for them yet.")
    results: dict[str, list[dict[str, float]]] = {name: [] for name in peers}
    for turn in range(given.rounds):
        for name, opened in peers.items():
            print(f"round {turn + 1}: {name}", file=sys.stderr, flush=True)
            with ExitStack() as stack:
                container = stack.enter_context(shells.shell(engine))
                results[name].append(_measure(opened(stack, container)))
    medians = {
        name: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        for name, rounds in results.items()
    }
    _table(medians)
    given.plot.parent.mkdir(parents=True, exist_ok=True)
    given.plot.write_text(plot.bars(medians))
    print(f"The plot is in {given.plot}.")
    if given.room:
        _typists(given.room)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab bench terminal")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--room", type=int, default=50, help="so many typists at once, against one; 0 leaves them out")
    parser.add_argument("--plot", type=Path, default=ROOT / "bench" / "out" / "terminal.svg", help="an SVG goes here")
    return parser.parse_args()


def _measure(desk: Desk) -> dict[str, float]:
    _quiet(desk)
    found = _keys(desk) | _flood(desk)
    for kind in KINDS:
        found[f"Ctrl-C {kind}"] = _interrupt(desk, kind)
        if found[f"Ctrl-C {kind}"] >= NEVER:
            return found | {f"Ctrl-C {rest}": NEVER for rest in KINDS if f"Ctrl-C {rest}" not in found}
    return found


def _quiet(desk: Desk) -> None:
    time.sleep(0.5)
    desk.send("\r")
    assert desk.see("ready$ ", 120), "no prompt"
    desk.send("stty -echo; echo go-$((1))\r")
    assert desk.see("go-1")


def _keys(desk: Desk) -> dict[str, float]:
    """Milliseconds from a key to its echo by `cat`, one key at a time."""
    desk.send("stty -icanon; echo cat-$((1)); cat\r")
    assert desk.see("cat-1")
    time.sleep(0.2)
    took = []
    for number in range(KEYS):
        key = "abcdefghijklmnopqrstuvwxyz"[number % 26]
        desk.forget()
        began = time.perf_counter()
        desk.send(key)
        assert desk.see(key), "no echo"
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.012)
    desk.send("\x03")
    return {"p50": statistics.median(took), "p95": statistics.quantiles(took, n=20)[18]}


def _flood(desk: Desk) -> dict[str, float]:
    """Megabytes a second of a large output, up to its last line."""
    time.sleep(0.3)
    desk.send(f"stty icanon -onlcr; yes '{LINE}' | head -c {FLOOD} > /flood; echo made-$((1))\r")
    assert desk.see("made-1", 60)
    before, began = desk.bytes, time.perf_counter()
    desk.send("cat /flood; echo done-$((1))\r")
    desk.see("done-1", SLOWEST)
    return {"rate": (desk.bytes - before) / (time.perf_counter() - began) / 1e6}


def _interrupt(desk: Desk, kind: str) -> float:
    """Seconds from Ctrl-C in an endless flood to the prompt."""
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


def _typists(seats: int) -> None:
    """The echo of each of so many typists at once, and of one alone."""
    with ExitStack() as stack:
        desks = room(stack, seats)
        for desk in desks:
            _quiet(desk)
            desk.send("stty -icanon; echo cat-$((1)); cat\r")
            assert desk.see("cat-1")
        alone, all_of_them = _echoes(desks[:1]), _echoes(desks)
    p50, p95 = statistics.median(all_of_them), _p95(all_of_them)
    print(f"\n{seats} typists at {TYPING} keys a second: echo p50 {p50:.1f} ms, p95 {p95:.1f} ms", end="; ")
    print(f"one alone: p95 {_p95(alone):.1f} ms; ratio {p95 / _p95(alone):.2f}")


def _echoes(desks: list[Desk], keys: int = 40) -> list[float]:
    """Milliseconds; the desks take turns, evenly, each at its own pace."""
    took: list[float] = []
    began = time.perf_counter()
    waiting: dict[int, tuple[str, float]] = {}
    for number in range(keys * len(desks)):
        time.sleep(max(0.0, began + number / (TYPING * len(desks)) - time.perf_counter()))
        at = number % len(desks)
        if at in waiting:
            took.append(desks[at].echoed(*waiting[at]))
        key = "abcdefghijklmnopqrstuvwxyz"[number // len(desks) % 26]
        desks[at].forget()
        waiting[at] = (key, time.perf_counter())
        desks[at].send(key)
    return took


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[18]


def _table(medians: dict[str, dict[str, float]]) -> None:
    limit = medians["raw attach"]
    print(
        f"\n{'':12} {'echo p50':>10} {'p95':>9} {'bulk':>11} {'p50 / raw':>10} {'p95 / raw':>10} {'bulk / raw':>10}",
        end="",
    )
    print("".join(f" {'^C ' + kind:>9}" for kind in KINDS))
    for name, found in medians.items():
        ratios = [found[key] / limit[key] for key in ("p50", "p95", "rate")]
        print(
            f"{name:12} {found['p50']:7.2f} ms {found['p95']:6.2f} ms {found['rate']:6.1f} MB/s"
            f" {ratios[0]:10.2f} {ratios[1]:10.2f} {ratios[2]:10.2f}",
            end="",
        )
        print("".join(f" {_seconds(found[f'Ctrl-C {kind}']):>9}" for kind in KINDS))


def _seconds(took: float) -> str:
    return "never" if took >= NEVER else f"{took:.3f} s"


if __name__ == "__main__":
    sys.exit(main())
