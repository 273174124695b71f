"""The state of one learner's lesson: applies messages to it with the core's `session.step`, and performs the effects.

`post` is the only place where messages enter, one at a time under the lock of the session; the journal, the shell,
the page and timers all call it. Knows the store through its port, and neither sandboxes nor terminals nor pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeAlias

from slipway.core import events as e
from slipway.core import messages as m
from slipway.core.classroom.activity import ActivityKind
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.session import NotFoundError, Session, publish_step, step
from slipway.sessions.activity_recorder import ActivityRecorder
from slipway.sessions.broadcaster import EventBroadcaster, Listener
from slipway.sessions.ports import ProgressStore, RecordActivity
from slipway.sessions.progress_writer import ProgressWriter

OnMessage: TypeAlias = Callable[[m.Message], None]
"""Called with every message after its effects were performed, under the lock of the session."""


class LessonState:
    """`state` is the core's session. `lock` is the lock of the learner's session."""

    def __init__(
        self,
        learner: str,
        lessons: Mapping[str, Lesson],
        store: ProgressStore,
        broadcaster: EventBroadcaster,
        lock: threading.RLock,
        record: RecordActivity,
        on_message: OnMessage = lambda _message: None,
    ) -> None:
        self.state = Session()
        self._lessons, self._broadcaster, self._lock = lessons, broadcaster, lock
        self._progress = ProgressWriter(learner, store, broadcaster.set_warning)
        self._recorder = ActivityRecorder(learner, record)
        self._on_message = on_message
        self._hints_given: dict[str, int] = {}

    def post(self, message: m.Message) -> None:
        """Apply a message to the state and perform its effects. Raises NotFoundError for a step that is not there."""
        with self._lock:
            self.state, effects = step(self.state, message)
            for effect in effects:
                self._perform(effect)
            self._on_message(message)

    def attach_sandbox(self, history: tuple[e.Event, ...]) -> None:
        """Continue with a sandbox in which `history` has happened so far."""
        with self._lock:
            first = self.state.seq
            self.post(m.SandboxAttached(history))
            self._broadcaster.replace_history(first, history, self.state.seq, self.state.world)

    def open_lesson(self, lesson: str) -> None:
        """Open a lesson, and send a snapshot of it to the listeners. Raises NotFoundError."""
        if lesson not in self._lessons:
            raise NotFoundError("There is no such lesson. Choose one from the list.")
        with self._lock:
            verdicts, since = self._progress.verdicts(lesson), self._progress.open_since(lesson, self._engine_time())
            self.post(m.LessonOpened(self._lessons[lesson], since, verdicts))
            self._broadcaster.send_snapshot(self.state.seq, self.state.world)

    def reset_lesson(self, lesson: str) -> None:
        """Clear the verdicts of the lesson, which must be open, and count it as opened now."""
        now = self._engine_time()
        self._progress.set_opened(lesson, now)
        self.post(m.LessonReset(now))

    def send_snapshot(self, listener: Listener) -> None:
        """Send the verdicts of the open lesson and the state of the sandbox to one listener."""
        state = self.state
        for lesson_step in state.lesson.steps if state.lesson else ():
            self._broadcaster.send_step(publish_step(state, lesson_step), listener)
        self._broadcaster.send_snapshot(state.seq, state.world, listener)

    def find_step(self, slug: str) -> tuple[Lesson, Step]:
        """Return the open lesson and its step `slug`. Raises NotFoundError."""
        lesson = self.state.lesson
        lesson_step = lesson.step(slug) if lesson else None
        if lesson is None or lesson_step is None:
            raise NotFoundError("This lesson has no such step. Reload the page, please.")
        return lesson, lesson_step

    def hint(self, slug: str) -> tuple[str, int]:
        """Return the step's next hint and how many follow it; after the last, the last again. Raises NotFoundError."""
        lesson, lesson_step = self.find_step(slug)
        if not lesson_step.hints:
            raise NotFoundError("This step has no hint. Its solution is one click away.")
        key = f"{lesson.slug}/{slug}"
        given = self._hints_given[key] = min(self._hints_given.get(key, 0) + 1, len(lesson_step.hints))
        self.record("hint", step=slug)
        return lesson_step.hints[given - 1], len(lesson_step.hints) - given

    def solution(self, slug: str) -> str:
        """Return the step's solution. Raises NotFoundError."""
        text = self.find_step(slug)[1].solution
        self.record("solution", step=slug)
        return text

    def record(self, kind: ActivityKind, text: str = "", step: str = "", at: float = 0.0) -> None:
        """Record an activity of the learner, at the current step unless `step` names another."""
        self._recorder.record(self.state, kind, text, step, at)

    def flush(self) -> None:
        """Write the progress that could not be written before."""
        self._progress.flush()

    def _perform(self, effect: m.Effect) -> None:
        self._recorder.on_effect(self.state, effect)
        match effect:
            case m.PublishEvent(seq, event, world):
                self._broadcaster.broadcast_event(seq, event, world)
            case m.PublishStep():
                self._broadcaster.send_step(effect)
            case m.SaveVerdict(lesson, slug, verdict):
                self._progress.save_verdict(lesson, slug, verdict)
            case m.ScheduleTick(at):
                self._post_later(at - self.state.story.now, m.Ticked(at))
            case m.StartHintTimer(seconds, timer_id):
                self._post_later(seconds, m.HintTimerExpired(timer_id))

    def _post_later(self, seconds: float, message: m.Message) -> None:
        timer = threading.Timer(max(0.0, seconds), self.post, [message])
        timer.daemon = True
        timer.start()

    def _engine_time(self) -> float:
        """Return the time of the newest event on the engine's clock, or this machine's time before the first event."""
        return self.state.story.now or time.time()
