"""The lookout: knows at every moment where everybody in the class is, tells the instructor, and carries their words.

Hears each deed once (by `on_activity`) and who comes and goes, folds them with the pure core,
and tells whoever watches the differences, at most a few times a second. Knows no web and no store; each learner hears
only of themselves.
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

PAUSE = 0.25  # seconds between two tellings: four a second are as good as at once
LOOK = 1.0  # seconds after which to look again though nothing happened: silence makes people idle, or slow

NOT_HERE = "None of them is in this class any more."
TOO_LONG = f"That is too long to be read in passing. Say it in {MAX_TEXT_LENGTH} characters."
NOTHING_SAID = "There is nothing to send yet. Write a sentence first."

Listener: TypeAlias = Callable[[str, dict[str, Any]], None]

log = logging.getLogger(__name__)


class MemberSource(Protocol):
    """Who is in the class (slipway/classroom/members.py)."""

    def people(self) -> Sequence[Person]: ...


class ClassMonitor:
    """`record_activity` keeps a deed, which comes back as `on_activity`; `past` is all before. `shorts` has names of
    a few words for the lessons' sentences. `failures` answers who has no engine, and why."""

    def __init__(
        self,
        classroom: MemberSource,
        record_activity: Callable[[Activity], None],
        past: Iterable[Activity] = (),
        shorts: Mapping[str, str] = MappingProxyType({}),
        clock: Callable[[], float] = time.time,
        failures: Callable[[], Mapping[str, EngineFailure]] = dict,
    ) -> None:
        self._classroom, self._record_activity, self._shorts, self._clock = classroom, record_activity, shorts, clock
        self._failures = failures
        self._places = fold_activities(past)
        self._pages: Counter[str] = Counter()
        self._gone: dict[str, float] = {}
        self._chart: Dashboard = EMPTY_DASHBOARD
        self._watchers: list[Listener] = []
        self._pagers: dict[str, list[Listener]] = {}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._looking = False

    # What happens

    def on_activity(self, deed: Activity) -> None:
        """Somebody did something, or something was done for them."""
        with self._lock:
            before = self._places.get(deed.learner, LearnerProgress())
            self._places[deed.learner] = after = apply_activity(before, deed)
            if _asking(before) != _asking(after):
                self._tell_learner(deed.learner, "help")
            if before.messages != after.messages:
                self._tell_learner(deed.learner, "told")
        self._wake.set()

    def connect(self, learner: str, listener: Listener) -> None:
        """A page of this learner is connected."""
        with self._lock:
            self._pages[learner] += 1
            self._gone.pop(learner, None)
            self._pagers.setdefault(learner, []).append(listener)
        self._wake.set()

    def disconnect(self, learner: str, listener: Listener) -> None:
        """A page of this learner is connected no more."""
        with self._lock:
            self._pages[learner] -= 1
            if not self._pages[learner]:
                del self._pages[learner], self._pagers[learner]
                self._gone[learner] = self._clock()
            else:
                self._pagers[learner].remove(listener)
        self._wake.set()

    # For an instructor

    def watch(self, listener: Listener) -> Dashboard:
        """Everything as it is, and from now on `wall` with each difference."""
        with self._lock:
            self._tell(self._look())
            if listener not in self._watchers:
                self._watchers.append(listener)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._keep_looking, name="lookout", daemon=True).start()
            return {**self._chart, "at": self._clock()}

    def unwatch(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._watchers:
                self._watchers.remove(listener)

    def send_message(self, learners: Sequence[str], lesson: str, step: str, text: str) -> int:
        """Tell these learners a sentence at a step; how many there are. Raises ValueError with a sentence."""
        if not text.strip():
            raise ValueError(NOTHING_SAID)
        if len(text) > MAX_TEXT_LENGTH:
            raise ValueError(TOO_LONG)
        here = [one.learner for one in self._classroom.people() if one.learner in set(learners)]
        if not here:
            raise ValueError(NOT_HERE)
        for learner in here:
            self._record_activity(Activity(learner, self._clock(), lesson, step, "told", text.strip()))
        return len(here)

    def record(self, learner: str, kind: ActivityKind, text: str = "") -> None:
        """Note `help`, `seen`, `settled` or `read` of a learner, where they are; what changes nothing is no deed."""
        place = self._places.get(learner, LearnerProgress())
        deed = Activity(learner, self._clock(), place.lesson, place.step, kind, text)
        after = apply_activity(place, deed)
        if (_asking(place), place.messages) != (_asking(after), after.messages):
            self._record_activity(deed)

    # For a learner

    def learner_status(self, learner: str) -> dict[str, Any]:
        """What a learner may know of all this: what they were told, and what became of their asking."""
        place = self._places.get(learner, LearnerProgress())
        told = [{"id": one.id, "lesson": one.lesson, "step": one.step, "text": one.text} for one in place.messages]
        return {"help": ("seen" if place.help_seen else "asked") if place.help_requested_at else "none", "told": told}

    # Private

    def _look(self) -> Dashboard:
        """Look at everybody; the difference to what was seen before."""
        with self._lock:
            people = self._classroom.people()
            present = {one.learner: None if self._pages[one.learner] else self._since(one.learner) for one in people}
            failures = self._failures_of(people)
            seen = build_dashboard(
                learner_statuses(people, self._places, present, self._clock()), self._shorts, failures
            )
            told, self._chart = diff(self._chart, seen), seen
            return told

    def _failures_of(self, people: Sequence[Person]) -> dict[str, EngineFailure]:
        """Of those who are in the class, of the instructor, and of the engine that nobody has yet."""
        here = {one.learner for one in people} | {INSTRUCTOR, SPARE}
        return {learner: failure for learner, failure in self._failures().items() if learner in here}

    def _since(self, learner: str) -> float:
        return self._gone.get(learner, 0.0)

    def _keep_looking(self) -> None:
        while True:
            self._wake.wait(LOOK)
            self._wake.clear()
            with self._lock:
                if not self._watchers:
                    self._looking = False
                    return
                self._tell(self._look())
            time.sleep(PAUSE)

    def _tell(self, told: Dashboard) -> None:
        if told:
            for listener in list(self._watchers):
                listener("wall", {**told, "at": self._clock()})

    def _tell_learner(self, learner: str, what: str) -> None:
        """Tell the learner's pages what has changed: `help` as it is called there too, `told` as `pushed`."""
        payload = {what: self.learner_status(learner)[what]}
        for listener in list(self._pagers.get(learner, ())):
            listener({"told": "pushed"}.get(what, what), payload)


def _asking(place: LearnerProgress) -> tuple[float, bool]:
    return place.help_requested_at, place.help_seen
