"""What the host grants to an engine container (capabilities and runtime), found by starting the first one.

The first caller finds it, under a lock, while the others wait. It is found again when the host refuses what it granted
before. Knows nothing of how a container is created.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import TypeVar

from docker.errors import APIError

from slipway.engine.isolation import CAPABILITIES

SYSBOX = "sysbox-runc"
"""A runtime that isolates by itself, unlike the default one; used where the host has it."""

T = TypeVar("T")


@dataclass(frozen=True)
class CapabilityGrant:
    """What to ask the host for; `runtime` is None for its default."""

    capabilities: tuple[str, ...]
    runtime: str | None


class HostCapabilities:
    """`runtimes` returns the names of the host's runtimes; `choices` are sets of capabilities, the best first."""

    def __init__(
        self, runtimes: Callable[[], Container[str]], choices: Sequence[tuple[str, ...]] = CAPABILITIES
    ) -> None:
        self._runtimes, self._choices = runtimes, tuple(choices)
        self._granted: CapabilityGrant | None = None
        self._lock = threading.Lock()

    def start(self, start: Callable[[CapabilityGrant], T]) -> T:
        """Call `start` with what the host grants, and return its result.

        `start` may be called several times, and must leave nothing behind when it raises. Raises its last exception.
        """
        known = self._granted
        if known is not None:
            try:
                return start(known)
            except APIError as error:
                if not _is_refusal(error):
                    raise
        with self._lock:
            granted = self._granted
            if granted is None or granted == known:
                return self._find(start)
        return start(granted)  # another caller has found it meanwhile

    def _find(self, start: Callable[[CapabilityGrant], T]) -> T:
        """Ask for less each time, until the host grants it."""
        runtime = SYSBOX if SYSBOX in self._runtimes() else None
        *better, least = [CapabilityGrant(capabilities, runtime) for capabilities in self._choices]
        for grant in better:
            try:
                return self._try(start, grant)
            except APIError as error:
                if not _is_refusal(error):
                    raise
        return self._try(start, least)

    def _try(self, start: Callable[[CapabilityGrant], T], grant: CapabilityGrant) -> T:
        started = start(grant)
        self._granted = grant
        return started


def _is_refusal(error: APIError) -> bool:
    """Return whether the host lacks a capability or a runtime, which it reports in many ways on create or start."""
    text = str(error).lower()
    return any(word in text for word in ("cap", "operation not permitted", "runtime name", "runtime specified"))
