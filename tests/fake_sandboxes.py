"""Sandboxes without an engine, for the session manager and its pool: they stand for our own interface, not Docker's."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field

from slipway.core import events as e
from slipway.settings import LabLimits

SMALL = LabLimits(sandboxes=1, warm=0, idle=1e9, idle_open=1e9, notice=0.1, line_patience=1e9)


@dataclass
class FakeSandbox:
    key: str
    journal: queue.Queue[e.Event | None] = field(default_factory=queue.Queue)


class FakeSandboxes:
    """The SandboxService of slipway/sessions/ports.py: sandboxes that are created and removed."""

    def __init__(self, *keys: str) -> None:
        self.existing = [FakeSandbox(key) for key in keys]
        self.created = self.rounds = 0  # each round of housekeeping begins with `unpause_all`
        self.free: int | None = None
        self.paused: set[str] = set()
        self.claimed: set[str] = set()
        self.outdated: set[str] = set()

    def create(self) -> FakeSandbox:
        self.created += 1
        self.existing.append(FakeSandbox(f"sandbox{self.created}"))
        return self.existing[-1]

    def all(self) -> list[FakeSandbox]:
        return list(self.existing)

    def find(self, key: str) -> FakeSandbox | None:
        return next((sandbox for sandbox in self.existing if sandbox.key == key), None)

    def spare_keys(self) -> set[str]:
        return {sandbox.key for sandbox in self.existing} - self.claimed

    def claim(self, sandbox: FakeSandbox) -> None:
        self.claimed.add(sandbox.key)

    def is_running(self, sandbox: FakeSandbox) -> bool:
        return sandbox in self.existing

    def is_current(self, sandbox: FakeSandbox) -> bool:
        return sandbox.key not in self.outdated

    def attach(self, sandbox: FakeSandbox, number: int, new_shell: bool = False) -> None:
        raise RuntimeError("a fake sandbox has no shell")

    def warm_up(self, sandbox: FakeSandbox) -> None:
        """Do nothing: there is no shell."""

    def remove(self, sandbox: FakeSandbox) -> None:
        self.existing = [one for one in self.existing if one is not sandbox]
        sandbox.journal.put(None)

    def unpause_all(self) -> set[str]:
        self.rounds += 1
        woken, self.paused = self.paused, set()
        return woken

    def free_memory(self) -> int | None:
        return self.free

    def remove_except(self, keep: set[str]) -> None:
        self.existing = [sandbox for sandbox in self.existing if sandbox.key in keep]
