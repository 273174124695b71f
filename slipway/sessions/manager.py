"""The sessions of all learners: creates one per learner, assigns sandboxes, and stops idle ones.

Assignments are restored after a restart; the pool decides how many sandboxes there are. Knows the engine, the store and
the terminals as app.py passes them in, and nothing of Flask.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slipway.core import events as e
from slipway.core.errors import UserFacingError
from slipway.core.lessons.lesson import Lesson
from slipway.core.payloads import verdict_payload
from slipway.core.waiting_list import WaitingList, idle_decision
from slipway.sessions.assignments import Assignments
from slipway.sessions.engine_failures import EngineFailures
from slipway.sessions.ports import AssignmentStore, JournalStream, RecordActivity, SandboxService, TerminalInput
from slipway.sessions.session import LearnerSession
from slipway.sessions.warm_pool import Pool
from slipway.settings import LabLimits

STOPPED_WHILE_AWAY = "This is a new sandbox: the last one was stopped while you were away. Your progress is saved."
RESUMED = "Your sandbox was paused from outside the lab, and has been resumed."
STOPPING_SOON = "Your sandbox has not been used for a while. It will be stopped in {minutes}; press a key to keep it."
STOPPED = "Your sandbox was stopped after {minutes} without use. Progress is saved; press a key to start a new one."
NOT_A_MEMBER = "You are not in this class any more."
STILL_STARTING = "Your Docker engine is still starting."
SANDBOX_TIMEOUT = 120.0  # seconds that a terminal waits for its learner's sandbox

log = logging.getLogger(__name__)


class SessionManager:
    """`journal_stream` returns the events of a sandbox, `record` records an activity, `is_member` says who may come in.

    `terminal_input` must be set before any session types; `failures` has the learners without an engine.
    """

    def __init__(
        self,
        lessons: Sequence[Lesson],
        store: AssignmentStore,
        sandboxes: SandboxService,
        journal_stream: Callable[[Any], JournalStream],
        limits: LabLimits,
        record: RecordActivity,
        is_member: Callable[[str], bool] = lambda _learner: True,
    ) -> None:
        self.terminal_input: TerminalInput | None = None
        self.failures = EngineFailures()
        self.journal_stream = journal_stream
        self._lessons = {lesson.slug: lesson for lesson in lessons}
        self._store, self._sandboxes, self._limits = store, sandboxes, limits
        self._record, self._is_member = record, is_member
        self._sessions: dict[str, LearnerSession] = {}
        self._lock = threading.Lock()
        self._waiting = WaitingList()
        self._pool = Pool(sandboxes, limits, lambda: len(self._waiting.holders), self.failures)
        self._assignments = Assignments(store, sandboxes, self._pool)
        self._stopped_while_away: set[str] = set()
        self._started_at = time.monotonic()

    def start(self) -> None:
        """Restore the sandboxes of an earlier run, or create one, and start housekeeping. Blocks until there is one.

        Raises SandboxFailed when none can be created: without a sandbox the lab is not ready.
        """
        self._waiting = WaitingList(holders=frozenset(self._assignments.restore()))
        threading.Thread(target=self._pool.fill, daemon=True).start()
        threading.Thread(target=self._housekeeping_loop, daemon=True).start()

    def session(self, learner: str) -> LearnerSession:
        """Return the learner's session, created on demand. Raises UserFacingError if they are not in the class."""
        with self._lock:
            self._require_member(learner)
            if learner not in self._sessions:
                self._sessions[learner] = self._new_session(learner)
            return self._sessions[learner]

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Return the learner's stored verdicts, with the current ones of the open lesson."""
        verdicts = {lesson: dict(steps) for lesson, steps in self._store.verdicts(learner).items()}
        session = self._sessions.get(learner)
        if session and (lesson := session.state.lesson):
            current = {step.slug: verdict_payload(session.state.verdict(step.slug)) for step in lesson.steps}
            verdicts[lesson.slug] = verdicts.get(lesson.slug, {}) | current
        return verdicts

    def remove_learner(self, learner: str) -> None:
        """End the learner's session and remove their sandbox. Idempotent."""
        with self._lock:
            session = self._sessions.get(learner)
        if session is not None:
            self._end_session(session)
        self._close_terminals(learner)
        self._assignments.remove_sandbox_of(learner)
        self._leave_queue(learner)

    def flush(self) -> None:
        """Write the progress that could not be written before: the lab is about to end."""
        for session in list(self._sessions.values()):
            session.flush()

    # For the sessions (ports.SandboxProvider)

    def queue_position(self, learner: str) -> int:
        """Return 0 when the learner may have a sandbox, else their position in the waiting list, which they join."""
        with self._lock:
            self._waiting, position = self._waiting.request(learner, self._pool.capacity())
        return position

    def assign_sandbox(self, learner: str) -> Any:
        """Return the learner's own sandbox if it runs, else a spare or a new one. Blocks."""
        self._require_member(learner)
        sandbox = self._assignments.assign(learner)
        if not self._is_member(learner):  # removed meanwhile, perhaps before there was this sandbox to remove
            self.remove_sandbox(learner, sandbox)
            raise UserFacingError(NOT_A_MEMBER)
        threading.Thread(target=self._pool.fill, daemon=True).start()
        return sandbox

    def is_running(self, sandbox: Any) -> bool:
        """Whether the sandbox's engine container runs."""
        return self._sandboxes.is_running(sandbox)

    def remove_sandbox(self, learner: str, sandbox: Any) -> None:
        """Close the learner's terminals and remove the sandbox, now or in a later round of housekeeping."""
        self._close_terminals(learner)
        self._assignments.remove(learner, sandbox)

    def type_command(self, learner: str, terminal: int, text: str, id: str) -> bool:
        """Type a command once for each `id`, even across a restart: the id is stored before the command is typed."""
        assert self.terminal_input is not None
        if not self._store.claim_run(learner, id):
            return False
        sent = self.terminal_input.terminal(learner, terminal).type_command(text, id)
        if not sent:
            self._store.release_run(learner, id)
        return sent

    def send_keys(self, learner: str, terminal: int, keys: str) -> bool:
        """Send keys to a terminal. False if it does not accept input."""
        assert self.terminal_input is not None
        return self.terminal_input.terminal(learner, terminal).send_keys(keys)

    # For the terminals

    def open_shell(self, learner: str, number: int, new_shell: bool) -> Any:
        """Attach to the shell of a terminal. Blocks until the learner has a sandbox. Raises UserFacingError."""
        session = self.session(learner)
        sandbox = session.wait_for_sandbox(SANDBOX_TIMEOUT)
        if sandbox is None:
            raise UserFacingError(STILL_STARTING)
        if new_shell:
            session.on_new_shell(number)
        return self._sandboxes.attach(sandbox, number, new_shell)

    def on_mark(self, learner: str, number: int, mark: tuple[str, Any, float]) -> None:
        """Pass a mark of a shell, (kind, text or exit status, time), to the learner's session."""
        if not self._is_member(learner):
            return
        kind, value, at = mark
        event = e.CommandTyped(at, number, value) if kind == "typed" else e.CommandFinished(at, number, value)
        self.session(learner).on_shell_event(number, event)

    # Housekeeping

    def _housekeeping_loop(self) -> None:
        while True:
            time.sleep(min(15.0, max(0.5, self._limits.notice / 4)))
            try:
                self._assignments.retry_removals()
                self._resume_paused()
                self._stop_idle()
                self._pool.check_memory()
                self._pool.fill()
            except Exception as error:  # the host's engine may be away: the next round tries again
                self.failures.log("Housekeeping failed", error)

    def _resume_paused(self) -> None:
        """Resume sandboxes that were paused (by an administrator, a laptop's lid), and tell their learners."""
        keys = self._sandboxes.unpause_all()
        for session in list(self._sessions.values()):
            if session.sandbox and session.sandbox.key in keys:
                log.warning("The sandbox of %s was paused from outside the lab; it is resumed", session.learner)
                session.set_note(RESUMED)

    def _stop_idle(self) -> None:
        """Stop the sandboxes that have not been used for long, with a warning first where a page is open."""
        now = time.monotonic()
        for session in list(self._sessions.values()):
            if session.has_listeners:
                self._check_watched(session, now)
            else:
                self._check_unwatched(session, now)
        if idle_decision(now - self._started_at, self._limits.idle, 0, None) == "reclaim":
            self._stop_absent()

    def _check_watched(self, session: LearnerSession, now: float) -> None:
        idle, warned = now - session.idle_since, None if session.warned is None else now - session.warned
        allowed = self._limits.idle if self._waiting.queue else self._limits.idle_open
        match idle_decision(idle, allowed, self._limits.notice, warned):
            case "warn" if session.sandbox is not None:
                session.warn_idle(STOPPING_SOON.format(minutes=_minutes(self._limits.notice)))
            case "reclaim" if session.sandbox is not None:
                session.stop_sandbox(STOPPED.format(minutes=_minutes(idle)))
                self._leave_queue(session.learner)

    def _check_unwatched(self, session: LearnerSession, now: float) -> None:
        idle = now - session.idle_since
        if session.sandbox is None and idle > self._limits.line_patience:
            self._end_session(session)
        elif idle_decision(idle, self._limits.idle, 0, None) == "reclaim":
            self._stopped_while_away.add(session.learner)
            self._end_session(session)

    def _stop_absent(self) -> None:
        """Remove the sandboxes of learners who had one before the lab was restarted and did not come back."""
        for learner in set(self._store.assignments()) - set(self._sessions):
            if self._assignments.remove_sandbox_of(learner):
                self._stopped_while_away.add(learner)
                self._leave_queue(learner)

    def _new_session(self, learner: str) -> LearnerSession:
        note = STOPPED_WHILE_AWAY if learner in self._stopped_while_away else ""
        self._stopped_while_away.discard(learner)
        return LearnerSession(learner, self._lessons, self._store, self, self._record, note)

    def _end_session(self, session: LearnerSession) -> None:
        with self._lock:
            del self._sessions[session.learner]
        session.close()
        if session.sandbox is not None:
            self.remove_sandbox(session.learner, session.sandbox)
        else:  # a terminal that still waits for a sandbox would create the session anew
            self._close_terminals(session.learner)
        self._leave_queue(session.learner)

    def _close_terminals(self, learner: str) -> None:
        if self.terminal_input:
            self.terminal_input.close(learner)

    def _require_member(self, learner: str) -> None:
        if not self._is_member(learner):
            raise UserFacingError(NOT_A_MEMBER)

    def _leave_queue(self, learner: str) -> None:
        """Give up the learner's sandbox or position, so that the next learner can have one."""
        with self._lock:
            self._waiting = self._waiting.remove(learner)


def _minutes(seconds: float) -> str:
    count = max(1, round(seconds / 60))
    return "a minute" if count == 1 else f"{count} minutes"
