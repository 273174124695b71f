"""Journals the resource usage of the running containers, from the engine's `stats` and `top`.

The page draws each container's processes and shares without a command of the learner. A sample is taken soon after a
process started or ended, and every few seconds otherwise, less often while nothing changes (MIN_INTERVAL to
MAX_INTERVAL). A line is written only when the values have changed, so an idle engine writes none: at most one of some
2 KiB every MIN_INTERVAL seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.journal.journal import Journal

MIN_INTERVAL, MAX_INTERVAL = 3.0, 24.0  # seconds between two samples
SETTLE_TIME = 0.2  # seconds after a notification: a shell that starts has yet to become the program that it runs
MAX_CONTAINERS = 6  # sampled, newest first: the page has room for as many
MAX_PROCESSES = 12  # of each container
MAX_COMMAND_LENGTH = 80  # characters of each process's command
MEMORY_CHANGE, CPU_CHANGE = 0.1, 5.0  # a relative change, and one in per cent of a processor, that are worth a line


class UsageSampler:
    """Samples for the lifetime of the gateway. `clock` returns seconds."""

    def __init__(self, engine: EngineClient, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock
        self._notified = asyncio.Event()
        self._cpu_times: dict[str, tuple[float, int]] = {}
        self._written: list[dict[str, Any]] = []

    def notify(self) -> None:
        """Request a sample soon: a process started or ended."""
        self._notified.set()

    async def run(self) -> None:
        """Sample until cancelled."""
        interval = MIN_INTERVAL
        while True:
            self._notified.clear()
            changed = await self._sample()
            interval = MIN_INTERVAL if changed else min(interval * 2, MAX_INTERVAL)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._notified.wait(), interval)
                await asyncio.sleep(SETTLE_TIME)

    async def _sample(self) -> bool:
        """Return whether the usage has changed."""
        listed = await self._engine.get("/containers/json")
        ids = [str(row["Id"]) for row in listed[:MAX_CONTAINERS]] if isinstance(listed, list) else []
        samples = [await self._sample_container(id) for id in ids]
        containers = [sample for sample in samples if sample]
        running = {container["id"] for container in containers}
        self._cpu_times = {id: times for id, times in self._cpu_times.items() if id in running}
        if not has_changed(self._written, containers):
            return False
        self._written = containers
        self._journal.write("use", containers=containers)
        return True

    async def _sample_container(self, id: str) -> dict[str, Any] | None:
        stats = await self._engine.get(f"/containers/{id}/stats?stream=false&one-shot=true")
        top = await self._engine.get(f"/containers/{id}/top?ps_args=-o%20pid,ppid,args")
        if not isinstance(stats, dict) or not isinstance(top, dict):
            return None
        memory = stats.get("memory_stats") or {}
        cpu_time = int(((stats.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage") or 0)
        return {
            "id": id,
            "memory": max(0, int(memory.get("usage") or 0) - _page_cache(memory)),
            "limit": int(memory.get("limit") or 0),
            "share": self._cpu_percent(id, cpu_time),
            "processes": parse_processes(top),
        }

    def _cpu_percent(self, id: str, cpu_time: int) -> float:
        """Return the usage since the last sample in per cent of one processor; `cpu_time` is nanoseconds."""
        now = self._clock()
        before, previous = self._cpu_times.get(id, (now, cpu_time))
        self._cpu_times[id] = (now, cpu_time)
        return round(100 * (cpu_time - previous) / 1e9 / (now - before), 1) if now > before else 0.0


def has_changed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Return whether the change from `before` to `after` is worth a line."""
    if [(row["id"], row["processes"]) for row in before] != [(row["id"], row["processes"]) for row in after]:
        return True
    return any(
        abs(new["memory"] - old["memory"]) > MEMORY_CHANGE * max(old["memory"], 1 << 20)
        or abs(new["share"] - old["share"]) > CPU_CHANGE
        for old, new in zip(before, after, strict=True)
    )


def parse_processes(top: dict[str, Any]) -> list[list[Any]]:
    """Return `[[pid, command, parent pid], …]` of an answer to `top`."""
    rows = [[str(cell) for cell in row] for row in top.get("Processes") or []]
    rows = [row for row in rows if len(row) >= 3 and row[0].isdecimal() and row[1].isdecimal()]
    return [[int(row[0]), " ".join(row[2:])[:MAX_COMMAND_LENGTH], int(row[1])] for row in rows[:MAX_PROCESSES]]


def _page_cache(memory: dict[str, Any]) -> int:
    """Return the bytes of inactive file cache, which the docker client leaves out too."""
    stats = memory.get("stats") or {}
    return int(stats.get("total_inactive_file") or stats.get("inactive_file") or 0)
