"""One learner's seat while the lab runs: the only place where a session changes.

Everything that happens (the journal, the shell, the page's wishes, silence) passes `post`, one at a time, through the
pure `session.step`; what comes out is performed here and is boring. Knows the engine and the store only by what it asks
of them, and nothing of Flask.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeAlias

from slipway.clock import Clock
from slipway.core import events as e
from slipway.core import messages as m
from slipway.core import waiting
from slipway.core.lesson import Lesson
from slipway.core.session import Session, Unknown, begins, step, tell
from slipway.diary import Diary
from slipway.ledger import Ledger
from slipway.lodging import Keeper, Lodging, SandboxLike
from slipway.noticeboard import Listener, Noticeboard
from slipway.presenter import Presenter
from slipway.stagehand import Stagehand

GONE = "Your Docker engine has gone, and everything in it. A new one is starting; what you have passed is kept."
UNREACHABLE = "The lab can't reach its Docker engine just now. It goes on trying; what you have done is kept."
STARTING = "Your own Docker engine is starting. This takes a few seconds."
RETRY = 8.0  # seconds between two tries at most
MARKS = 20_000  # that are remembered, by their very times: a clock may go back
TURN = 0.5  # seconds between two questions whether it is one's turn

Answer: TypeAlias = dict[str, Any]

log = logging.getLogger(__name__)


class Seat:
    """One learner's place. Calls from the page are prompt; what takes long is told to the listeners later."""

    def __init__(
        self, learner: str, lessons: Mapping[str, Lesson], keeper: Keeper, lodging: Lodging, note: str = ""
    ) -> None:
        self.learner = learner
        self.session = Session()
        self.sandbox: SandboxLike | None = None
        self.idle_since = time.monotonic()
        self._lessons, self._lodging = lessons, lodging
        self._turn = threading.RLock()
        self._board = Noticeboard(self._turn, STARTING, note)
        self._ledger = Ledger(learner, keeper, self._board.warn)
        self._clock = Clock(partial(self._board.warn, about="clock"))
        self._hints: dict[str, int] = {}
        self._marked: dict[tuple[int, float, str], None] = {}
        self._stagehand = Stagehand(lambda terminal, keys: lodging.press(learner, terminal, keys))
        self._presenter = Presenter(self._stagehand, lambda words: self._board.tell("typing", words))
        self._diary = Diary(learner, lodging.did)
        self._settled = threading.Event()
        self._closed = False
        self._moving = False
        self._away = threading.Event()
        self.warned: float | None = None
        threading.Thread(target=self._live, name=f"seat-{learner}", daemon=True).start()

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
            if self._away.is_set():
                self._away.clear()
                self._board.say("starting", STARTING)
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
        sandbox, self.sandbox, self.warned = self.sandbox, None, None
        self._settled.clear()
        self._away.set()
        self._moving = True
        self.post(m.Unseated(words))
        self._board.say("away", words)
        if sandbox is not None:
            self._lodging.leave(self.learner, sandbox)

    @property
    def watched(self) -> bool:
        return self._board.watched

    def open(self, lesson: str) -> Answer:
        """Turn the session to a lesson, and tell where everything stands. Raises Unknown."""
        if lesson not in self._lessons:
            raise Unknown("There is no such lesson. Choose one from the list.")
        with self._turn:
            verdicts, since = self._ledger.verdicts(lesson), self._ledger.opened(lesson, self._now())
            self.post(m.Opened(self._lessons[lesson], since, verdicts))
            self._board.stand(self.session.seq, self.session.world)
            if self._presenter.words:
                self._board.tell("typing", self._presenter.words)
            self._diary.note(self.session, "opened")
            return {"current": self.session.current}

    def present(self, listener: Listener) -> None:
        """Tell one who only looks on where everything stands; what comes after it comes by `join`."""
        with self._turn:
            session = self.session
            for one in session.lesson.steps if session.lesson else ():
                self._board.verdict(tell(session, one), listener)
            self._board.stand(session.seq, session.world, listener)
            if self._presenter.words:
                listener("typing", self._presenter.words)

    def turn(self, step: str) -> Answer:
        self.here()
        self.post(m.Turned(step))
        return {"current": self.session.current}

    def run(self, block: str, id: str, terminal: int) -> Answer:
        """Type a block of the lesson into a terminal, once for each `id`. Raises Unknown."""
        self.here()
        lesson = self.session.lesson
        text = lesson.block(block) if lesson else None
        if lesson is None or not text:
            raise Unknown("This lesson has no such command. Reload the page, please.")
        there = lesson.step(block.rpartition(".")[0])
        if there and begins(self.session, there) is None:
            self.post(m.Turned(there.slug))
        return {"sent": self._lodging.type(self.learner, terminal, text, id)}

    def hint(self, step: str) -> Answer:
        """The step's next hint; after the last, the last again."""
        self.here()
        lesson, one = self._at(step)
        if not one.hints:
            raise Unknown("This step has no hint. Its solution is one click away.")
        given = min(self._hints.get(f"{lesson.slug}/{step}", 0) + 1, len(one.hints))
        self._hints[f"{lesson.slug}/{step}"] = given
        self._diary.note(self.session, "hint", step=step)
        return {"text": one.hints[given - 1], "left": len(one.hints) - given}

    def solution(self, step: str) -> Answer:
        text = self._at(step)[1].solution
        self._diary.note(self.session, "solution", step=step)
        return {"text": text}

    def again(self, lesson: str) -> Answer:
        """Forget the verdicts of the lesson, to do it once more."""
        self._once_more(lesson)
        self._diary.note(self.session, "again")
        return {"current": self.session.current}

    # What a presenter wants

    def type(self, step: str, id: str, terminal: int) -> Answer:
        """Type the step's next command as a person would, once for each `id`. Raises Unknown."""
        self._presenter.type(*self._at(step), id, terminal)
        return {}

    def still(self) -> Answer:
        """Stop typing."""
        return {"stopped": self._presenter.still()}

    def stage(self, step: str, id: str, terminal: int) -> Answer:
        """Bring the sandbox to where `step` begins, and begin the lesson's ticks anew with it. Raises Unknown."""
        lesson, one = self._at(step)
        self._presenter.stage(
            *(lesson, one, id, terminal),
            ready=lambda: self._once_more(lesson.slug),
            begin=lambda: self.post(m.Turned(step)),
        )
        return {}

    def afresh(self) -> Answer:
        """Leave this sandbox for a new one; what has passed stays passed."""
        sandbox = self.sandbox
        if sandbox is not None and not self._moving:
            self._moving = True
            self._diary.note(self.session, "afresh")
            self._board.say("starting", "A fresh Docker engine is starting. Your progress is kept.")
            threading.Thread(target=self._lodging.leave, args=(self.learner, sandbox), daemon=True).start()
        return {}

    # What happens

    def post(self, message: m.Message) -> None:
        """The one door: every message, one at a time, in order."""
        with self._turn:
            self.session, effects = step(self.session, message)
            for effect in effects:
                self._perform(effect)

    def mark(self, terminal: int, event: e.CommandTyped | e.CommandFinished) -> None:
        """The shell tells of itself; what a terminal's log repeats after a restart is known already."""
        with self._turn:
            known = (terminal, event.at, type(event).__name__)
            if known not in self._marked:
                self._marked[known] = None
                while len(self._marked) > MARKS:
                    self._marked.pop(next(iter(self._marked)))
                if isinstance(event, e.CommandTyped):
                    self._diary.note(self.session, "command", event.line, at=event.at)
                self.here()
                self._board.noted()
                self._stagehand.heard(event)
                self.post(m.Happened(event))

    def where(self, seconds: float) -> SandboxLike | None:
        """The sandbox, waiting at most so long for it."""
        self._settled.wait(seconds)
        return self.sandbox

    def close(self) -> None:
        """Let go of the sandbox; it stays where it is."""
        self._closed = True

    def _live(self) -> None:
        """Find a sandbox, follow its river to the end, and begin again."""
        pause = 1.0
        while not self._closed:
            try:
                self._stay()
                pause = 1.0
            except Exception as error:
                log.warning("No sandbox for %s: %s", self.learner, error)
                if isinstance(error, RuntimeError):  # its text is a sentence for a person (lodging.py)
                    self._board.say("gone", f"{error} Trying again in {pause:.0f} s.")
                else:
                    self._board.say("lost", UNREACHABLE)
                time.sleep(pause)
                pause = min(2 * pause, RETRY)

    def _await_turn(self) -> bool:
        """Wait in line, if there is one; False when the seat was closed meanwhile."""
        last = 0
        while not self._closed:
            if self._away.is_set():
                time.sleep(0.2)
                continue
            place = self._lodging.turn(self.learner)
            if not place:
                return True
            if place != last:
                self._board.say("waiting", waiting.in_words(place))
            last = place
            time.sleep(TURN)
        return False

    def _stay(self) -> None:
        if not self._await_turn():
            return
        if self.sandbox is not None and not self._moving and not self._lodging.alive(self.sandbox):
            self._gone(self.sandbox)  # while the host's engine was away, or as it came back
        self.sandbox = sandbox = self._lodging.settle(self.learner)
        self.here()  # who stood in line was not idle
        self._moving = False
        self._stagehand.renewed()
        self._settled.set()
        past, river = self._lodging.river(sandbox)
        self._begin(past)
        for event in river:
            if self._closed or self._moving:
                break
            self._clock.hears(event.at, self.session.story.now)
            self.post(m.Happened(event))
        self._part(sandbox)

    def _begin(self, past: tuple[e.Event, ...]) -> None:
        with self._turn:
            first = self.session.seq
            self.post(m.Reseated(past))
            self._board.renew(first, past, self.session.seq, self.session.world)

    def _part(self, sandbox: SandboxLike) -> None:
        """The river has ended: a move, a loss, or only a broken line to the host's engine."""
        if self._closed:
            return
        try:
            alive = not self._moving and self._lodging.alive(sandbox)
        except Exception:
            self.post(m.Unseated(UNREACHABLE))
            self._board.say("lost", UNREACHABLE)
            time.sleep(2)
            return
        if alive:
            time.sleep(0.5)
            return
        if self._away.is_set():
            return
        self._settled.clear()
        self.sandbox = None
        if not self._moving:
            self._gone(sandbox)

    def _gone(self, sandbox: SandboxLike) -> None:
        self.sandbox = None
        self.post(m.Unseated(GONE))
        self._board.say("gone", GONE)
        self._lodging.leave(self.learner, sandbox)

    def _perform(self, effect: m.Effect) -> None:
        self._diary.heed(self.session, effect)
        match effect:
            case m.Show(seq, event, world):
                self._board.show(seq, event, world)
            case m.Tell():
                self._board.verdict(effect)
            case m.Keep(lesson, slug, verdict):
                self._ledger.keep(lesson, slug, verdict)
            case m.Wake(at):
                self._later(at - self.session.story.now, m.Ticked(at))
            case m.Await(seconds, turn):
                self._later(seconds, m.Waited(turn))

    def _later(self, seconds: float, message: m.Message) -> None:
        timer = threading.Timer(max(0.0, seconds), self.post, [message])
        timer.daemon = True
        timer.start()

    def _now(self) -> float:
        """The engine's clock: the newest thing heard of it, or this machine's while nothing was."""
        return self.session.story.now or time.time()

    def _once_more(self, lesson: str) -> None:
        self.open(lesson)
        now = self._now()
        self._ledger.open(lesson, now)
        self.post(m.Cleared(now))

    def _at(self, slug: str) -> tuple[Lesson, Any]:
        lesson = self.session.lesson
        one = lesson.step(slug) if lesson else None
        if lesson is None or one is None:
            raise Unknown("This lesson has no such step. Reload the page, please.")
        return lesson, one
