"""One learner's session, with what comes of it: verdicts on the noticeboard and in the ledger, deeds in the diary.

What the pure `session.step` wants done is performed here, and is boring. Every message comes by `post`, the seat's
door, which lets them in one at a time. Knows the store only as its store, and neither sandboxes nor keys nor pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from slipway.core import events as e
from slipway.core import messages as m
from slipway.core.classroom.activity import Activity, ActivityKind
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.session import NotFoundError, Session, publish_step, step
from slipway.sessions.activity_recorder import ActivityRecorder
from slipway.sessions.broadcaster import EventBroadcaster, Listener
from slipway.sessions.ports import ProgressStore
from slipway.sessions.progress_writer import ProgressWriter


class LessonState:
    """`turn` is the seat's own lock, `record` is told the deeds."""

    def __init__(
        self,
        learner: str,
        lessons: Mapping[str, Lesson],
        store: ProgressStore,
        record: Callable[[Activity], None],
        broadcaster: EventBroadcaster,
        turn: threading.RLock,
        post: Callable[[m.Message], None],
    ) -> None:
        self.state = Session()
        self.post = post
        self._lessons, self._broadcaster, self._turn = lessons, broadcaster, turn
        self._progress = ProgressWriter(learner, store, broadcaster.set_warning)
        self._recorder = ActivityRecorder(learner, record)
        self._hints: dict[str, int] = {}

    def take(self, message: m.Message) -> None:
        """What the door let in."""
        self.state, effects = step(self.state, message)
        for effect in effects:
            self._perform(effect)

    def attach_sandbox(self, past: tuple[e.Event, ...]) -> None:
        """A sandbox, of which this is all that has happened in it."""
        with self._turn:
            first = self.state.seq
            self.post(m.SandboxAttached(past))
            self._broadcaster.replace_history(first, past, self.state.seq, self.state.world)

    def open_lesson(self, lesson: str) -> None:
        """Turn the session to a lesson, and tell where everything stands. Raises NotFoundError."""
        if lesson not in self._lessons:
            raise NotFoundError("There is no such lesson. Choose one from the list.")
        with self._turn:
            verdicts, since = self._progress.verdicts(lesson), self._progress.open_since(lesson, self._now())
            self.post(m.LessonOpened(self._lessons[lesson], since, verdicts))
            self._broadcaster.send_snapshot(self.state.seq, self.state.world)

    def clear_lesson(self, lesson: str) -> None:
        """Forget the verdicts of the lesson, which is open from now on."""
        now = self._now()
        self._progress.set_opened(lesson, now)
        self.post(m.LessonReset(now))

    def send_snapshot(self, listener: Listener) -> None:
        """Tell one where everything stands."""
        session = self.state
        for one in session.lesson.steps if session.lesson else ():
            self._broadcaster.send_verdict(publish_step(session, one), listener)
        self._broadcaster.send_snapshot(session.seq, session.world, listener)

    def find_step(self, slug: str) -> tuple[Lesson, Step]:
        """The lesson that is open, and that step of it. Raises NotFoundError."""
        lesson = self.state.lesson
        one = lesson.step(slug) if lesson else None
        if lesson is None or one is None:
            raise NotFoundError("This lesson has no such step. Reload the page, please.")
        return lesson, one

    def hint(self, slug: str) -> tuple[str, int]:
        """Return the next hint and how many follow it; after the last, the last again. Raises NotFoundError."""
        lesson, one = self.find_step(slug)
        if not one.hints:
            raise NotFoundError("This step has no hint. Its solution is one click away.")
        given = min(self._hints.get(f"{lesson.slug}/{slug}", 0) + 1, len(one.hints))
        self._hints[f"{lesson.slug}/{slug}"] = given
        self.record("hint", step=slug)
        return one.hints[given - 1], len(one.hints) - given

    def solution(self, slug: str) -> str:
        text = self.find_step(slug)[1].solution
        self.record("solution", step=slug)
        return text

    def record(self, kind: ActivityKind, text: str = "", step: str = "", at: float = 0.0) -> None:
        """A deed of the learner's, for the diary."""
        self._recorder.record(self.state, kind, text, step, at)

    def flush(self) -> None:
        """Write what could not be written before."""
        self._progress.flush()

    def _perform(self, effect: m.Effect) -> None:
        self._recorder.on_effect(self.state, effect)
        match effect:
            case m.PublishEvent(seq, event, world):
                self._broadcaster.broadcast_event(seq, event, world)
            case m.PublishStep():
                self._broadcaster.send_verdict(effect)
            case m.SaveVerdict(lesson, slug, verdict):
                self._progress.save_verdict(lesson, slug, verdict)
            case m.ScheduleTick(at):
                self._later(at - self.state.story.now, m.Ticked(at))
            case m.StartHintTimer(seconds, timer_id):
                self._later(seconds, m.HintTimerExpired(timer_id))

    def _later(self, seconds: float, message: m.Message) -> None:
        timer = threading.Timer(max(0.0, seconds), self.post, [message])
        timer.daemon = True
        timer.start()

    def _now(self) -> float:
        """The engine's clock: the newest thing heard of it, or this machine's while nothing was."""
        return self.state.story.now or time.time()
