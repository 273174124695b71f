"""One learner's page in the store: what they passed, and when they opened what; it goes on when the disk is full.

Knows neither sandboxes nor pages; whoever wants to know that something could not be written is told in a sentence.
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

AGAIN = 5.0  # seconds between two tries
FULL = "The lab can't write to its disk. What you pass is remembered while it runs, and it goes on trying."

log = logging.getLogger(__name__)


class ProgressWriter:
    """`told` is given FULL when something could not be written, and "" once everything is."""

    def __init__(self, learner: str, store: ProgressStore, told: Callable[[str], None], again: float = AGAIN) -> None:
        self._learner, self._store, self._told, self._again = learner, store, told, again
        self._lock = threading.Lock()
        self._unwritten: dict[tuple[str, str], Verdict | float] = {}  # a verdict by its step, an opening by no step

    def verdicts(self, lesson: str) -> dict[str, Verdict]:
        """What is known of each step of a lesson."""
        kept = self._store.verdicts(self._learner).get(lesson, {})
        known = {slug: _verdict(one) for slug, one in kept.items() if one["verdict"] != NOT_YET}
        with self._lock:
            waiting = list(self._unwritten.items())
        return known | {slug: one for (of, slug), one in waiting if of == lesson and isinstance(one, Verdict)}

    def open_since(self, lesson: str, now: float) -> float:
        """Since when the lesson is open; it is from `now` on, if it was not."""
        waiting = self._unwritten.get((lesson, ""))
        kept = waiting if isinstance(waiting, float) else self._store.opened_at(self._learner, lesson)
        since = now if kept is None else kept
        self.set_opened(lesson, since)
        return since

    def set_opened(self, lesson: str, at: float) -> None:
        """The lesson is open since `at`, whatever was before."""
        self._put((lesson, ""), at)

    def save_verdict(self, lesson: str, slug: str, verdict: Verdict) -> None:
        """Keep a verdict, now or as soon as it can be written."""
        self._put((lesson, slug), verdict)

    def flush(self) -> None:
        """Write what could not be written before, a last time."""
        with self._lock:
            error, left = self._try(), len(self._unwritten)
        if error:
            log.error("%d verdicts and openings of %s could not be written: %s", left, self._learner, error)

    def _put(self, key: tuple[str, str], what: Verdict | float) -> None:
        """The newest takes the place of the one before it, in a turn of its own."""
        with self._lock:
            waiting = bool(self._unwritten)
            self._unwritten.pop(key, None)
            self._unwritten[key] = what
        if not waiting:
            self._write()

    def _write(self) -> None:
        """What is told is told without the lock: a page that is told may be asking just now."""
        with self._lock:
            error = self._try()
        if error is None:
            self._told("")
            return
        log.warning("Not written for %s, to be tried again: %s", self._learner, error)
        self._told(FULL)
        timer = threading.Timer(self._again, self._write)
        timer.daemon = True
        timer.start()

    def _try(self) -> Exception | None:
        """Write what waits, the oldest first, until something can't be written: why."""
        try:
            for key, what in list(self._unwritten.items()):
                self._write_one(*key, what)
                del self._unwritten[key]
        except Exception as error:
            return error
        return None

    def _write_one(self, lesson: str, slug: str, what: Verdict | float) -> None:
        if isinstance(what, Verdict):
            told = verdict_payload(what)
            self._store.save_verdict(self._learner, lesson, slug, what.value, told["evidence"], what.why, what.at)
        else:
            self._store.save_opened_at(self._learner, lesson, what)


def _verdict(kept: Mapping[str, Any]) -> Verdict:
    evidence = tuple(Match(float(one["at"]), str(one["text"])) for one in kept.get("evidence") or ())
    return Verdict(kept["verdict"], evidence, kept.get("why") or "")
