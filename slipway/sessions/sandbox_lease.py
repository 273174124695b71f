"""One learner's life with a sandbox: finds one, follows its river to the end, and begins again.

Stands in line, moves to a fresh one, is put away and comes back; says on the noticeboard how it stands, and hands what
happens to the sitting. Knows the engine only by what it asks of its lodging, and nothing of lessons or pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from slipway.core import messages as m
from slipway.core import waiting_list
from slipway.sessions.broadcaster import EventBroadcaster
from slipway.sessions.clock_skew import ClockSkewDetector
from slipway.sessions.lesson_state import LessonState
from slipway.sessions.ports import SandboxLike, SandboxProvider

GONE = "Your Docker engine has gone, and everything in it. A new one is starting; what you have passed is kept."
STARTING = "Your own Docker engine is starting. This takes a few seconds."
FRESH = "A fresh Docker engine is starting. Your progress is kept."
RETRY = 8.0  # seconds between two tries at most
TURN = 0.5  # seconds between two questions whether it is one's turn


class SandboxLease:
    """Lives from `begin` to `close`, on a thread of its own; `arrived` is called with each sandbox that is found."""

    def __init__(
        self,
        learner: str,
        lodging: SandboxProvider,
        board: EventBroadcaster,
        sitting: LessonState,
        arrived: Callable[[], None],
    ) -> None:
        self.sandbox: SandboxLike | None = None
        self._learner, self._lodging = learner, lodging
        self._board, self._sitting, self._arrived = board, sitting, arrived
        self._clock = ClockSkewDetector(partial(board.warn, about="clock"))
        self._settled = threading.Event()
        self._closed = False
        self._moving = False
        self._away = threading.Event()

    def begin(self) -> None:
        threading.Thread(target=self._live, name=f"seat-{self._learner}", daemon=True).start()

    def where(self, seconds: float) -> SandboxLike | None:
        """The sandbox, waiting at most so long for it."""
        self._settled.wait(seconds)
        return self.sandbox

    def close(self) -> None:
        """Let go of the sandbox; it stays where it is."""
        self._closed = True

    def move(self) -> None:
        """Leave this sandbox for a new one."""
        sandbox = self.sandbox
        if sandbox is not None and not self._moving:
            self._moving = True
            self._sitting.note("afresh")
            self._board.say("starting", FRESH)
            threading.Thread(target=self._lodging.leave, args=(self._learner, sandbox), daemon=True).start()

    def put_away(self, words: str) -> None:
        """Give the engine back, and wait until somebody is here again."""
        sandbox, self.sandbox = self.sandbox, None
        self._settled.clear()
        self._away.set()
        self._moving = True
        self._sitting.post(m.SandboxLost(words))
        self._board.say("away", words)
        if sandbox is not None:
            self._lodging.leave(self._learner, sandbox)

    def wake(self) -> None:
        """Somebody is here: if the engine was put away, there shall be another."""
        if self._away.is_set():
            self._away.clear()
            self._board.say("starting", STARTING)

    def _live(self) -> None:
        """Find a sandbox, follow its river to the end, and begin again."""
        pause = 1.0
        while not self._closed:
            try:
                self._stay()
                pause = 1.0
            except Exception as error:
                failure = self._lodging.failures.add(self._learner, error)
                again = f" Trying again in {pause:.0f} s." if failure.state == "gone" else ""
                self._board.say(failure.state, failure.learner + again)
                time.sleep(pause)
                pause = min(2 * pause, RETRY)
        self._lodging.failures.over(self._learner)

    def _await_turn(self) -> bool:
        """Wait in line, if there is one; False when the seat was closed meanwhile."""
        last = 0
        while not self._closed:
            if self._away.is_set():
                time.sleep(0.2)
                continue
            place = self._lodging.turn(self._learner)
            if not place:
                return True
            if place != last:
                self._board.say("waiting", waiting_list.position_message(place))
            last = place
            time.sleep(TURN)
        return False

    def _stay(self) -> None:
        if not self._await_turn():
            return
        if self.sandbox is not None and not self._moving and not self._lodging.alive(self.sandbox):
            self._gone(self.sandbox)  # while the host's engine was away, or as it came back
        self.sandbox = sandbox = self._lodging.settle(self._learner)
        self._moving = False
        self._arrived()
        self._settled.set()
        past, river = self._lodging.river(sandbox)
        self._sitting.begin(past)
        self._lodging.failures.over(self._learner)
        for event in river:
            if self._closed or self._moving:
                break
            self._clock.hears(event.at, self._sitting.session.story.now)
            self._sitting.post(m.EventReceived(event))
        self._part(sandbox)

    def _part(self, sandbox: SandboxLike) -> None:
        """The river has ended: a move, a loss, or only a broken line to the host's engine."""
        if self._closed:
            return
        try:
            alive = not self._moving and self._lodging.alive(sandbox)
        except Exception as error:
            failure = self._lodging.failures.add(self._learner, error)
            self._sitting.post(m.SandboxLost(failure.learner))
            self._board.say(failure.state, failure.learner)
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
        self._sitting.post(m.SandboxLost(GONE))
        self._board.say("gone", GONE)
        self._lodging.leave(self._learner, sandbox)
