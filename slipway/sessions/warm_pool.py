"""Spare sandboxes for the next learners, as many as the limits and the machine's memory allow.

Of the learners with a sandbox it knows only how many there are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from slipway.core.errors import UserFacingError
from slipway.sessions.engine_failures import SPARE, EngineFailures
from slipway.sessions.ports import SandboxService
from slipway.settings import LabLimits

REMOVAL_TIMEOUT = 60.0  # seconds that the removal of a sandbox may take

log = logging.getLogger(__name__)


class Pool:
    """`count_holders` returns how many learners have a sandbox, or may get one. `failures` gets failed attempts."""

    def __init__(
        self,
        sandboxes: SandboxService,
        limits: LabLimits,
        count_holders: Callable[[], int],
        failures: EngineFailures | None = None,
    ) -> None:
        self._sandboxes, self._limits, self._count_holders = sandboxes, limits, count_holders
        self._failures = failures or EngineFailures()
        self._spare: list[Any] = []
        self._lock = threading.Lock()
        self._filling = threading.Lock()
        self._low_memory = False

    def adopt(self, sandboxes: Iterable[Any]) -> None:
        """Start with the spare sandboxes of an earlier run."""
        self._spare = list(sandboxes)

    def add(self) -> None:
        """Create one more spare sandbox. Blocks. Raises SandboxFailed."""
        self._spare.append(self._create())

    def take(self) -> Any:
        """Remove a running sandbox from the pool and return it, or create one. Blocks. Raises SandboxFailed."""
        while True:
            with self._lock:
                sandbox = self._spare.pop(0) if self._spare else None
            if sandbox is None:
                return self._create()
            if self._sandboxes.is_running(sandbox):
                return sandbox
            self._discard(sandbox)

    def give_back(self, sandbox: Any) -> None:
        """Put a sandbox back that was taken and could not be assigned."""
        with self._lock:
            self._spare.insert(0, sandbox)

    def capacity(self) -> int:
        """Return how many learners can have a sandbox; while memory is low, no more than there are sandboxes now."""
        existing = self._count_holders() + len(self._spare)
        return min(self._limits.sandboxes, existing) if self._low_memory else self._limits.sandboxes

    def fill(self) -> None:
        """Create spare sandboxes up to the limit `warm`. Blocks, unless another thread is filling the pool."""
        if not self._filling.acquire(blocking=False):
            return
        try:
            while self._needs_spare():
                sandbox = self._create()
                with self._lock:
                    self._spare.append(sandbox)
            self._failures.over(SPARE)
        except Exception as error:
            self._failures.add(SPARE, error)
        finally:
            self._filling.release()

    def check_memory(self) -> None:
        """Find out whether memory is low; while it is, no sandbox is created for a further learner."""
        try:
            free = self._sandboxes.free_memory()
        except Exception as error:  # the engine may be away, or that sandbox just gone: the last result holds
            log.warning("The free memory is not known: %s", error)
            return
        low = free is not None and free < self._limits.kept_free
        if low != self._low_memory:
            log.warning("Memory is %s", "low: no further sandboxes" if low else "sufficient again")
        self._low_memory = low

    def _discard(self, sandbox: Any) -> None:
        try:
            self._sandboxes.remove(sandbox)
        except Exception as error:  # the next start removes it
            log.warning("Sandbox %s could not be removed: %s", sandbox.key, error)

    def _create(self) -> Any:
        self._wait_for_removals()
        sandbox = self._sandboxes.create()
        try:
            self._sandboxes.warm_up(sandbox)
        except Exception:
            self._discard(sandbox)  # or it would belong to nobody, and count against the limit
            raise
        self.check_memory()
        return sandbox

    def _wait_for_removals(self) -> None:
        """Wait until there are fewer sandboxes than the limit: one that is being removed exists for a moment."""
        deadline = time.monotonic() + REMOVAL_TIMEOUT
        while len(self._sandboxes.all()) >= self._limits.sandboxes:
            if time.monotonic() > deadline:
                raise UserFacingError(f"All {self._limits.sandboxes} sandboxes are in use.")
            time.sleep(0.5)

    def _needs_spare(self) -> bool:
        """Whether one more spare sandbox is wanted, and would take nobody's place."""
        promised = len(self._spare) + self._count_holders()
        existing = max(promised, len(self._sandboxes.all()))
        return len(self._spare) < self._limits.warm and existing < self._limits.sandboxes and not self._low_memory
