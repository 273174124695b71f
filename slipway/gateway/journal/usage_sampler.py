"""What the running containers use right now, from the engine's own `stats` and `top`, noted in the journal.

Nobody has to ask: a picture of slices wants their processes and their shares. It is looked soon after something began
or ended, and every few seconds else; the less changes, the more seldom (BRISK to CALM). A line is written only when
what it says has changed, so that an idle engine writes none: at the very most one of some 2 KiB in BRISK seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from slipway.gateway.engine_client import EngineClient
from slipway.gateway.journal.journal import Journal

BRISK, CALM = 3.0, 24.0  # seconds between two looks
SETTLE = 0.2  # seconds after something happened: a shell that begins is still becoming what it runs
MOST = 6  # containers that are looked at, the newest ones: as many slices as a picture has room for
LINES = 12  # processes of each
LETTERS = 80  # of each process's command
MEMORY, SHARE = 0.1, 5.0  # by how much (a part of the whole, per cent of one processor) a change is worth a line


class UsageSampler:
    """Looks for as long as the gateway lives. `clock` gives seconds."""

    def __init__(self, engine: EngineClient, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock
        self._stirred = asyncio.Event()
        self._worked: dict[str, tuple[float, int]] = {}
        self._told: list[dict[str, Any]] = []

    def stir(self) -> None:
        """Something began or ended: look soon."""
        self._stirred.set()

    async def follow(self) -> None:
        """Until cancelled."""
        pause = BRISK
        while True:
            self._stirred.clear()
            changed = await self._look()
            pause = BRISK if changed else min(pause * 2, CALM)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), pause)
                await asyncio.sleep(SETTLE)

    async def _look(self) -> bool:
        """Whether there was something new to say."""
        running = await self._engine.get("/containers/json")
        ids = [str(raw["Id"]) for raw in running[:MOST]] if isinstance(running, list) else []
        found = [await self._one(id) for id in ids]
        seen = [one for one in found if one]
        self._worked = {id: worked for id, worked in self._worked.items() if any(one["id"] == id for one in seen)}
        if not differs(self._told, seen):
            return False
        self._told = seen
        self._journal.write("use", containers=seen)
        return True

    async def _one(self, id: str) -> dict[str, Any] | None:
        stats = await self._engine.get(f"/containers/{id}/stats?stream=false&one-shot=true")
        top = await self._engine.get(f"/containers/{id}/top?ps_args=-o%20pid,ppid,args")
        if not isinstance(stats, dict) or not isinstance(top, dict):
            return None
        memory = stats.get("memory_stats") or {}
        spent = int(((stats.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage") or 0)
        return {
            "id": id,
            "memory": max(0, int(memory.get("usage") or 0) - _cached(memory)),
            "limit": int(memory.get("limit") or 0),
            "share": self._share(id, spent),
            "processes": processes(top),
        }

    def _share(self, id: str, spent: int) -> float:
        """Of one processor, in per cent, since the last look."""
        now = self._clock()
        before, known = self._worked.get(id, (now, spent))
        self._worked[id] = (now, spent)
        return round(100 * (spent - known) / 1e9 / (now - before), 1) if now > before else 0.0


def differs(told: list[dict[str, Any]], seen: list[dict[str, Any]]) -> bool:
    """Whether `seen` is worth a line after `told`."""
    if [(one["id"], one["processes"]) for one in told] != [(one["id"], one["processes"]) for one in seen]:
        return True
    pairs = list(zip(told, seen, strict=True))
    return any(
        abs(now["memory"] - was["memory"]) > MEMORY * max(was["memory"], 1 << 20)
        or abs(now["share"] - was["share"]) > SHARE
        for was, now in pairs
    )


def processes(top: dict[str, Any]) -> list[list[Any]]:
    """`[[number, command, number of its parent], …]` of an answer to `top`."""
    rows = [[str(word) for word in row] for row in top.get("Processes") or []]
    rows = [row for row in rows if len(row) >= 3 and row[0].isdecimal() and row[1].isdecimal()]
    return [[int(row[0]), " ".join(row[2:])[:LETTERS], int(row[1])] for row in rows[:LINES]]


def _cached(memory: dict[str, Any]) -> int:
    """What the client leaves out as well: files that the kernel only keeps in memory while nobody needs the room."""
    kept = memory.get("stats") or {}
    return int(kept.get("total_inactive_file") or kept.get("inactive_file") or 0)
