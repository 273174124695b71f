"""What learners did, on its way into the store and to whoever listens; nothing is lost while the disk is full.

What can't be written waits in memory, and is written in its order once it can be. Until then reports have it from
here. Knows neither seats nor pages.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from slipway.core.classroom.activity import Activity

AGAIN = 5.0  # seconds between two tries
MOST = 20_000  # that wait: a few megabytes
FULL = "%d activities wait to be written. Until some are, further ones are shown to the instructor, and not kept."

Key: TypeAlias = tuple[str, float, str, str]

log = logging.getLogger(__name__)


class ActivityStore(Protocol):
    """Where deeds are kept (slipway/store/class_store.py)."""

    def save_activity(self, deed: Activity) -> bool: ...
    def activities(self, learner: str | None = None, since: float = 0.0) -> Sequence[Activity]: ...


class ActivityLog:
    """`subscribers` are told each deed once, at once, whether or not it could be written."""

    def __init__(self, chronicle: ActivityStore, again: float = AGAIN, most: int = MOST) -> None:
        self._chronicle, self._again, self._most = chronicle, again, most
        self.subscribers: list[Callable[[Activity], None]] = []
        self._lock = threading.Lock()
        self._waiting: dict[Key, Activity] = {}

    def record(self, deed: Activity) -> None:
        """Keep what somebody did, now or as soon as it can be written; what is known already is no news."""
        with self._lock:
            new = self._await(deed) if self._waiting else self._keep(deed)
        if new:
            for subscriber in list(self.subscribers):
                subscriber(deed)

    def activities(self, learner: str | None = None, since: float = 0.0) -> list[Activity]:
        """What was done by everybody, or by one learner, at `since` or later, with what is not yet written."""
        with self._lock:
            kept = list(self._chronicle.activities(learner, since))
            waiting = [one for one in self._waiting.values() if one.at >= since and learner in (None, one.learner)]
        known = set(map(_key, kept)) if waiting else set()
        return kept + [one for one in waiting if _key(one) not in known]

    def flush(self) -> None:
        """Write what waits, a last time: the lab is about to end."""
        with self._lock:
            lost = 0 if self._write() else len(self._waiting)
        if lost:
            log.error("%d activities could not be written, and end with the lab", lost)

    def _keep(self, deed: Activity) -> bool:
        """Whether it is new; what can't be found out is."""
        try:
            return self._chronicle.save_activity(deed)
        except Exception as error:  # a full disk, say
            log.warning("What %s did is not written yet, and will be tried again: %s", deed.learner, error)
            self._waiting[_key(deed)] = deed
            self._try_again()
            return True

    def _await(self, deed: Activity) -> bool:
        """Behind those that wait already, so that the order stays. Whether it is new."""
        if _key(deed) in self._waiting or self._is_kept(deed):
            return False
        if len(self._waiting) < self._most:
            self._waiting[_key(deed)] = deed
            if len(self._waiting) == self._most:
                log.error(FULL, self._most)
        return True

    def _is_kept(self, deed: Activity) -> bool:
        """A terminal's log repeats its commands, also while nothing can be written."""
        try:
            return any(_key(one) == _key(deed) for one in self._chronicle.activities(deed.learner, deed.at))
        except Exception:  # nothing can be read either: then it is news
            return False

    def _retry(self) -> None:
        with self._lock:
            if not self._write():
                self._try_again()

    def _write(self) -> bool:
        """Write what waits, the oldest first; whether nothing waits any more."""
        count = len(self._waiting)
        try:
            for key, deed in list(self._waiting.items()):
                self._chronicle.save_activity(deed)
                del self._waiting[key]
        except Exception:
            return False
        if count:
            log.warning("%d activities that had waited are written", count)
        return True

    def _try_again(self) -> None:
        timer = threading.Timer(self._again, self._retry)
        timer.daemon = True
        timer.start()


def _key(deed: Activity) -> Key:
    """The same learner, kind, time and text are the same deed (core/deeds.py)."""
    return deed.learner, deed.at, deed.kind, deed.text
