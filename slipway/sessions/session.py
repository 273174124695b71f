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
        keeper: ProgressStore,
        lodging: SandboxProvider,
        note: str = "",
    ) -> None:
        self.learner = learner
        self.idle_since = time.monotonic()
        self.warned: float | None = None
        self._lodging = lodging
        self._turn = threading.RLock()
        self._board = EventBroadcaster(self._turn, STARTING, note)
        self._sitting = LessonState(learner, lessons, keeper, lodging.did, self._board, self._turn, self.post)
        self._marked: dict[tuple[int, float, str], None] = {}
        self._stagehand = AutoTyper(lambda terminal, keys: lodging.press(learner, terminal, keys))
        self._presenter = Presenter(self._stagehand, lambda words: self._board.tell("typing", words))
        self._key = ""
        self._lodger = SandboxLease(learner, lodging, self._board, self._sitting, self._arrived)
        self._lodger.begin()

    @property
    def session(self) -> Session:
        return self._sitting.session

    @property
    def sandbox(self) -> SandboxLike | None:
        return self._lodger.sandbox

    # What a page wants

    def join(self, listener: Listener) -> None:
        self._board.join(listener)
        self.here()

    def leave(self, listener: Listener) -> None:
        with self._turn:
            self._board.leave(listener)
            self.idle_since = time.monotonic()

    def here(self) -> Answer:
        """Somebody is there: they type, click or turn a page. Wakes a seat that was put away."""
        with self._turn:
            self.idle_since = time.monotonic()
            if self.warned is not None:
                self.warned = None
                self._board.stay()
            self._lodger.wake()
        return {}

    def note(self, words: str) -> None:
        """What has happened to the engine, as far as the house knows."""
        self._board.note(words)

    def warn(self, words: str) -> None:
        """Nobody has been here for long: say that the engine will be put away."""
        self.warned = time.monotonic()
        self._board.say("idle", words)

    def put_away(self, words: str) -> None:
        """Give the engine back, and wait until somebody is here again."""
        self.warned = None
        self._lodger.put_away(words)

    @property
    def watched(self) -> bool:
        return self._board.watched

    def open(self, lesson: str) -> Answer:
        """Turn the session to a lesson, and tell where everything stands. Raises NotFoundError."""
        with self._turn:
            self._sitting.open(lesson)
            if self._presenter.words:
                self._board.tell("typing", self._presenter.words)
            self._sitting.note("opened")
            return {"current": self.session.current}

    def present(self, listener: Listener) -> None:
        """Tell one who only looks on where everything stands; what comes after it comes by `join`."""
        with self._turn:
            self._sitting.present(listener)
            if self._presenter.words:
                listener("typing", self._presenter.words)

    def turn(self, step: str) -> Answer:
        self.here()
        self.post(m.StepSelected(step))
        return {"current": self.session.current}

    def run(self, block: str, id: str, terminal: int) -> Answer:
        """Type a block of the lesson into a terminal, once for each `id`. Raises NotFoundError."""
        self.here()
        lesson = self.session.lesson
        text = lesson.block(block) if lesson else None
        if lesson is None or not text:
            raise NotFoundError("This lesson has no such command. Reload the page, please.")
        there = lesson.step(block.rpartition(".")[0])
        if there and step_start_time(self.session, there) is None:
            self.post(m.StepSelected(there.slug))
        return {"sent": self._lodging.type(self.learner, terminal, text, id)}

    def hint(self, step: str) -> Answer:
        """The step's next hint; after the last, the last again."""
        self.here()
        text, left = self._sitting.hint(step)
        return {"text": text, "left": left}

    def solution(self, step: str) -> Answer:
        return {"text": self._sitting.solution(step)}

    def again(self, lesson: str) -> Answer:
        """Forget the verdicts of the lesson, to do it once more."""
        self._once_more(lesson)
        self._presenter.renewed()
        self._sitting.note("again")
        return {"current": self.session.current}

    # What a presenter wants

    def type(self, step: str, id: str, terminal: int) -> Answer:
        """Type the step's next command as a person would, once for each `id`. Raises NotFoundError."""
        self._presenter.type(*self._sitting.at(step), id, terminal)
        return {}

    def still(self) -> Answer:
        """Stop typing."""
        return {"stopped": self._presenter.still()}

    def stage(self, step: str, id: str, terminal: int) -> Answer:
        """Bring the sandbox to where `step` begins, and begin the lesson's ticks anew with it. Raises NotFoundError."""
        lesson, one = self._sitting.at(step)
        self._presenter.stage(
            *(lesson, one, id, terminal),
            ready=lambda: self._once_more(lesson.slug),
            begin=lambda: self.post(m.StepSelected(step)),
        )
        return {}

    def afresh(self) -> Answer:
        """Leave this sandbox for a new one; what has passed stays passed."""
        self._lodger.move()
        return {}

    # What happens

    def post(self, message: m.Message) -> None:
        """The one door: every message, one at a time, in order."""
        with self._turn:
            self._sitting.take(message)

    def mark(self, terminal: int, event: e.CommandTyped | e.CommandFinished) -> None:
        """The shell tells of itself; what a terminal's log repeats after a restart is known already."""
        with self._turn:
            known = (terminal, event.at, type(event).__name__)
            if known not in self._marked:
                self._marked[known] = None
                while len(self._marked) > MARKS:
                    self._marked.pop(next(iter(self._marked)))
                if isinstance(event, e.CommandTyped):
                    self._sitting.note("command", event.line, at=event.at)
                if self.watched:  # a program can write such marks, with nobody there
                    self.here()
                self._board.noted()
                self._stagehand.heard(event)
                self.post(m.EventReceived(event))

    def fresh(self, terminal: int) -> None:
        """A terminal gets a new shell in the last one's place."""
        self._stagehand.fresh(terminal)

    def where(self, seconds: float) -> SandboxLike | None:
        """The sandbox, waiting at most so long for it."""
        return self._lodger.where(seconds)

    def close(self) -> None:
        """Let go of the sandbox; it stays where it is."""
        self._lodger.close()

    def flush(self) -> None:
        """Write what could not be written before."""
        self._sitting.flush()

    def _arrived(self) -> None:
        """There is a sandbox: who stood in line was not idle, and its shells are new; perhaps all of it is."""
        self.here()
        self._stagehand.renewed()
        key = self.sandbox.key if self.sandbox else self._key
        if key != self._key:
            self._key = key
            self._presenter.renewed()

    def _once_more(self, lesson: str) -> None:
        self.open(lesson)
        self._sitting.clear(lesson)
