"""The learners' activities on their way to the store and to subscribers; none is lost while the disk is full.

Activities that cannot be written wait in memory, and are written in their order as soon as that works; until then
reports get them from here. Knows neither sessions nor pages.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeAlias

from slipway.core.classroom.activity import Activity
from slipway.sessions.ports import ActivityStore

RETRY = 5.0  # seconds between two attempts to write
MAX_PENDING = 20_000  # activities that wait in memory: a few megabytes
FULL = "%d activities wait to be written. Until some are, further ones are shown to the instructor, but not saved."

Key: TypeAlias = tuple[str, float, str, str]

log = logging.getLogger(__name__)


class ActivityLog:
    """Each of `subscribers` is called once with each new activity, immediately, whether or not it could be written."""

    def __init__(self, store: ActivityStore, retry: float = RETRY, max_pending: int = MAX_PENDING) -> None:
        self._store, self._retry_seconds, self._max_pending = store, retry, max_pending
        self.subscribers: list[Callable[[Activity], None]] = []
        self._lock = threading.Lock()
        self._pending: dict[Key, Activity] = {}

    def record(self, activity: Activity) -> None:
        """Write the activity, now or as soon as possible, and call the subscribers unless it is known already."""
        with self._lock:
            is_new = self._append(activity) if self._pending else self._save(activity)
        if is_new:
            for subscriber in list(self.subscribers):
                subscriber(activity)

    def activities(self, learner: str | None = None, since: float = 0.0) -> list[Activity]:
        """Return the activities of one learner or of all, at `since` or later, with those that wait to be written.

        `since` is in seconds since the epoch.
        """
        with self._lock:
            saved = list(self._store.activities(learner, since))
            pending = [
                activity
                for activity in self._pending.values()
                if activity.at >= since and learner in (None, activity.learner)
            ]
        known = set(map(_key, saved)) if pending else set()
        return saved + [activity for activity in pending if _key(activity) not in known]

    def flush(self) -> None:
        """Write what waits, before the lab ends; what still cannot be written is lost, and logged."""
        with self._lock:
            lost = 0 if self._write_pending() else len(self._pending)
        if lost:
            log.error("%d activities could not be written, and are lost when the lab ends", lost)

    def _save(self, activity: Activity) -> bool:
        """Write an activity, or put it first in the queue. Whether it is new; if that is unknown, it counts as new."""
        try:
            return self._store.save_activity(activity)
        except Exception as error:  # e.g. a full disk
            log.warning("An activity of %s is not written yet, trying again later: %s", activity.learner, error)
            self._pending[_key(activity)] = activity
            self._schedule_retry()
            return True

    def _append(self, activity: Activity) -> bool:
        """Add an activity behind those that wait, which keeps the order. Whether it is new."""
        if _key(activity) in self._pending or self._is_saved(activity):
            return False
        if len(self._pending) < self._max_pending:
            self._pending[_key(activity)] = activity
            if len(self._pending) == self._max_pending:
                log.error(FULL, self._max_pending)
        return True

    def _is_saved(self, activity: Activity) -> bool:
        """Whether it was written before: a terminal's log repeats its commands, also while nothing can be written."""
        try:
            return any(_key(saved) == _key(activity) for saved in self._store.activities(activity.learner, activity.at))
        except Exception:  # the store cannot be read either: it counts as new
            return False

    def _retry(self) -> None:
        with self._lock:
            if not self._write_pending():
                self._schedule_retry()

    def _write_pending(self) -> bool:
        """Write what waits, the oldest first. Whether all of it was written."""
        count = len(self._pending)
        try:
            for key, activity in list(self._pending.items()):
                self._store.save_activity(activity)
                del self._pending[key]
        except Exception:
            return False
        if count:
            log.warning("%d waiting activities are written", count)
        return True

    def _schedule_retry(self) -> None:
        timer = threading.Timer(self._retry_seconds, self._retry)
        timer.daemon = True
        timer.start()


def _key(activity: Activity) -> Key:
    """Return what identifies an activity (core/classroom/activity.py)."""
    return activity.learner, activity.at, activity.kind, activity.text
