"""What the host grants to an engine container: its capabilities and its runtime, found with the first one that starts.

Learned once, under a lock, by whoever is first; the others wait for the answer. It is learned anew when the host
refuses what it granted before. Knows nothing of how a container is made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import TypeVar

from docker.errors import APIError

from slipway.engine.isolation import CAPABILITIES

SYSBOX = "sysbox-runc"
"""A runtime that is a boundary by itself, unlike the ordinary one; used where the host has it."""

T = TypeVar("T")


@dataclass(frozen=True)
class CapabilityGrant:
    """What to ask for: `runtime` is None for the host's default."""

    capabilities: tuple[str, ...]
    runtime: str | None


class HostCapabilities:
    """`runtimes` names those that the host has; `choices` are the sets of capabilities, the best first."""

    def __init__(
        self, runtimes: Callable[[], Container[str]], choices: Sequence[tuple[str, ...]] = CAPABILITIES
    ) -> None:
        self._runtimes, self._choices = runtimes, tuple(choices)
        self._granted: CapabilityGrant | None = None
        self._finding = threading.Lock()

    def start(self, start: Callable[[CapabilityGrant], T]) -> T:
        """What `start` answers, called with what the host grants.

        It may be called several times, and must leave nothing behind when it raises. Raises what `start` raised last.
        """
        known = self._granted
        if known is not None:
            try:
                return start(known)
            except APIError as error:
                if not _refused(error):
                    raise
        with self._finding:
            granted = self._granted
            if granted is None or granted == known:
                return self._find(start)
        return start(granted)  # somebody else has found it meanwhile

    def _find(self, start: Callable[[CapabilityGrant], T]) -> T:
        """Ask for less and less, until the host grants it."""
        runtime = SYSBOX if SYSBOX in self._runtimes() else None
        *better, least = [CapabilityGrant(capabilities, runtime) for capabilities in self._choices]
        for grant in better:
            try:
                return self._try(start, grant)
            except APIError as error:
                if not _refused(error):
                    raise
        return self._try(start, least)

    def _try(self, start: Callable[[CapabilityGrant], T], grant: CapabilityGrant) -> T:
        started = start(grant)
        self._granted = grant
        return started


def _refused(error: APIError) -> bool:
    """Whether a host says that it lacks a capability, or a runtime: in many ways, when it makes a container or starts
    it."""
    text = str(error).lower()
    return any(word in text for word in ("cap", "operation not permitted", "runtime name", "runtime specified"))
