"""Follows the progress of the class for the instructor's dashboard, and carries the instructor's messages to learners.

Gets each activity once, and who connects and disconnects; folds them with the pure core, and sends dashboards the
differences, a few times a second at most. Knows no web and no store. A learner's pages are sent nothing of others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from slipway.core.classroom.activity import MAX_TEXT_LENGTH, Activity, ActivityKind
from slipway.core.classroom.dashboard import learner_statuses
from slipway.core.classroom.dashboard_diff import EMPTY_DASHBOARD, Dashboard, build_dashboard, diff
from slipway.core.classroom.members import INSTRUCTOR, Person
from slipway.core.classroom.progress import LearnerProgress, apply_activity, fold_activities
from slipway.core.engine_failure import EngineFailure
from slipway.sessions.engine_failures import SPARE

SEND_INTERVAL = 0.25  # seconds between two updates of a dashboard: four a second look immediate
REFRESH_INTERVAL = 1.0  # seconds until an update without an activity: silence makes learners idle, or slow

NOT_HERE = "None of these learners is in this class any more."
TOO_LONG = f"The message is too long. Use {MAX_TEXT_LENGTH} characters at most."
NOTHING_SAID = "There is nothing to send yet. Write a message first."

Listener: TypeAlias = Callable[[str, dict[str, Any]], None]
"""Called with the name (`wall`, `help`, `pushed`) and the payload of a message to a page."""

log = logging.getLogger(__name__)


class MemberSource(Protocol):
    """The members of the class (slipway/classroom/members.py)."""

    def people(self) -> Sequence[Person]:
        """Return the members of the class."""
        ...


class ClassMonitor:
    """The progress of all members.

    `record_activity` saves an activity, which comes back by `on_activity`; `history` has all activities before.
    `mistake_names` has short names for the lessons' sentences. `failures` returns the learners without an engine.
    """

    def __init__(
        self,
        classroom: MemberSource,
        record_activity: Callable[[Activity], None],
        history: Iterable[Activity] = (),
        mistake_names: Mapping[str, str] = MappingProxyType({}),
        clock: Callable[[], float] = time.time,
        failures: Callable[[], Mapping[str, EngineFailure]] = dict,
    ) -> None:
        self._classroom, self._record_activity = classroom, record_activity
        self._mistake_names, self._clock, self._failures = mistake_names, clock, failures
        self._progress = fold_activities(history)
        self._page_counts: Counter[str] = Counter()
        self._disconnected_at: dict[str, float] = {}
        self._dashboard: Dashboard = EMPTY_DASHBOARD
        self._watchers: list[Listener] = []
        self._learner_pages: dict[str, list[Listener]] = {}
        self._lock = threading.RLock()
        self._changed = threading.Event()
        self._is_updating = False

    # What happens

    def on_activity(self, activity: Activity) -> None:
        """Update the learner's progress, and send their pages what concerns them."""
        with self._lock:
            before = self._progress.get(activity.learner, LearnerProgress())
            self._progress[activity.learner] = after = apply_activity(before, activity)
            if _help_request(before) != _help_request(after):
                self._send_to_learner(activity.learner, "help", "help")
            if before.messages != after.messages:
                self._send_to_learner(activity.learner, "pushed", "told")
        self._changed.set()

    def connect(self, learner: str, listener: Listener) -> None:
        """Add a page of this learner."""
        with self._lock:
            self._page_counts[learner] += 1
            self._disconnected_at.pop(learner, None)
            self._learner_pages.setdefault(learner, []).append(listener)
        self._changed.set()

    def disconnect(self, learner: str, listener: Listener) -> None:
        """Remove a page of this learner."""
        with self._lock:
            self._page_counts[learner] -= 1
            if not self._page_counts[learner]:
                del self._page_counts[learner], self._learner_pages[learner]
                self._disconnected_at[learner] = self._clock()
            else:
                self._learner_pages[learner].remove(listener)
        self._changed.set()

    # For the instructor

    def watch(self, listener: Listener) -> Dashboard:
        """Return the whole dashboard, and send `listener` each difference from now on."""
        with self._lock:
            self._send(self._update())
            if listener not in self._watchers:
                self._watchers.append(listener)
            if not self._is_updating:
                self._is_updating = True
                threading.Thread(target=self._update_loop, name="class-monitor", daemon=True).start()
            return {**self._dashboard, "at": self._clock()}

    def unwatch(self, listener: Listener) -> None:
        """Stop sending differences. Idempotent."""
        with self._lock:
            if listener in self._watchers:
                self._watchers.remove(listener)

    def send_message(self, learners: Sequence[str], lesson: str, step: str, text: str) -> int:
        """Send a message about a step to learners, and return to how many. Raises ValueError with a sentence."""
        if not text.strip():
            raise ValueError(NOTHING_SAID)
        if len(text) > MAX_TEXT_LENGTH:
            raise ValueError(TOO_LONG)
        recipients = [person.learner for person in self._classroom.people() if person.learner in set(learners)]
        if not recipients:
            raise ValueError(NOT_HERE)
        for learner in recipients:
            self._record_activity(Activity(learner, self._clock(), lesson, step, "told", text.strip()))
        return len(recipients)

    def record(self, learner: str, kind: ActivityKind, text: str = "") -> None:
        """Record `help`, `seen`, `settled` or `read` at the learner's step, unless it would change nothing."""
        before = self._progress.get(learner, LearnerProgress())
        activity = Activity(learner, self._clock(), before.lesson, before.step, kind, text)
        after = apply_activity(before, activity)
        if (_help_request(before), before.messages) != (_help_request(after), after.messages):
            self._record_activity(activity)

    # For a learner

    def learner_status(self, learner: str) -> dict[str, Any]:
        """Return what a learner may know: the messages to them, and the state of their request for help."""
        progress = self._progress.get(learner, LearnerProgress())
        messages = [
            {"id": message.id, "lesson": message.lesson, "step": message.step, "text": message.text}
            for message in progress.messages
        ]
        return {
            "help": ("seen" if progress.help_seen else "asked") if progress.help_requested_at else "none",
            "told": messages,
        }

    # Private

    def _update(self) -> Dashboard:
        """Compute the dashboard anew, and return the difference to the last one."""
        with self._lock:
            people = self._classroom.people()
            absent_since = {person.learner: self._absent_since(person.learner) for person in people}
            statuses = learner_statuses(people, self._progress, absent_since, self._clock())
            current = build_dashboard(statuses, self._mistake_names, self._failures_of(people))
            difference, self._dashboard = diff(self._dashboard, current), current
            return difference

    def _absent_since(self, learner: str) -> float | None:
        """Return since when no page of the learner is connected: None while one is, 0.0 if none ever was."""
        return None if self._page_counts[learner] else self._disconnected_at.get(learner, 0.0)

    def _failures_of(self, people: Sequence[Person]) -> dict[str, EngineFailure]:
        """Return the failures of members, of the instructor, and of spare sandboxes."""
        shown = {person.learner for person in people} | {INSTRUCTOR, SPARE}
        return {learner: failure for learner, failure in self._failures().items() if learner in shown}

    def _update_loop(self) -> None:
        """Send differences until nobody watches."""
        while True:
            self._changed.wait(REFRESH_INTERVAL)
            self._changed.clear()
            with self._lock:
                if not self._watchers:
                    self._is_updating = False
                    return
                self._send(self._update())
            time.sleep(SEND_INTERVAL)

    def _send(self, difference: Dashboard) -> None:
        if difference:
            for listener in list(self._watchers):
                listener("wall", {**difference, "at": self._clock()})

    def _send_to_learner(self, learner: str, name: str, key: str) -> None:
        """Send one part of their status to the learner's pages."""
        payload = {key: self.learner_status(learner)[key]}
        for listener in list(self._learner_pages.get(learner, ())):
            listener(name, payload)


def _help_request(progress: LearnerProgress) -> tuple[float, bool]:
    return progress.help_requested_at, progress.help_seen
