"""Warm sandboxes for whoever comes next, and no more of them than the limits and the machine's memory allow.

Counts what there is, and knows nobody who sits in one: only how many do.
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

ROOM = 60.0  # seconds that a sandbox may take to be removed

log = logging.getLogger(__name__)


class Pool:
    """`seated` says how many learners have, or are promised, an engine; `failures` are told why none could be made."""

    def __init__(
        self,
        sandboxes: SandboxService,
        limits: LabLimits,
        seated: Callable[[], int],
        failures: EngineFailures | None = None,
    ) -> None:
        self._sandboxes, self._limits, self._seated = sandboxes, limits, seated
        self._failures = failures or EngineFailures()
        self._warm: list[Any] = []
        self._lock = threading.Lock()
        self._filling = threading.Lock()
        self._short = False  # of memory

    def begin(self, free: Iterable[Any]) -> None:
        """With what an earlier run left, and nobody sits in."""
        self._warm = list(free)

    def add(self) -> None:
        """One more, now. Raises SandboxFailed."""
        self._warm.append(self._create())

    def take(self) -> Any:
        """A warm one that lives, else a new one."""
        while True:
            with self._lock:
                sandbox = self._warm.pop(0) if self._warm else None
            if sandbox is None:
                return self._create()
            if self._sandboxes.is_running(sandbox):
                return sandbox
            self._discard(sandbox)

    def give_back(self, sandbox: Any) -> None:
        """One that was taken, and became nobody's."""
        with self._lock:
            self._warm.insert(0, sandbox)

    def most(self) -> int:
        """For how many there are engines; on a machine that is short of memory, no more than are there already."""
        there = self._seated() + len(self._warm)
        return min(self._limits.sandboxes, there) if self._short else self._limits.sandboxes

    def fill(self) -> None:
        """Have `warm` sandboxes ready; one filler at a time."""
        if not self._filling.acquire(blocking=False):
            return
        try:
            while self._spare():
                sandbox = self._create()
                with self._lock:
                    self._warm.append(sandbox)
            self._failures.over(SPARE)
        except Exception as error:
            self._failures.add(SPARE, error)
        finally:
            self._filling.release()

    def look_at_memory(self) -> None:
        """No new engine while the machine is short of memory."""
        try:
            free = self._sandboxes.free_memory()
        except Exception as error:  # the engine may be away, or that sandbox just gone: it stays as it was
            log.warning("The free memory is not known: %s", error)
            return
        short = free is not None and free < self._limits.kept_free
        if short != self._short:
            log.warning("The machine is %s", "short of memory: no new engine" if short else "no longer short of memory")
        self._short = short

    def _discard(self, sandbox: Any) -> None:
        try:
            self._sandboxes.remove(sandbox)
        except Exception as error:  # the next start sweeps it
            log.warning("Sandbox %s could not be removed: %s", sandbox.key, error)

    def _create(self) -> Any:
        self._await_room()
        sandbox = self._sandboxes.create()
        try:
            self._sandboxes.warm_up(sandbox)
        except Exception:
            self._discard(sandbox)  # or it would be nobody's, and take up a place
            raise
        self.look_at_memory()
        return sandbox

    def _await_room(self) -> None:
        """An engine that is being given back is still there for a moment."""
        until = time.monotonic() + ROOM
        while len(self._sandboxes.all()) >= self._limits.sandboxes:
            if time.monotonic() > until:
                raise UserFacingError(f"The house is full: all {self._limits.sandboxes} engines are in use.")
            time.sleep(0.5)

    def _spare(self) -> bool:
        """Whether one more warm sandbox is wanted, and nobody else's."""
        promised = len(self._warm) + self._seated()
        there = max(promised, len(self._sandboxes.all()))
        return len(self._warm) < self._limits.warm and there < self._limits.sandboxes and not self._short
