"""`./lab bench terminal`: keys and floods through Slipway, through the raw attach socket, and through its peers.

One engine, one machine, interleaved, medians of three rounds; compare the ratios, because absolute figures depend on
the machine. Peers that are not installed are left out and named. `./lab bench terminal -- --part echo --only Slipway`
runs one part: the table and the plot show the results of all runs in bench/out.
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
from bench._clients import BenchClient
from bench._delays import p95
from bench._servers import (
    MULTI_CLIENT_PEERS,
    PEERS,
    OpenClient,
    OpenClients,
    open_attach,
    open_slipway,
    open_slipway_confined,
    open_slipway_server,
)
from tests import shells
from tests.static_server import ROOT

OUT = ROOT / "bench" / "out"
BASELINE, SLIPWAY, SLIPWAY_CONFINED = "raw attach", "Slipway", "Slipway, confined"
ROUNDS = 3
Results = dict[str, dict[str, float]]


def main() -> int:
    """Measure, print the table, and write the plot."""
    args = _arguments()
    engine = shells.connected()
    shells.build(engine)
    OUT.mkdir(exist_ok=True)
    saved = OUT / "terminal.json"
    found: dict[str, Any] = json.loads(saved.read_text()) if saved.exists() else {"peers": {}, "notes": {}}
    for part in args.part or PARTS:
        print(f"● {part}", file=sys.stderr, flush=True)
        found["missing"] = {name: why for name, (_, missing) in PEERS.items() if (why := missing())}
        for name, figures in PARTS[part](engine, args).items():
            found["peers"].setdefault(name, {}).update(figures)
        found["notes"][part] = f"{datetime.now(UTC):%Y-%m-%d %H:%M}, load {os.getloadavg()[0]:.1f}"
        saved.write_text(json.dumps(found, indent=1))
    print(table.render(found["peers"], BASELINE))
    for name, why in found["missing"].items():
        print(f"{name:12} left out: {why}")
    print("; ".join(f"{part}: {note}" for part, note in found["notes"].items()))
    if BASELINE in found["peers"]:
        (OUT / "terminal.svg").write_text(plot.bars(found["peers"]))
        print(f"The plot is in {OUT / 'terminal.svg'}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab bench terminal --")
    parser.add_argument("--part", nargs="+", choices=list(PARTS), help="run only these parts")
    parser.add_argument("--only", nargs="+", help="only these servers, and the raw attach socket")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seats", type=int, default=50, help="number of typists in the part room")
    parser.add_argument("--idle", type=int, default=100, help="number of terminals in the part idle")
    return parser.parse_args()


def _peers(only: list[str] | None) -> dict[str, OpenClient]:
    own: dict[str, OpenClient] = {SLIPWAY: open_slipway, SLIPWAY_CONFINED: open_slipway_confined}
    chosen = {name: open_client for name, open_client in own.items() if not only or name in only}
    peers = {BASELINE: open_attach} | chosen
    for name, (open_client, missing) in PEERS.items():
        if only and name not in only:
            continue
        if why := missing():
            print(f"{name} is left out: {why}")
        else:
            peers[name] = open_client
    return peers


def _echo(engine: docker.DockerClient, args: argparse.Namespace) -> Results:
    """Measure all servers, which run at the same time, in turns."""
    delays: dict[str, list[list[float]]] = {}
    with ExitStack() as stack:
        clients = {}
        for name, open_client in _peers(args.only).items():
            clients[name] = open_client(stack, stack.enter_context(shells.shell(engine)))
            measures.prepare_shell(clients[name])
            measures.start_echo(clients[name])
        for _ in range(args.rounds):
            for name, client in clients.items():
                delays.setdefault(name, []).append(measures.key_delays(client))
    return {
        name: {
            "p50": statistics.median(statistics.median(each) for each in rounds),
            "p95": statistics.median(p95(each) for each in rounds),
        }
        for name, rounds in delays.items()
    }


def _per_server(
    *measured: Callable[[BenchClient], dict[str, float]],
) -> Callable[[docker.DockerClient, argparse.Namespace], Results]:
    """Return a part that starts each server anew for each measure, because some do not recover from it."""

    def part(engine: docker.DockerClient, args: argparse.Namespace) -> Results:
        rounds: dict[str, list[dict[str, float]]] = {}
        peers = _peers(args.only)
        for turn in range(args.rounds):
            for name, open_client in peers.items():
                print(f"  round {turn + 1}: {name}", file=sys.stderr, flush=True)
                found: dict[str, float] = {}
                for measure in measured:
                    with ExitStack() as stack:
                        client = open_client(stack, stack.enter_context(shells.shell(engine)))
                        measures.prepare_shell(client)
                        found = _merge(found, measure(client))
                rounds.setdefault(name, []).append(found)
        return {name: _medians(each) for name, each in rounds.items()}

    return part


def _merge(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Merge two sets of figures; of a figure in both (peak memory) keep the larger."""
    return {key: max(each[key] for each in (one, other) if key in each) for key in one | other}


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def _room(engine: docker.DockerClient, args: argparse.Namespace) -> Results:
    """Compare one typist with many at 8 keys a second (a fast typist) and at 50."""
    servers: dict[str, OpenClients] = {SLIPWAY: lambda stack, _, count: open_slipway_server(stack, count)[0]}
    servers = {name: opened for name, opened in (servers | MULTI_CLIENT_PEERS).items() if name in _peers(args.only)}
    found = {}
    for name, open_clients in servers.items():
        print(f"  {name}", file=sys.stderr, flush=True)
        with ExitStack() as stack:
            clients = open_clients(stack, stack.enter_context(shells.shell(engine)), args.seats)
            for client in clients:
                measures.prepare_shell(client)
                measures.start_echo(client)
            found[name] = _medians([_type(clients) for _ in range(args.rounds)])
    return found


def _type(clients: list[BenchClient]) -> dict[str, float]:
    found = {"one p95": p95(measures.concurrent_key_delays(clients[:1], 8, 80))}
    for pace, each in ((8, 40), (50, 100)):
        delays = measures.concurrent_key_delays(clients, pace, each)
        found[f"room {pace} p50"], found[f"room {pace} p95"] = statistics.median(delays), p95(delays)
    return found


def _idle(_engine: docker.DockerClient, args: argparse.Namespace) -> Results:
    """Measure what idle terminals cost, each with a page."""
    with ExitStack() as stack:
        clients, process = open_slipway_server(stack, args.idle)
        for client in clients:
            measures.prepare_shell(client)
        percent, megabytes = measures.idle_usage(process, 20.0)
    return {SLIPWAY: {"idle %": percent, "idle MB": megabytes}}


PARTS: dict[str, Callable[[docker.DockerClient, argparse.Namespace], Results]] = {
    "echo": _echo,
    "flood": _per_server(measures.flood),
    "interrupt": _per_server(*(measures.interrupt_measure(flood) for flood in measures.ENDLESS)),
    "room": _room,
    "idle": _idle,
}

if __name__ == "__main__":
    sys.exit(main())
