"""Sandboxes without an engine: what a house, and its pool, ask of slipway/engine/sandboxes.py is our own interface."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field

from slipway.core import events as e
from slipway.settings import LabLimits

SMALL = LabLimits(sandboxes=1, warm=0, idle=1e9, idle_open=1e9, notice=0.1, line_patience=1e9)


@dataclass
class FakeSandbox:
    key: str
    coming: queue.Queue[e.Event | None] = field(default_factory=queue.Queue)


class FakeSandboxes:
    """slipway/engine/sandboxes.py, as far as a house asks of it: beds that are made and taken away."""

    def __init__(self, *keys: str) -> None:
        self.there = [FakeSandbox(key) for key in keys]
        self.made = self.rounds = 0  # of housekeeping, each of which begins with `wake`
        self.free: int | None = None
        self.paused: set[str] = set()
        self.claimed: set[str] = set()

    def create(self) -> FakeSandbox:
        self.made += 1
        self.there.append(FakeSandbox(f"bed{self.made}"))
        return self.there[-1]

    def all(self) -> list[FakeSandbox]:
        return list(self.there)

    def find(self, key: str) -> FakeSandbox | None:
        return next((bed for bed in self.there if bed.key == key), None)

    def spare(self) -> set[str]:
        return {bed.key for bed in self.there} - self.claimed

    def claim(self, bed: FakeSandbox) -> None:
        self.claimed.add(bed.key)

    def alive(self, bed: FakeSandbox) -> bool:
        return bed in self.there

    def line(self, bed: FakeSandbox, number: int, fresh: bool = False) -> None:
        raise RuntimeError("nobody types here")

    def warm(self, bed: FakeSandbox) -> None:
        """There is no shell to warm."""

    def remove(self, bed: FakeSandbox) -> None:
        self.there = [one for one in self.there if one is not bed]
        bed.coming.put(None)

    def wake(self) -> set[str]:
        self.rounds += 1
        woken, self.paused = self.paused, set()
        return woken

    def free_memory(self) -> int | None:
        return self.free

    def sweep(self, keep: set[str]) -> None:
        self.there = [bed for bed in self.there if bed.key in keep]
