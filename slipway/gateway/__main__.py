"""`python -m slipway.gateway`: reads the command line, assembles the gateway, runs until it receives a signal."""

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
from slipway.gateway.journal.journal import Journal, LineWriter
from slipway.gateway.journal.usage_sampler import UsageSampler
from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import DEFAULT_CATALOGUE, PolicyOptions
from slipway.gateway.proxy.server import Proxy

_PLATFORMS = {"x86_64": "linux/amd64", "aarch64": "linux/arm64", "arm64": "linux/arm64"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the gateway. Return 0 after a signal, 1 if it can't listen, 2 if an argument is invalid."""
    arguments = _parser().parse_args(argv)
    try:
        limits = GatewayLimits().with_overrides(arguments.limits)
    except ValueError as error:
        print(f"--limits: {error}", file=sys.stderr)
        return 2
    options = PolicyOptions(
        catalogue=tuple(filter(None, arguments.catalogue.split(","))),
        online=arguments.online,
        platform=_PLATFORMS.get(platform.machine(), "linux/amd64"),
        limits=limits,
    )
    try:
        with _open_journal(arguments.journal) as file:
            asyncio.run(_serve(arguments.listen, arguments.engine, Journal(_line_writer(file)), options))
    except OSError as error:
        print(f"The gateway can't run: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(listen: str, engine: str, journal: Journal, options: PolicyOptions) -> None:
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    proxy = Proxy(engine, journal, options)
    server = await proxy.listen(listen)
    inode = Path(listen).lstat().st_ino
    journal.write("gateway", event="started")
    sampler = UsageSampler(EngineClient(engine, 10.0), journal)
    watcher = EventWatcher(EngineClient(engine, 10.0), journal, options.limits.retold, sampler)
    tasks = [asyncio.create_task(watcher.run()), asyncio.create_task(sampler.run())]
    try:
        await stopping.wait()
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await proxy.stop()
        journal.write("gateway", event="stopping")
        if _is_same_socket(listen, inode):
            Path(listen).unlink()


def _is_same_socket(path: str, inode: int) -> bool:
    """Return whether the socket is still ours: a newer gateway may have replaced it."""
    with suppress(FileNotFoundError):
        return Path(path).lstat().st_ino == inode
    return False


def _open_journal(path: str) -> TextIO:
    if path == "-":
        return open(sys.stdout.fileno(), "w", encoding="ascii", closefd=False)
    return Path(path).open("a", encoding="ascii")


def _line_writer(file: TextIO) -> LineWriter:
    def write(line: str) -> None:
        file.write(line)
        file.flush()

    return write


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m slipway.gateway",
        description="The gateway between a learner's docker client and their engine.",
    )
    parser.add_argument("--listen", required=True, metavar="PATH", help="the socket for docker clients (mode 0660)")
    parser.add_argument("--engine", required=True, metavar="PATH", help="the engine's socket")
    parser.add_argument("--journal", required=True, metavar="PATH|-", help="the journal file; - is standard output")
    parser.add_argument(
        "--catalogue",
        default=",".join(DEFAULT_CATALOGUE),
        metavar="NAME,NAME",
        help="the images in the lab's registry (default: %(default)s)",
    )
    parser.add_argument("--online", action="store_true", help="allow pulling any image of Docker Hub")
    parser.add_argument(
        "--limits", default="", metavar="JSON", help='limits that replace the defaults: {"containers": 5, "rate": 10}'
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
