"""Saves one learner's verdicts and the times at which they opened lessons; survives a full disk.

What cannot be written waits in memory and is tried again; meanwhile reads return it. Knows the store through its port,
and neither sandboxes nor pages.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from slipway.core.lessons.checks import NOT_YET, Verdict
from slipway.core.payloads import verdict_payload
from slipway.core.rules.matchers import Match
from slipway.sessions.ports import ProgressStore

RETRY = 5.0  # seconds between two attempts to write
FULL = "The lab can't write to its disk. Your progress is kept in memory, and the lab keeps trying to save it."

log = logging.getLogger(__name__)


class ProgressWriter:
    """`on_status` is called with FULL when something could not be written, and with "" once everything is."""

    def __init__(
        self, learner: str, store: ProgressStore, on_status: Callable[[str], None], retry: float = RETRY
    ) -> None:
        self._learner, self._store, self._on_status, self._retry_seconds = learner, store, on_status, retry
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, str], Verdict | float] = {}  # (lesson, step) → verdict, (lesson, "") → opened at

    def verdicts(self, lesson: str) -> dict[str, Verdict]:
        """Return the known verdicts of a lesson by step, also those that wait to be written."""
        saved = self._store.verdicts(self._learner).get(lesson, {})
        known = {slug: _verdict(verdict) for slug, verdict in saved.items() if verdict["verdict"] != NOT_YET}
        with self._lock:
            pending = list(self._pending.items())
        return known | {
            slug: verdict for (of, slug), verdict in pending if of == lesson and isinstance(verdict, Verdict)
        }

    def open_since(self, lesson: str, now: float) -> float:
        """Return since when the lesson is open, on the engine's clock; from `now` on if it was not."""
        pending = self._pending.get((lesson, ""))
        saved = pending if isinstance(pending, float) else self._store.opened_at(self._learner, lesson)
        since = now if saved is None else saved
        self.set_opened(lesson, since)
        return since

    def set_opened(self, lesson: str, at: float) -> None:
        """Save that the lesson is open since `at`, and that it is the current one."""
        self._put((lesson, ""), at)

    def save_verdict(self, lesson: str, slug: str, verdict: Verdict) -> None:
        """Save a verdict, now or as soon as it can be written."""
        self._put((lesson, slug), verdict)

    def flush(self) -> None:
        """Write what waits, a last time; what still cannot be written is lost, and logged."""
        with self._lock:
            error, left = self._try_write(), len(self._pending)
        if error:
            log.error("%d verdicts and openings of %s could not be written: %s", left, self._learner, error)

    def _put(self, key: tuple[str, str], value: Verdict | float) -> None:
        """Queue a value in place of an older one with the same key, and write it unless a retry is under way."""
        with self._lock:
            waiting = bool(self._pending)
            self._pending.pop(key, None)
            self._pending[key] = value
        if not waiting:
            self._write()

    def _write(self) -> None:
        """Write what waits. `on_status` is called without the lock: a page that it reaches may ask for verdicts."""
        with self._lock:
            error = self._try_write()
        if error is None:
            self._on_status("")
            return
        log.warning("The progress of %s is not written yet, trying again later: %s", self._learner, error)
        self._on_status(FULL)
        timer = threading.Timer(self._retry_seconds, self._write)
        timer.daemon = True
        timer.start()

    def _try_write(self) -> Exception | None:
        """Write what waits, the oldest first, up to the first error. Return that error."""
        try:
            for key, value in list(self._pending.items()):
                self._write_one(*key, value)
                del self._pending[key]
        except Exception as error:
            return error
        return None

    def _write_one(self, lesson: str, slug: str, value: Verdict | float) -> None:
        if isinstance(value, Verdict):
            evidence = verdict_payload(value)["evidence"]
            self._store.save_verdict(self._learner, lesson, slug, value.value, evidence, value.why, value.at)
        else:
            self._store.save_opened_at(self._learner, lesson, value)


def _verdict(saved: Mapping[str, Any]) -> Verdict:
    evidence = tuple(Match(float(match["at"]), str(match["text"])) for match in saved.get("evidence") or ())
    return Verdict(saved["verdict"], evidence, saved.get("why") or "")
