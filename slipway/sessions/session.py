"""One learner's session while the lab runs: what their pages and terminals ask for.

Coordinates the lesson state, the sandbox lease, the broadcaster and the presenter, which share the session's lock.
Knows the engine, the store and the terminals only through ports, and nothing of Flask.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, TypeAlias

from slipway.core import events as e
from slipway.core import messages as m
from slipway.core.lessons.lesson import Lesson
from slipway.core.session import NotFoundError, Session, step_start_time
from slipway.presenting.autotyper import AutoTyper
from slipway.presenting.presenter import Presenter
from slipway.sessions.broadcaster import EventBroadcaster, Listener
from slipway.sessions.lesson_state import LessonState, OnMessage
from slipway.sessions.ports import ProgressStore, RecordActivity, SandboxLike, SandboxProvider
from slipway.sessions.sandbox_lease import STARTING, SandboxLease

SEEN_MARKS = 20_000  # marks of the shells that are remembered, by their exact times: a clock may go back

Answer: TypeAlias = dict[str, Any]
"""What a page gets in return: JSON values."""


class LearnerSession:
    """One learner's session. Methods for the page do not block; slow results reach the listeners later.

    `lock` is held while a message changes the state. `idle_since` and `warned` are monotonic times in seconds.
    """

    def __init__(
        self,
        learner: str,
        lessons: Mapping[str, Lesson],
        store: ProgressStore,
        provider: SandboxProvider,
        record: RecordActivity,
        note: str = "",
        on_message: OnMessage = lambda _message: None,
    ) -> None:
        self.learner = learner
        self.idle_since = time.monotonic()
        self.warned: float | None = None
        self.lock = threading.RLock()
        self._provider = provider
        self._broadcaster = EventBroadcaster(self.lock, STARTING, note)
        self._lesson_state = LessonState(learner, lessons, store, self._broadcaster, self.lock, record, on_message)
        self._seen_marks: dict[tuple[int, float, str], None] = {}
        self._autotyper = AutoTyper(lambda terminal, keys: provider.send_keys(learner, terminal, keys))
        self._presenter = Presenter(self._autotyper, lambda status: self._broadcaster.broadcast("typing", status))
        self._sandbox_key = ""
        self._lease = SandboxLease(learner, provider, self._broadcaster, self._lesson_state, self._on_assigned)
        self._lease.start()

    @property
    def state(self) -> Session:
        """The core's session: lesson, steps, verdicts and world."""
        return self._lesson_state.state

    @property
    def sandbox(self) -> SandboxLike | None:
        """The sandbox, None while there is none."""
        return self._lease.sandbox

    # For the page

    def subscribe(self, listener: Listener) -> None:
        """Send every message to `listener` from now on."""
        self._broadcaster.subscribe(listener)
        self.mark_active()

    def unsubscribe(self, listener: Listener) -> None:
        """Stop sending messages to `listener`. Idempotent."""
        with self.lock:
            self._broadcaster.unsubscribe(listener)
            self.idle_since = time.monotonic()

    def mark_active(self) -> Answer:
        """Note that the learner is there, and start a new sandbox if theirs was stopped."""
        with self.lock:
            self.idle_since = time.monotonic()
            if self.warned is not None:
                self.warned = None
                self._broadcaster.set_ready()
            self._lease.resume()
        return {}

    def open_lesson(self, lesson: str) -> Answer:
        """Open a lesson, and send a snapshot to the listeners. Raises NotFoundError."""
        with self.lock:
            self._lesson_state.open_lesson(lesson)
            if self._presenter.status:
                self._broadcaster.broadcast("typing", self._presenter.status)
            self._lesson_state.record("opened")
            return {"current": self.state.current}

    def send_snapshot(self, listener: Listener) -> None:
        """Send a snapshot to a listener that only watches; `subscribe` sends what follows."""
        with self.lock:
            self._lesson_state.send_snapshot(listener)
            if self._presenter.status:
                listener("typing", self._presenter.status)

    def go_to_step(self, step: str) -> Answer:
        """Make `step` the current one; unfinished steps before it are skipped. Raises NotFoundError."""
        self.mark_active()
        self._lesson_state.post(m.StepSelected(step))
        return {"current": self.state.current}

    def run_block(self, block: str, id: str, terminal: int) -> Answer:
        """Type a block of the lesson into a terminal, once for each `id`. Raises NotFoundError."""
        self.mark_active()
        lesson = self.state.lesson
        text = lesson.block(block) if lesson else None
        if lesson is None or not text:
            raise NotFoundError("This lesson has no such command. Reload the page, please.")
        step = lesson.step(block.rpartition(".")[0])
        if step and step_start_time(self.state, step) is None:
            self._lesson_state.post(m.StepSelected(step.slug))
        return {"sent": self._provider.type_command(self.learner, terminal, text, id)}

    def hint(self, step: str) -> Answer:
        """Return the step's next hint; after the last, the last again. Raises NotFoundError."""
        self.mark_active()
        text, left = self._lesson_state.hint(step)
        return {"text": text, "left": left}

    def solution(self, step: str) -> Answer:
        """Return the step's solution. Raises NotFoundError."""
        return {"text": self._lesson_state.solution(step)}

    def restart_lesson(self, lesson: str) -> Answer:
        """Clear the verdicts of the lesson. Raises NotFoundError."""
        self._reset_lesson(lesson)
        self._presenter.reset()
        self._lesson_state.record("again")
        return {"current": self.state.current}

    def replace_sandbox(self) -> Answer:
        """Replace the sandbox by a new one; verdicts are kept."""
        self._lease.replace()
        return {}

    # For a presenter's page

    def type_next_command(self, step: str, id: str, terminal: int) -> Answer:
        """Type the step's next command at a human pace, once for each `id`. Raises NotFoundError."""
        self._presenter.type_next(*self._lesson_state.find_step(step), id, terminal)
        return {}

    def stop_typing(self) -> Answer:
        """Stop typing."""
        return {"stopped": self._presenter.stop()}

    def prepare_step(self, step: str, id: str, terminal: int) -> Answer:
        """Bring the sandbox to where `step` begins, and clear the lesson's verdicts. Raises NotFoundError."""
        lesson, found = self._lesson_state.find_step(step)
        self._presenter.prepare(
            *(lesson, found, id, terminal),
            on_empty=lambda: self._reset_lesson(lesson.slug),
            on_done=lambda: self._lesson_state.post(m.StepSelected(step)),
        )
        return {}

    # For the terminals

    def on_shell_event(self, terminal: int, event: e.CommandTyped | e.CommandFinished) -> None:
        """Handle a mark of a shell, once: after a restart a terminal's log repeats them."""
        with self.lock:
            mark = (terminal, event.at, type(event).__name__)
            if mark in self._seen_marks:
                return
            self._remember_mark(mark)
            if isinstance(event, e.CommandTyped):
                self._lesson_state.record("command", event.line, at=event.at)
            if self.has_listeners:  # a program can print marks while no page is open
                self.mark_active()
            self._broadcaster.clear_note()
            self._autotyper.on_shell_event(event)
            self._lesson_state.post(m.EventReceived(event))

    def on_new_shell(self, terminal: int) -> None:
        """Handle that a terminal gets a new shell in place of one that has ended."""
        self._autotyper.on_new_shell(terminal)

    def wait_for_sandbox(self, seconds: float) -> SandboxLike | None:
        """Return the sandbox, waiting for it up to `seconds`; None when there is none then."""
        return self._lease.wait(seconds)

    # For the session manager

    @property
    def has_listeners(self) -> bool:
        """Whether a page of the learner is connected."""
        return self._broadcaster.has_listeners

    def set_note(self, text: str) -> None:
        """Show a note beside the state of the sandbox until a command is typed."""
        self._broadcaster.set_note(text)

    def warn_idle(self, message: str) -> None:
        """Tell the pages that the sandbox will be stopped soon."""
        self.warned = time.monotonic()
        self._broadcaster.set_state("idle", message)

    def stop_sandbox(self, message: str) -> None:
        """Remove the sandbox; the learner gets a new one when they are back."""
        self.warned = None
        self._lease.stop(message)

    def close(self) -> None:
        """End the session. The sandbox stays as it is."""
        self._lease.close()

    def flush(self) -> None:
        """Write the progress that could not be written before."""
        self._lesson_state.flush()

    def _on_assigned(self) -> None:
        """Handle a sandbox that was assigned: its shells are new, and maybe all of it is."""
        self.mark_active()  # waiting in the queue does not count as idle
        self._autotyper.reset()
        key = self.sandbox.key if self.sandbox else self._sandbox_key
        if key != self._sandbox_key:
            self._sandbox_key = key
            self._presenter.reset()

    def _reset_lesson(self, lesson: str) -> None:
        self.open_lesson(lesson)
        self._lesson_state.reset_lesson(lesson)

    def _remember_mark(self, mark: tuple[int, float, str]) -> None:
        self._seen_marks[mark] = None
        while len(self._seen_marks) > SEEN_MARKS:
            self._seen_marks.pop(next(iter(self._seen_marks)))
