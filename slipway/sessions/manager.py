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
    """Seats by learner, of those who are `is_member`. `open_shell` and `on_mark` are what the terminals ask of it."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        store: AssignmentStore,
        sandboxes: SandboxService,
        journal_stream: Callable[[Any], tuple[tuple[e.Event, ...], Iterator[e.Event]]],
        limits: LabLimits,
        is_member: Callable[[str], bool] = lambda learner: True,
    ) -> None:
        self._lessons = {lesson.slug: lesson for lesson in lessons}
        self._store, self._sandboxes, self._limits = store, sandboxes, limits
        self.journal_stream, self._is_member = journal_stream, is_member
        self.terminal_input: TerminalInput | None = None
        self.activities = ActivityLog(store)
        self.subscribers = self.activities.subscribers
        self._sessions: dict[str, LearnerSession] = {}
        self._lock = threading.Lock()
        self._waiting = WaitingList()
        self.failures = EngineFailures()
        self._pool = Pool(sandboxes, limits, lambda: len(self._waiting.holders), self.failures)
        self._assignments = Assignments(store, sandboxes, self._pool)
        self._stopped_while_away: set[str] = set()
        self._opened = time.monotonic()

    def start(self) -> None:
        """Find what an earlier run left, remove its ruins, and have a sandbox ready. Blocks until there is one.

        Raises SandboxFailed when none can be had: a lab without one is not ready.
        """
        self._waiting = WaitingList(holders=frozenset(self._assignments.restore()))
        threading.Thread(target=self._pool.fill, daemon=True).start()
        threading.Thread(target=self._housekeeping_loop, daemon=True).start()

    def session(self, learner: str) -> LearnerSession:
        """Raises UserFacingError for somebody who may have none."""
        with self._lock:
            self._require_member(learner)
            if learner not in self._sessions:
                note = AWAY if learner in self._stopped_while_away else ""
                self._stopped_while_away.discard(learner)
                self._sessions[learner] = LearnerSession(learner, self._lessons, self._store, self, note)
            return self._sessions[learner]

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """What is kept of the learner's progress, with what the open lesson says this very moment."""
        kept = {lesson: dict(steps) for lesson, steps in self._store.verdicts(learner).items()}
        session = self._sessions.get(learner)
        if session and session.state.lesson:
            now = {one.slug: verdict_payload(session.state.verdict(one.slug)) for one in session.state.lesson.steps}
            kept[session.state.lesson.slug] = kept.get(session.state.lesson.slug, {}) | now
        return kept

    # What a session needs

    def queue_position(self, learner: str) -> int:
        """0 when the learner may have an engine, else their place in the line for one."""
        with self._lock:
            self._waiting, place = self._waiting.request(learner, self._pool.most())
        return place

    def assign_sandbox(self, learner: str) -> Any:
        """The learner's own sandbox if it lives, else a warm one, else a new one."""
        self._require_member(learner)
        sandbox = self._assignments.assign(learner)
        if not self._is_member(learner):  # since just now: whoever dismissed them may not have seen this one
            self.remove_sandbox(learner, sandbox)
            raise UserFacingError(STRANGER)
        threading.Thread(target=self._pool.fill, daemon=True).start()
        return sandbox

    def is_running(self, sandbox: Any) -> bool:
        return self._sandboxes.is_running(sandbox)

    def remove_sandbox(self, learner: str, sandbox: Any) -> None:
        """The learner leaves a sandbox for good: it is removed, now or by a later round of housekeeping."""
        if self.terminal_input:
            self.terminal_input.close(learner)
        self._assignments.remove(learner, sandbox)

    def type_command(self, learner: str, terminal: int, text: str, id: str) -> bool:
        """Type a command once for each `id`, also across the app's end: it is noted before it is typed."""
        assert self.terminal_input is not None
        if not self._store.claim_run(learner, id):
            return False
        sent = bool(self.terminal_input.terminal(learner, terminal).type_text(text, id))
        if not sent:
            self._store.release_run(learner, id)
        return sent

    def send_keys(self, learner: str, terminal: int, keys: str) -> bool:
        assert self.terminal_input is not None
        return bool(self.terminal_input.terminal(learner, terminal).press(keys))

    def record(self, deed: Activity) -> None:
        """Keep what somebody did, and tell the subscribers, unless it is known already."""
        self.activities.record(deed)

    def flush(self) -> None:
        """Write what could not be written before: the lab is about to end."""
        for session in list(self._sessions.values()):
            session.flush()
        self.activities.flush()

    def remove_learner(self, learner: str) -> None:
        """They are of the class no more: their engine is somebody else's. Having none already is fine."""
        with self._lock:
            session = self._sessions.get(learner)
        if session is not None:
            self._close_session(session)
        if self.terminal_input:
            self.terminal_input.close(learner)
        self._assignments.remove_of(learner)
        self._leave_queue(learner)

    # What the terminals need

    def open_shell(self, learner: str, number: int, fresh: bool) -> Any:
        """A line to the shell of a terminal. Waits for the learner's sandbox."""
        session = self.session(learner)
        sandbox = session.wait_for_sandbox(seconds=120)
        if sandbox is None:
            raise UserFacingError("Your Docker engine is still starting.")
        if fresh:
            session.on_new_shell(number)
        return self._sandboxes.attach(sandbox, number, fresh)

    def on_mark(self, learner: str, number: int, mark: tuple[str, Any, float]) -> None:
        if not self._is_member(learner):
            return
        kind, said, at = mark
        event = e.CommandTyped(at, number, said) if kind == "typed" else e.CommandFinished(at, number, said)
        self.session(learner).on_shell_event(number, event)

    # Keeping house

    def _housekeeping_loop(self) -> None:
        while True:
            time.sleep(min(15.0, max(0.5, self._limits.notice / 4)))
            try:
                self._assignments.retry()
                for session in self._resumed_sessions():
                    log.warning("The sandbox of %s was paused from outside; it goes on", session.learner)
                    session.set_note(PAUSED)
                self._stop_idle()
                self._pool.look_at_memory()
                self._pool.fill()
            except Exception as error:  # the host's engine may be away: the next round finds it again
                self.failures.log("Housekeeping failed", error)

    def _resumed_sessions(self) -> list[LearnerSession]:
        """Whose sandbox was paused (by an administrator, a laptop's lid): it is made to go on."""
        keys = self._sandboxes.unpause_all()
        return [session for session in self._sessions.values() if session.sandbox and session.sandbox.key in keys]

    def _stop_idle(self) -> None:
        """Take back what nobody has used for long; progress is kept."""
        now = time.monotonic()
        for session in list(self._sessions.values()):
            idle, warned = now - session.idle_since, None if session.warned is None else now - session.warned
            if not session.has_listeners:
                if session.sandbox is None and idle > self._limits.line_patience:
                    self._close_session(session)
                elif idle_decision(idle, self._limits.idle, 0, None) == "reclaim":
                    self._stopped_while_away.add(session.learner)
                    self._close_session(session)
                continue
            allowed = self._limits.idle if self._waiting.queue else self._limits.idle_open
            match idle_decision(idle, allowed, self._limits.notice, warned):
                case "warn" if session.sandbox is not None:
                    session.warn_idle(SOON.format(minutes=_minutes(self._limits.notice)))
                case "reclaim" if session.sandbox is not None:
                    session.stop_sandbox(TAKEN.format(minutes=_minutes(idle)))
                    self._leave_queue(session.learner)
        if idle_decision(now - self._opened, self._limits.idle, 0, None) == "reclaim":
            self._stop_absent()

    def _stop_absent(self) -> None:
        """Who sat here before the lab was started again, and did not come back."""
        for learner in set(self._store.assignments()) - set(self._sessions):
            if self._assignments.remove_of(learner):
                self._stopped_while_away.add(learner)
                self._leave_queue(learner)

    def _close_session(self, session: LearnerSession) -> None:
        with self._lock:
            del self._sessions[session.learner]
        session.close()
        if session.sandbox is not None:
            self.remove_sandbox(session.learner, session.sandbox)
        elif self.terminal_input:
            # or a terminal that still waits for an engine would ask for a session anew
            self.terminal_input.close(session.learner)
        self._leave_queue(session.learner)

    def _require_member(self, learner: str) -> None:
        if not self._is_member(learner):
            raise UserFacingError(STRANGER)

    def _leave_queue(self, learner: str) -> None:
        """The engine, or the place in line, is somebody else's now."""
        with self._lock:
            self._waiting = self._waiting.remove(learner)


def _minutes(seconds: float) -> str:
    count = max(1, round(seconds / 60))
    return "a minute" if count == 1 else f"{count} minutes"
