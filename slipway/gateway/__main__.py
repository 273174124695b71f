"""`python -m slipway.gateway`: reads the command line, puts the parts together, runs until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import platform
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.journal.event_watcher import EventWatcher
from slipway.gateway.journal.journal import Journal, Line
from slipway.gateway.journal.usage_sampler import UsageSampler
from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import HUB, PolicyOptions
from slipway.gateway.proxy.server import Proxy

_MACHINES = {"x86_64": "linux/amd64", "aarch64": "linux/arm64", "arm64": "linux/arm64"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gateway; 0 when it was told to stop, 1 when it can't listen, 2 when it was told nonsense."""
    asked = _parser().parse_args(arguments)
    try:
        limits = GatewayLimits().changed(asked.limits)
    except ValueError as error:
        print(f"--limits: {error}", file=sys.stderr)
        return 2
    rules = PolicyOptions(
        catalogue=tuple(filter(None, asked.catalogue.split(","))),
        online=asked.online,
        platform=_MACHINES.get(platform.machine(), "linux/amd64"),
        limits=limits,
    )
    try:
        with _journal(asked.journal) as file:
            asyncio.run(_serve(asked.listen, asked.engine, Journal(_lines(file)), rules))
    except OSError as error:
        print(f"The gateway can't run: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(listen: str, engine: str, journal: Journal, rules: PolicyOptions) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    proxy = Proxy(engine, journal, rules)
    server = await proxy.listen(listen)
    inode = Path(listen).lstat().st_ino
    journal.write("gateway", event="started")
    use = UsageSampler(EngineClient(engine, 10.0), journal)
    watch = EventWatcher(EngineClient(engine, 10.0), journal, rules.limits.retold, use)
    watching = [asyncio.create_task(watch.follow()), asyncio.create_task(use.follow())]
    try:
        await stopping.wait()
    finally:
        server.close()
        for task in watching:
            task.cancel()
        await proxy.stop()
        journal.write("gateway", event="stopping")
        if _same(listen, inode):
            Path(listen).unlink()


def _same(path: str, inode: int) -> bool:
    """Whether the socket is still our own, not one that a newer gateway put in its place."""
    with suppress(FileNotFoundError):
        return Path(path).lstat().st_ino == inode
    return False


def _journal(where: str) -> TextIO:
    if where == "-":
        return open(sys.stdout.fileno(), "w", encoding="ascii", closefd=False)
    return Path(where).open("a", encoding="ascii")


def _lines(file: TextIO) -> Line:
    def line(text: str) -> None:
        file.write(text)
        file.flush()

    return line


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m slipway.gateway",
        description="The gateway between a learner's docker client and their engine: it guards, observes and numbers.",
    )
    parser.add_argument("--listen", required=True, metavar="PATH", help="the socket for docker clients (mode 0660)")
    parser.add_argument("--engine", required=True, metavar="PATH", help="the engine's own socket")
    parser.add_argument("--journal", required=True, metavar="PATH|-", help="where the journal goes; - is the output")
    parser.add_argument(
        "--catalogue",
        default=",".join(HUB),
        metavar="NAME,NAME",
        help="the images that the lab's hub carries (default: %(default)s)",
    )
    parser.add_argument("--online", action="store_true", help="any image of Docker Hub may be pulled")
    parser.add_argument(
        "--limits", default="", metavar="JSON", help='limits other than the usual ones: {"containers": 5, "rate": 10}'
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
