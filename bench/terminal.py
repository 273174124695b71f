"""`./lab bench terminal`: keys and floods through Slipway, through the raw attach socket, and through its peers.

One engine, one machine, interleaved, three repetitions, medians; look at the ratios, for absolute figures are this
machine's. What is not installed here is left out, and said so. `./lab bench terminal -- --part echo --only Slipway`
does a part alone: the table and the plot are drawn from what all runs so far have left in bench/out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import docker

from bench import _measures as measures
from bench import _plot as plot
from bench import _table as table
from bench._delays import p95
from bench._desks import Desk
from bench._peers import OTHERS, ROOMS, Opened, Several, confined, house, ours, raw, room
from tests import shells
from tests.static_server import ROOT

OUT = ROOT / "bench" / "out"
LIMIT, SELF, CONFINED = "raw attach", "Slipway", "Slipway, confined"
ROUNDS = 3
Results = dict[str, dict[str, float]]


def main() -> int:
    """Measure, print the table, and write the plot."""
    given = _arguments()
    engine = shells.connected()
    shells.build(engine)
    OUT.mkdir(exist_ok=True)
    kept = OUT / "terminal.json"
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"peers": {}, "notes": {}}
    for part in given.part or PARTS:
        print(f"● {part}", file=sys.stderr, flush=True)
        found["missing"] = {name: why for name, (_, missing) in OTHERS.items() if (why := missing())}
        for name, figures in PARTS[part](engine, given).items():
            found["peers"].setdefault(name, {}).update(figures)
        found["notes"][part] = f"{datetime.now(UTC):%Y-%m-%d %H:%M}, load {os.getloadavg()[0]:.1f}"
        kept.write_text(json.dumps(found, indent=1))
    print(table.written(found["peers"], LIMIT))
    for name, why in found["missing"].items():
        print(f"{name:12} left out: {why}")
    print("; ".join(f"{part}: {note}" for part, note in found["notes"].items()))
    if LIMIT in found["peers"]:
        (OUT / "terminal.svg").write_text(plot.bars(found["peers"]))
        print(f"The plot is in {OUT / 'terminal.svg'}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab bench terminal --")
    parser.add_argument("--part", nargs="+", choices=list(PARTS), help="these parts alone; all, if none is named")
    parser.add_argument("--only", nargs="+", help="these servers alone, beside the raw attach socket")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seats", type=int, default=50, help="so many typists in the room")
    parser.add_argument("--idle", type=int, default=100, help="so many idle terminals")
    return parser.parse_args()


def _peers(only: list[str] | None) -> dict[str, Opened]:
    own: dict[str, Opened] = {SELF: ours, CONFINED: confined}
    peers = {LIMIT: raw} | {name: opened for name, opened in own.items() if not only or name in only}
    for name, (opened, missing) in OTHERS.items():
        if only and name not in only:
            continue
        if why := missing():
            print(f"{name} is left out: {why}")
        else:
            peers[name] = opened
    return peers


def _echo(engine: docker.DockerClient, given: argparse.Namespace) -> Results:
    """All servers are there at once, and take turns."""
    took: dict[str, list[list[float]]] = {}
    with ExitStack() as stack:
        desks = {}
        for name, opened in _peers(given.only).items():
            desks[name] = opened(stack, stack.enter_context(shells.shell(engine)))
            measures.quiet(desks[name])
            measures.listen(desks[name])
        for _ in range(given.rounds):
            for name, desk in desks.items():
                took.setdefault(name, []).append(measures.keys(desk))
    return {
        name: {
            "p50": statistics.median(statistics.median(each) for each in rounds),
            "p95": statistics.median(p95(each) for each in rounds),
        }
        for name, rounds in took.items()
    }


def _each(
    *measured: Callable[[Desk], dict[str, float]],
) -> Callable[[docker.DockerClient, argparse.Namespace], Results]:
    """A part for which each server is opened afresh each time, for some don't come back from it."""

    def part(engine: docker.DockerClient, given: argparse.Namespace) -> Results:
        rounds: dict[str, list[dict[str, float]]] = {}
        peers = _peers(given.only)
        for turn in range(given.rounds):
            for name, opened in peers.items():
                print(f"  round {turn + 1}: {name}", file=sys.stderr, flush=True)
                found: dict[str, float] = {}
                for measure in measured:
                    with ExitStack() as stack:
                        desk = opened(stack, stack.enter_context(shells.shell(engine)))
                        measures.quiet(desk)
                        found = _most(found, measure(desk))
                rounds.setdefault(name, []).append(found)
        return {name: _medians(each) for name, each in rounds.items()}

    return part


def _most(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Both together; what both know, memory, is the larger."""
    return {key: max(each[key] for each in (one, other) if key in each) for key in one | other}


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def _room(engine: docker.DockerClient, given: argparse.Namespace) -> Results:
    """Typists at 8 keys a second, as fast ones are, and at 50, against one alone."""
    rooms: dict[str, Several] = {SELF: lambda stack, _, seats: room(stack, seats), **ROOMS}
    rooms = {name: opened for name, opened in rooms.items() if name in _peers(given.only)}
    found = {}
    for name, opened in rooms.items():
        print(f"  {name}", file=sys.stderr, flush=True)
        with ExitStack() as stack:
            desks = opened(stack, stack.enter_context(shells.shell(engine)), given.seats)
            for desk in desks:
                measures.quiet(desk)
                measures.listen(desk)
            found[name] = _medians([_typed(desks) for _ in range(given.rounds)])
    return found


def _typed(desks: list[Desk]) -> dict[str, float]:
    found = {"one p95": p95(measures.echoes(desks[:1], 8, 80))}
    for pace, each in ((8, 40), (50, 100)):
        took = measures.echoes(desks, pace, each)
        found[f"room {pace} p50"], found[f"room {pace} p95"] = statistics.median(took), p95(took)
    return found


def _idle(_engine: docker.DockerClient, given: argparse.Namespace) -> Results:
    """What so many terminals cost with a page at each and nobody typing."""
    with ExitStack() as stack:
        desks, process = house(stack, given.idle)
        for desk in desks:
            measures.quiet(desk)
        percent, megabytes = measures.burns(process, 20.0)
    return {SELF: {"idle %": percent, "idle MB": megabytes}}


PARTS: dict[str, Callable[[docker.DockerClient, argparse.Namespace], Results]] = {
    "echo": _echo,
    "flood": _each(measures.flood),
    "interrupt": _each(*(measures.interrupts(flood) for flood in measures.ENDLESS)),
    "room": _room,
    "idle": _idle,
}

if __name__ == "__main__":
    sys.exit(main())
