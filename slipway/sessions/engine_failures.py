"""Who has no engine at the moment, and why: logged, counted, and kept for the instructor's dashboard until it is over.

Any thread or greenlet may call. Knows errors, and neither engines nor pages.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter

from slipway.core.engine_failure import EngineFailure, classify_failure

SPARE = ""
"""In a learner's place: an engine that is to be kept ready for whoever comes next."""

log = logging.getLogger(__name__)


class EngineFailures:
    """The failures of one lab, by learner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: dict[str, EngineFailure] = {}
        self._counts: Counter[str] = Counter()

    def add(self, learner: str, error: Exception) -> EngineFailure:
        """The learner has no engine because of this error."""
        found = self.log(f"No engine for {learner}" if learner else "No spare engine", error)
        with self._lock:
            self._current[learner] = found
        return found

    def over(self, learner: str) -> None:
        """The learner has an engine, or wants none any more."""
        with self._lock:
            self._current.pop(learner, None)

    def all(self) -> dict[str, EngineFailure]:
        """The failures that last, by learner."""
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
