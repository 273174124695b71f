"""One learner's page in the store: what they passed, and when they opened what; it goes on when the disk is full.

Knows neither sandboxes nor pages; whoever wants to know that something could not be written is told in a sentence.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from slipway.core.checks import NOT_YET, Verdict
from slipway.core.fitting import Match
from slipway.core.telling import in_words
from slipway.lodging import Keeper

AGAIN = 5.0  # seconds between two tries
FULL = "The lab can't write to its disk. What you pass is remembered while it runs, and it goes on trying."

log = logging.getLogger(__name__)


class Ledger:
    """`told` is given FULL when something could not be written, and "" once everything is."""

    def __init__(self, learner: str, keeper: Keeper, told: Callable[[str], None], again: float = AGAIN) -> None:
        self._learner, self._keeper, self._told, self._again = learner, keeper, told, again
        self._lock = threading.Lock()
        self._unwritten: list[tuple[str, str, Verdict]] = []

    def verdicts(self, lesson: str) -> dict[str, Verdict]:
        """What is known of each step of a lesson."""
        kept = self._keeper.verdicts(self._learner).get(lesson, {})
        known = {slug: _verdict(one) for slug, one in kept.items() if one["verdict"] != NOT_YET}
        return known | {slug: verdict for of, slug, verdict in self._unwritten if of == lesson}

    def opened(self, lesson: str, now: float) -> float:
        """Since when the lesson is open; it is from `now` on, if it was not."""
        kept = self._keeper.opened(self._learner, lesson)
        since = now if kept is None else kept
        self.open(lesson, since)
        return since

    def open(self, lesson: str, at: float) -> None:
        """The lesson is open since `at`, whatever was before."""
        try:
            self._keeper.keep_opened(self._learner, lesson, at)
        except Exception as error:
            self._failed(error)

    def keep(self, lesson: str, slug: str, verdict: Verdict) -> None:
        """Keep a verdict, now or as soon as it can be written."""
        with self._lock:
            self._unwritten.append((lesson, slug, verdict))
            waiting = len(self._unwritten) > 1
        if not waiting:
            self._write()

    def _write(self) -> None:
        with self._lock:
            failed = False
            while self._unwritten and not failed:
                failed = not self._written(*self._unwritten[0])
                if not failed:
                    self._unwritten.pop(0)
        if failed:
            timer = threading.Timer(self._again, self._write)
            timer.daemon = True
            timer.start()
        else:
            self._told("")

    def _written(self, lesson: str, slug: str, verdict: Verdict) -> bool:
        told = in_words(verdict)
        try:
            self._keeper.keep_verdict(
                self._learner, lesson, slug, verdict.value, told["evidence"], verdict.why, verdict.at
            )
        except Exception as error:
            self._failed(error)
            return False
        return True

    def _failed(self, error: Exception) -> None:
        log.warning("Not written for %s, to be tried again: %s", self._learner, error)
        self._told(FULL)


def _verdict(kept: Mapping[str, Any]) -> Verdict:
    evidence = tuple(Match(float(one["at"]), str(one["text"])) for one in kept.get("evidence") or ())
    return Verdict(kept["verdict"], evidence, kept.get("why") or "")
