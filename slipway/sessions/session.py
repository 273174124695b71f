"""One learner's seat while the lab runs: what pages wish, and the one door to the session.

Everything that happens (the journal, the shell, the page's wishes, silence) passes `post`, one at a time; what becomes
of the session is the sitting's business, and where the sandbox is the lodger's. Knows the engine and the store only by
what it asks of them, and nothing of Flask.
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
from slipway.sessions.lesson_state import LessonState
from slipway.sessions.ports import ProgressStore, SandboxLike, SandboxProvider
from slipway.sessions.sandbox_lease import STARTING, SandboxLease

MARKS = 20_000  # that are remembered, by their very times: a clock may go back

Answer: TypeAlias = dict[str, Any]


class LearnerSession:
    """One learner's place. Calls from the page are prompt; what takes long is told to the listeners later."""

    def __init__(
        self,
        learner: str,
        lessons: Mapping[str, Lesson],
        store: ProgressStore,
        provider: SandboxProvider,
        note: str = "",
    ) -> None:
        self.learner = learner
        self.idle_since = time.monotonic()
        self.warned: float | None = None
        self._provider = provider
        self._turn = threading.RLock()
        self._broadcaster = EventBroadcaster(self._turn, STARTING, note)
        self._lesson_state = LessonState(
            learner, lessons, store, provider.record, self._broadcaster, self._turn, self.post
        )
        self._seen_marks: dict[tuple[int, float, str], None] = {}
        self._autotyper = AutoTyper(lambda terminal, keys: provider.send_keys(learner, terminal, keys))
        self._presenter = Presenter(self._autotyper, lambda words: self._broadcaster.broadcast("typing", words))
        self._key = ""
        self._lease = SandboxLease(learner, provider, self._broadcaster, self._lesson_state, self._on_assigned)
        self._lease.start()

    @property
    def state(self) -> Session:
        return self._lesson_state.state

    @property
    def sandbox(self) -> SandboxLike | None:
        return self._lease.sandbox

    # What a page wants

    def subscribe(self, listener: Listener) -> None:
        self._broadcaster.subscribe(listener)
        self.mark_active()

    def unsubscribe(self, listener: Listener) -> None:
        with self._turn:
            self._broadcaster.unsubscribe(listener)
            self.idle_since = time.monotonic()

    def mark_active(self) -> Answer:
        """Somebody is there: they type, click or turn a page. Wakes a seat that was put away."""
        with self._turn:
            self.idle_since = time.monotonic()
            if self.warned is not None:
                self.warned = None
                self._broadcaster.set_ready()
            self._lease.resume()
        return {}

    def set_note(self, words: str) -> None:
        """What has happened to the engine, as far as the house knows."""
        self._broadcaster.set_note(words)

    def warn_idle(self, words: str) -> None:
        """Nobody has been here for long: say that the engine will be put away."""
        self.warned = time.monotonic()
        self._broadcaster.set_state("idle", words)

    def stop_sandbox(self, words: str) -> None:
        """Give the engine back, and wait until somebody is here again."""
        self.warned = None
        self._lease.stop(words)

    @property
    def has_listeners(self) -> bool:
        return self._broadcaster.has_listeners

    def open_lesson(self, lesson: str) -> Answer:
        """Turn the session to a lesson, and tell where everything stands. Raises NotFoundError."""
        with self._turn:
            self._lesson_state.open_lesson(lesson)
            if self._presenter.status:
                self._broadcaster.broadcast("typing", self._presenter.status)
            self._lesson_state.record("opened")
            return {"current": self.state.current}

    def send_snapshot(self, listener: Listener) -> None:
        """Tell one who only looks on where everything stands; what comes after it comes by `subscribe`."""
        with self._turn:
            self._lesson_state.send_snapshot(listener)
            if self._presenter.status:
                listener("typing", self._presenter.status)

    def go_to_step(self, step: str) -> Answer:
        self.mark_active()
        self.post(m.StepSelected(step))
        return {"current": self.state.current}

    def run_block(self, block: str, id: str, terminal: int) -> Answer:
        """Type a block of the lesson into a terminal, once for each `id`. Raises NotFoundError."""
        self.mark_active()
        lesson = self.state.lesson
        text = lesson.block(block) if lesson else None
        if lesson is None or not text:
            raise NotFoundError("This lesson has no such command. Reload the page, please.")
        there = lesson.step(block.rpartition(".")[0])
        if there and step_start_time(self.state, there) is None:
            self.post(m.StepSelected(there.slug))
        return {"sent": self._provider.type_command(self.learner, terminal, text, id)}

    def hint(self, step: str) -> Answer:
        """The step's next hint; after the last, the last again."""
        self.mark_active()
        text, left = self._lesson_state.hint(step)
        return {"text": text, "left": left}

    def solution(self, step: str) -> Answer:
        return {"text": self._lesson_state.solution(step)}

    def restart_lesson(self, lesson: str) -> Answer:
        """Forget the verdicts of the lesson, to do it once more."""
        self._clear_lesson(lesson)
        self._presenter.reset()
        self._lesson_state.record("again")
        return {"current": self.state.current}

    # What a presenter wants

    def type_next_command(self, step: str, id: str, terminal: int) -> Answer:
        """Type the step's next command as a person would, once for each `id`. Raises NotFoundError."""
        self._presenter.type_next(*self._lesson_state.find_step(step), id, terminal)
        return {}

    def stop_typing(self) -> Answer:
        """Stop typing."""
        return {"stopped": self._presenter.stop()}

    def prepare_step(self, step: str, id: str, terminal: int) -> Answer:
        """Bring the sandbox to where `step` begins, and begin the lesson's ticks anew with it. Raises NotFoundError."""
        lesson, one = self._lesson_state.find_step(step)
        self._presenter.prepare(
            *(lesson, one, id, terminal),
            ready=lambda: self._clear_lesson(lesson.slug),
            begin=lambda: self.post(m.StepSelected(step)),
        )
        return {}

    def replace_sandbox(self) -> Answer:
        """Leave this sandbox for a new one; what has passed stays passed."""
        self._lease.replace()
        return {}

    # What happens

    def post(self, message: m.Message) -> None:
        """The one door: every message, one at a time, in order."""
        with self._turn:
            self._lesson_state.take(message)

    def on_shell_event(self, terminal: int, event: e.CommandTyped | e.CommandFinished) -> None:
        """The shell tells of itself; what a terminal's log repeats after a restart is known already."""
        with self._turn:
            known = (terminal, event.at, type(event).__name__)
            if known not in self._seen_marks:
                self._seen_marks[known] = None
                while len(self._seen_marks) > MARKS:
                    self._seen_marks.pop(next(iter(self._seen_marks)))
                if isinstance(event, e.CommandTyped):
                    self._lesson_state.record("command", event.line, at=event.at)
                if self.has_listeners:  # a program can write such marks, with nobody there
                    self.mark_active()
                self._broadcaster.clear_note()
                self._autotyper.on_shell_event(event)
                self.post(m.EventReceived(event))

    def on_new_shell(self, terminal: int) -> None:
        """A terminal gets a new shell in the last one's place."""
        self._autotyper.on_new_shell(terminal)

    def wait_for_sandbox(self, seconds: float) -> SandboxLike | None:
        """The sandbox, waiting at most so long for it."""
        return self._lease.wait(seconds)

    def close(self) -> None:
        """Let go of the sandbox; it stays where it is."""
        self._lease.close()

    def flush(self) -> None:
        """Write what could not be written before."""
        self._lesson_state.flush()

    def _on_assigned(self) -> None:
        """There is a sandbox: who stood in line was not idle, and its shells are new; perhaps all of it is."""
        self.mark_active()
        self._autotyper.reset()
        key = self.sandbox.key if self.sandbox else self._key
        if key != self._key:
            self._key = key
            self._presenter.reset()

    def _clear_lesson(self, lesson: str) -> None:
        self.open_lesson(lesson)
        self._lesson_state.clear_lesson(lesson)
