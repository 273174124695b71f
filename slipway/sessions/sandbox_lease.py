"""One learner's life with a sandbox: finds one, follows its river to the end, and begins again.

Stands in line, moves to a fresh one, is put away and comes back; says on the noticeboard how it stands, and hands what
happens to the lesson_state. Knows the engine only by what it asks of its provider, and nothing of lessons or pages.
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
    """Lives from `start` to `close`, on a thread of its own; `on_assigned` is called for each sandbox."""

    def __init__(
        self,
        learner: str,
        provider: SandboxProvider,
        broadcaster: EventBroadcaster,
        lesson_state: LessonState,
        on_assigned: Callable[[], None],
    ) -> None:
        self.sandbox: SandboxLike | None = None
        self._learner, self._provider = learner, provider
        self._broadcaster, self._lesson_state, self._on_assigned = broadcaster, lesson_state, on_assigned
        self._clock = ClockSkewDetector(partial(broadcaster.set_warning, topic="clock"))
        self._settled = threading.Event()
        self._closed = False
        self._moving = False
        self._away = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._live, name=f"seat-{self._learner}", daemon=True).start()

    def wait(self, seconds: float) -> SandboxLike | None:
        """The sandbox, waiting at most so long for it."""
        self._settled.wait(seconds)
        return self.sandbox

    def close(self) -> None:
        """Let go of the sandbox; it stays where it is."""
        self._closed = True

    def replace(self) -> None:
        """Leave this sandbox for a new one."""
        sandbox = self.sandbox
        if sandbox is not None and not self._moving:
            self._moving = True
            self._lesson_state.record("afresh")
            self._broadcaster.set_state("starting", FRESH)
            threading.Thread(target=self._provider.remove_sandbox, args=(self._learner, sandbox), daemon=True).start()

    def stop(self, words: str) -> None:
        """Give the engine back, and wait until somebody is here again."""
        sandbox, self.sandbox = self.sandbox, None
        self._settled.clear()
        self._away.set()
        self._moving = True
        self._lesson_state.post(m.SandboxLost(words))
        self._broadcaster.set_state("away", words)
        if sandbox is not None:
            self._provider.remove_sandbox(self._learner, sandbox)

    def resume(self) -> None:
        """Somebody is here: if the engine was put away, there shall be another."""
        if self._away.is_set():
            self._away.clear()
            self._broadcaster.set_state("starting", STARTING)

    def _live(self) -> None:
        """Find a sandbox, follow its river to the end, and begin again."""
        pause = 1.0
        while not self._closed:
            try:
                self._stay()
                pause = 1.0
            except Exception as error:
                failure = self._provider.failures.add(self._learner, error)
                again = f" Trying again in {pause:.0f} s." if failure.state == "gone" else ""
                self._broadcaster.set_state(failure.state, failure.learner + again)
                time.sleep(pause)
                pause = min(2 * pause, RETRY)
        self._provider.failures.over(self._learner)

    def _await_turn(self) -> bool:
        """Wait in line, if there is one; False when the seat was closed meanwhile."""
        last = 0
        while not self._closed:
            if self._away.is_set():
                time.sleep(0.2)
                continue
            place = self._provider.queue_position(self._learner)
            if not place:
                return True
            if place != last:
                self._broadcaster.set_state("waiting", waiting_list.position_message(place))
            last = place
            time.sleep(TURN)
        return False

    def _stay(self) -> None:
        if not self._await_turn():
            return
        if self.sandbox is not None and not self._moving and not self._provider.is_running(self.sandbox):
            self._gone(self.sandbox)  # while the host's engine was away, or as it came back
        self.sandbox = sandbox = self._provider.assign_sandbox(self._learner)
        self._moving = False
        self._on_assigned()
        self._settled.set()
        past, river = self._provider.journal_stream(sandbox)
        self._lesson_state.attach_sandbox(past)
        self._provider.failures.over(self._learner)
        for event in river:
            if self._closed or self._moving:
                break
            self._clock.observe(event.at, self._lesson_state.state.story.now)
            self._lesson_state.post(m.EventReceived(event))
        self._part(sandbox)

    def _part(self, sandbox: SandboxLike) -> None:
        """The river has ended: a move, a loss, or only a broken line to the host's engine."""
        if self._closed:
            return
        try:
            alive = not self._moving and self._provider.is_running(sandbox)
        except Exception as error:
            failure = self._provider.failures.add(self._learner, error)
            self._lesson_state.post(m.SandboxLost(failure.learner))
            self._broadcaster.set_state(failure.state, failure.learner)
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
        self._lesson_state.post(m.SandboxLost(GONE))
        self._broadcaster.set_state("gone", GONE)
        self._provider.remove_sandbox(self._learner, sandbox)
