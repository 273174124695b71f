"""Which learners have no engine at the moment, and why: logged, counted, and shown on the dashboard until it is over.

Any thread or greenlet may call. Knows errors, and neither engines nor pages.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter

from slipway.core.engine_failure import EngineFailure, classify_failure

SPARE = ""
"""The learner of a failure that concerns no learner yet: a spare sandbox could not be created."""

log = logging.getLogger(__name__)


class EngineFailures:
    """The failures of one lab, by learner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: dict[str, EngineFailure] = {}
        self._counts: Counter[str] = Counter()

    def add(self, learner: str, error: Exception) -> EngineFailure:
        """Log the error because of which the learner has no engine, and keep it until `over`."""
        found = self.log(f"No engine for {learner}" if learner else "No spare engine", error)
        with self._lock:
            self._current[learner] = found
        return found

    def over(self, learner: str) -> None:
        """Remove the learner's failure: they have an engine, or need none. Idempotent."""
        with self._lock:
            self._current.pop(learner, None)

    def all(self) -> dict[str, EngineFailure]:
        """Return the current failures by learner."""
        with self._lock:
            return dict(self._current)

    def log(self, what: str, error: Exception) -> EngineFailure:
        """Log an error: an internal one with its traceback the first time, and with a count after that."""
        found = classify_failure(error)
        with self._lock:
            self._counts[found.kind] += 1
            count = self._counts[found.kind]
        if found.cause != "internal":
            log.warning("%s: %s", what, error)
        elif count == 1:
            log.error("%s, because of an internal error", what, exc_info=error)
        else:
            log.warning("%s: %s: %s (%d times so far)", what, type(error).__name__, error, count)
        return found
