"""All seats of the lab, and who waits for one.

Hands out the seats, remembers who sits where (in the store, so that a restart finds everybody again), and takes back
what nobody has used for a while. How many sandboxes there are is the pool's business. Knows the engine and the store as
app.py hands them in, and nothing of Flask.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slipway.core import events as e
from slipway.core.classroom.activity import Activity
from slipway.core.errors import UserFacingError
from slipway.core.lessons.lesson import Lesson
from slipway.core.payloads import verdict_payload
from slipway.core.waiting_list import WaitingList, idle_decision
from slipway.sessions.activity_log import ActivityLog
from slipway.sessions.assignments import Assignments
from slipway.sessions.engine_failures import EngineFailures
from slipway.sessions.ports import AssignmentStore, SandboxService, TerminalInput
from slipway.sessions.session import LearnerSession
from slipway.sessions.warm_pool import Pool
from slipway.settings import LabLimits

AWAY = "It is a new one: the last was put away while you were gone. Your progress is kept."
PAUSED = "It was paused from outside, and goes on now."
SOON = "Nobody has been here for a while. In {minutes} your engine is put away; press a key to keep it."
STRANGER = "You are not in this class any more."
TAKEN = (
    "Your engine was put away, for nobody had used it for {minutes}. What you have passed is kept. "
    "Press a key or click, and you get a new one."
)

log = logging.getLogger(__name__)


class SessionManager:
    """Seats by learner, of those who are `enrolled`. `open_shell` and `on_mark` are what the terminals ask of it."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        register: AssignmentStore,
        sandboxes: SandboxService,
        river: Callable[[Any], tuple[tuple[e.Event, ...], Iterator[e.Event]]],
        limits: LabLimits,
        enrolled: Callable[[str], bool] = lambda learner: True,
    ) -> None:
        self._lessons = {lesson.slug: lesson for lesson in lessons}
        self._register, self._sandboxes, self._limits = register, sandboxes, limits
        self.river, self._enrolled = river, enrolled
        self.hands: TerminalInput | None = None
        self.activities = ActivityLog(register)
        self.witnesses = self.activities.witnesses
        self._seats: dict[str, LearnerSession] = {}
        self._lock = threading.Lock()
        self._waiting = WaitingList()
        self.failures = EngineFailures()
        self._pool = Pool(sandboxes, limits, lambda: len(self._waiting.holders), self.failures)
        self._assignments = Assignments(register, sandboxes, self._pool)
        self._put_away: set[str] = set()
        self._opened = time.monotonic()

    def open_doors(self) -> None:
        """Find what an earlier run left, remove its ruins, and have a sandbox ready. Blocks until there is one.

        Raises SandboxFailed when none can be had: a lab without one is not ready.
        """
        self._waiting = WaitingList(holders=frozenset(self._assignments.restore()))
        threading.Thread(target=self._pool.fill, daemon=True).start()
        threading.Thread(target=self._keep_house, daemon=True).start()

    def seat(self, learner: str) -> LearnerSession:
        """Raises UserFacingError for somebody who may have none."""
        with self._lock:
            self._admit(learner)
            if learner not in self._seats:
                note = AWAY if learner in self._put_away else ""
                self._put_away.discard(learner)
                self._seats[learner] = LearnerSession(learner, self._lessons, self._register, self, note)
            return self._seats[learner]

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """What is kept of the learner's progress, with what the open lesson says this very moment."""
        kept = {lesson: dict(steps) for lesson, steps in self._register.verdicts(learner).items()}
        seat = self._seats.get(learner)
        if seat and seat.session.lesson:
            now = {one.slug: verdict_payload(seat.session.verdict(one.slug)) for one in seat.session.lesson.steps}
            kept[seat.session.lesson.slug] = kept.get(seat.session.lesson.slug, {}) | now
        return kept

    # What a seat needs

    def turn(self, learner: str) -> int:
        """0 when the learner may have an engine, else their place in the line for one."""
        with self._lock:
            self._waiting, place = self._waiting.request(learner, self._pool.most())
        return place

    def settle(self, learner: str) -> Any:
        """The learner's own sandbox if it lives, else a warm one, else a new one."""
        self._admit(learner)
        sandbox = self._assignments.settle(learner)
        if not self._enrolled(learner):  # since just now: whoever dismissed them may not have seen this one
            self.leave(learner, sandbox)
            raise UserFacingError(STRANGER)
        threading.Thread(target=self._pool.fill, daemon=True).start()
        return sandbox

    def alive(self, sandbox: Any) -> bool:
        return self._sandboxes.is_running(sandbox)

    def leave(self, learner: str, sandbox: Any) -> None:
        """The learner leaves a sandbox for good: it is removed, now or by a later round of housekeeping."""
        if self.hands:
            self.hands.close(learner)
        self._assignments.remove(learner, sandbox)

    def type(self, learner: str, terminal: int, text: str, id: str) -> bool:
        """Type a command once for each `id`, also across the app's end: it is noted before it is typed."""
        assert self.hands is not None
        if not self._register.claim_run(learner, id):
            return False
        sent = bool(self.hands.terminal(learner, terminal).type_text(text, id))
        if not sent:
            self._register.release_run(learner, id)
        return sent

    def press(self, learner: str, terminal: int, keys: str) -> bool:
        assert self.hands is not None
        return bool(self.hands.terminal(learner, terminal).press(keys))

    def did(self, deed: Activity) -> None:
        """Keep what somebody did, and tell the witnesses, unless it is known already."""
        self.activities.record(deed)

    def flush(self) -> None:
        """Write what could not be written before: the lab is about to end."""
        for seat in list(self._seats.values()):
            seat.flush()
        self.activities.flush()

    def dismiss(self, learner: str) -> None:
        """They are of the class no more: their engine is somebody else's. Having none already is fine."""
        with self._lock:
            seat = self._seats.get(learner)
        if seat is not None:
            self._forget(seat)
        if self.hands:
            self.hands.close(learner)
        self._assignments.remove_of(learner)
        self._release(learner)

    # What the terminals need

    def open_shell(self, learner: str, number: int, fresh: bool) -> Any:
        """A line to the shell of a terminal. Waits for the learner's sandbox."""
        seat = self.seat(learner)
        sandbox = seat.where(seconds=120)
        if sandbox is None:
            raise UserFacingError("Your Docker engine is still starting.")
        if fresh:
            seat.fresh(number)
        return self._sandboxes.attach(sandbox, number, fresh)

    def on_mark(self, learner: str, number: int, mark: tuple[str, Any, float]) -> None:
        if not self._enrolled(learner):
            return
        kind, said, at = mark
        event = e.CommandTyped(at, number, said) if kind == "typed" else e.CommandFinished(at, number, said)
        self.seat(learner).mark(number, event)

    # Keeping house

    def _keep_house(self) -> None:
        while True:
            time.sleep(min(15.0, max(0.5, self._limits.notice / 4)))
            try:
                self._assignments.retry()
                for seat in self._woken():
                    log.warning("The sandbox of %s was paused from outside; it goes on", seat.learner)
                    seat.note(PAUSED)
                self._reap()
                self._pool.look_at_memory()
                self._pool.fill()
            except Exception as error:  # the host's engine may be away: the next round finds it again
                self.failures.log("Housekeeping failed", error)

    def _woken(self) -> list[LearnerSession]:
        """Whose sandbox was paused (by an administrator, a laptop's lid): it is made to go on."""
        keys = self._sandboxes.unpause_all()
        return [seat for seat in self._seats.values() if seat.sandbox and seat.sandbox.key in keys]

    def _reap(self) -> None:
        """Take back what nobody has used for long; progress is kept."""
        now = time.monotonic()
        for seat in list(self._seats.values()):
            idle, warned = now - seat.idle_since, None if seat.warned is None else now - seat.warned
            if not seat.watched:
                if seat.sandbox is None and idle > self._limits.line_patience:
                    self._forget(seat)
                elif idle_decision(idle, self._limits.idle, 0, None) == "reclaim":
                    self._put_away.add(seat.learner)
                    self._forget(seat)
                continue
            allowed = self._limits.idle if self._waiting.queue else self._limits.idle_open
            match idle_decision(idle, allowed, self._limits.notice, warned):
                case "warn" if seat.sandbox is not None:
                    seat.warn(SOON.format(minutes=_minutes(self._limits.notice)))
                case "reclaim" if seat.sandbox is not None:
                    seat.put_away(TAKEN.format(minutes=_minutes(idle)))
                    self._release(seat.learner)
        if idle_decision(now - self._opened, self._limits.idle, 0, None) == "reclaim":
            self._reap_absent()

    def _reap_absent(self) -> None:
        """Who sat here before the lab was started again, and did not come back."""
        for learner in set(self._register.assignments()) - set(self._seats):
            if self._assignments.remove_of(learner):
                self._put_away.add(learner)
                self._release(learner)

    def _forget(self, seat: LearnerSession) -> None:
        with self._lock:
            del self._seats[seat.learner]
        seat.close()
        if seat.sandbox is not None:
            self.leave(seat.learner, seat.sandbox)
        elif self.hands:
            self.hands.close(seat.learner)  # or a terminal that still waits for an engine would ask for a seat anew
        self._release(seat.learner)

    def _admit(self, learner: str) -> None:
        if not self._enrolled(learner):
            raise UserFacingError(STRANGER)

    def _release(self, learner: str) -> None:
        """The engine, or the place in line, is somebody else's now."""
        with self._lock:
            self._waiting = self._waiting.remove(learner)


def _minutes(seconds: float) -> str:
    count = max(1, round(seconds / 60))
    return "a minute" if count == 1 else f"{count} minutes"
