"""One learner's use of sandboxes: waits for one, follows its journal to the end, and starts over with the next.

Sets the state that pages show, and posts what happens to the lesson state. Replaces the sandbox on request, stops it
when it is idle, and starts a new one when the learner is back. Knows the engine only through the provider, and nothing
of lessons or pages.
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

GONE = "Your Docker engine was lost, with everything in it. A new one is starting; your progress is saved."
STARTING = "Your own Docker engine is starting. This takes a few seconds."
FRESH = "A fresh Docker engine is starting. Your progress is saved."
MAX_RETRY = 8.0  # seconds between two attempts to get a sandbox, at most
QUEUE_POLL = 0.5  # seconds between two looks at the position in the waiting list
STOPPED_POLL = 0.2  # seconds between two looks whether a learner without a sandbox is back


class SandboxLease:
    """Runs from `start` to `close` in its own thread; `on_assigned` is called for each sandbox."""

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
        self._clock_skew = ClockSkewDetector(partial(broadcaster.set_warning, topic="clock"))
        self._ready = threading.Event()
        self._closed = False
        self._leaving = False  # this sandbox is being given up for a new one
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name=f"session-{self._learner}", daemon=True).start()

    def wait(self, seconds: float) -> SandboxLike | None:
        """Return the sandbox, waiting for it up to `seconds`; None when there is none then."""
        self._ready.wait(seconds)
        return self.sandbox

    def close(self) -> None:
        """End the thread. The sandbox stays as it is."""
        self._closed = True

    def replace(self) -> None:
        """Remove this sandbox and get a new one."""
        sandbox = self.sandbox
        if sandbox is not None and not self._leaving:
            self._leaving = True
            self._lesson_state.record("afresh")
            self._broadcaster.set_state("starting", FRESH)
            threading.Thread(target=self._provider.remove_sandbox, args=(self._learner, sandbox), daemon=True).start()

    def stop(self, message: str) -> None:
        """Remove the sandbox, and get a new one only after `resume`."""
        sandbox, self.sandbox = self.sandbox, None
        self._ready.clear()
        self._stopped.set()
        self._leaving = True
        self._lesson_state.post(m.SandboxLost(message))
        self._broadcaster.set_state("away", message)
        if sandbox is not None:
            self._provider.remove_sandbox(self._learner, sandbox)

    def resume(self) -> None:
        """Get a new sandbox if the last one was stopped: the learner is back."""
        if self._stopped.is_set():
            self._stopped.clear()
            self._broadcaster.set_state("starting", STARTING)

    def _run(self) -> None:
        pause = 1.0
        while not self._closed:
            try:
                self._use_sandbox()
                pause = 1.0
            except Exception as error:
                failure = self._provider.failures.add(self._learner, error)
                retry = f" Trying again in {pause:.0f} s." if failure.state == "gone" else ""
                self._broadcaster.set_state(failure.state, failure.learner + retry)
                time.sleep(pause)
                pause = min(2 * pause, MAX_RETRY)
        self._provider.failures.over(self._learner)

    def _use_sandbox(self) -> None:
        """Get a sandbox and follow its journal to the end."""
        if not self._wait_in_queue():
            return
        if self.sandbox is not None and not self._leaving and not self._provider.is_running(self.sandbox):
            self._on_sandbox_lost(self.sandbox)  # lost while the host's engine was down
        self.sandbox = sandbox = self._provider.assign_sandbox(self._learner)
        self._leaving = False
        self._on_assigned()
        self._ready.set()
        self._follow_journal(sandbox)
        self._on_journal_end(sandbox)

    def _wait_in_queue(self) -> bool:
        """Wait until the learner may have a sandbox. False when the session was closed meanwhile."""
        last = 0
        while not self._closed:
            if self._stopped.is_set():
                time.sleep(STOPPED_POLL)
                continue
            position = self._provider.queue_position(self._learner)
            if not position:
                return True
            if position != last:
                self._broadcaster.set_state("waiting", waiting_list.position_message(position))
            last = position
            time.sleep(QUEUE_POLL)
        return False

    def _follow_journal(self, sandbox: SandboxLike) -> None:
        history, events = self._provider.journal_stream(sandbox)
        self._lesson_state.attach_sandbox(history)
        self._provider.failures.over(self._learner)
        for event in events:
            if self._closed or self._leaving:
                break
            self._clock_skew.observe(event.at, self._lesson_state.state.story.now)
            self._lesson_state.post(m.EventReceived(event))

    def _on_journal_end(self, sandbox: SandboxLike) -> None:
        """Find out why the journal ended: the sandbox is left or lost, or the connection to the host's engine broke."""
        if self._closed:
            return
        try:
            running = not self._leaving and self._provider.is_running(sandbox)
        except Exception as error:
            failure = self._provider.failures.add(self._learner, error)
            self._lesson_state.post(m.SandboxLost(failure.learner))
            self._broadcaster.set_state(failure.state, failure.learner)
            time.sleep(2)
            return
        if running:
            time.sleep(0.5)
            return
        if self._stopped.is_set():
            return
        self._ready.clear()
        self.sandbox = None
        if not self._leaving:
            self._on_sandbox_lost(sandbox)

    def _on_sandbox_lost(self, sandbox: SandboxLike) -> None:
        self.sandbox = None
        self._lesson_state.post(m.SandboxLost(GONE))
        self._broadcaster.set_state("gone", GONE)
        self._provider.remove_sandbox(self._learner, sandbox)
