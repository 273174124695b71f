"""A progress store for sessions whose progress nobody needs later: the proofs'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class InMemoryProgress:
    """A progress store in which nothing outlives the proof."""

    saved: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def verdicts(self, _learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Return no verdicts."""
        return self.saved

    def save_verdict(self, *_row: Any) -> None:
        """Forget the verdict."""

    def opened_at(self, _learner: str, _lesson: str) -> float | None:
        """Return that the lesson was never opened."""
        return None

    def save_opened_at(self, _learner: str, _lesson: str, _at: float) -> None:
        """Forget the time."""
