"""The stagehand types for whoever presents: at a human pace, or as fast as the shell takes it.

One play at a time: a new one, or `stop`, ends the one before. It learns from the shell's own marks when a prompt is
back, and says where it is by `tell`. Knows the keys of a terminal by `press`, and nothing of lessons or pages.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Literal, TypeAlias

from slipway.core import events as e
from slipway.core.lessons.commands import ENTER, Command

Press: TypeAlias = Callable[[int, str], bool]
"""(terminal, keys) → whether the terminal took them."""
TypingState: TypeAlias = Literal["queued", "typing", "running", "free"]
"""Waiting for a prompt; typing; Enter was pressed; done, or stopped."""
OnTyping: TypeAlias = Callable[[TypingState, int, str], None]
"""(state, commands that are done, what is to be said)."""

PATIENCE = 60.0  # seconds that a command may take before the next one
OLD = 10.0  # seconds after which a mark is history: after a restart of the lab the log tells it anew, without its end
LONG = 2.0  # seconds until a program that was started takes input
CLEAN = "\x15"  # Ctrl-U: what was left in the line is not part of the command
BREAK = "\x03"
LEAVE = "\x04"  # Ctrl-D: it would end the learner's own shell, too, so it is sent only to what runs in there
ENDINGS = ((BREAK, 2.0), (BREAK, 0.3), (LEAVE, 8.0))  # what ends a program, and the seconds that it may take
TIDY = "docker ps -aq | xargs -r docker rm -f >/dev/null"

NOT_LIVE = "The terminal takes no keys just now."
BUSY = "Something still runs in the terminal. Ctrl-C there ends it."
STUCK = "Neither Ctrl-C nor Ctrl-D ends what runs in the terminal. End it there first."

log = logging.getLogger(__name__)


class TypingStopped(Exception):
    """Somebody pressed a key."""


class TypingJob:
    """One play, and what it has said of itself."""

    def __init__(self, say: OnTyping) -> None:
        self._say, self._done = say, 0

    def say(self, state: TypingState, done: int | None = None, words: str = "") -> None:
        self._done = self._done if done is None else done
        self._say(state, self._done, words)


class AutoTyper:
    """`on_shell_event` is to be called with every mark of the shells."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._wake = threading.Condition()
        self._running: set[int] = set()
        self._ends: dict[int, int] = {}
        self._job: TypingJob | None = None

    def on_shell_event(self, event: e.CommandTyped | e.CommandFinished) -> None:
        """A shell has begun a command, or its prompt is back."""
        with self._wake:
            if isinstance(event, e.CommandTyped):
                if time.time() - event.at < OLD:
                    self._running.add(event.terminal)
            else:
                self._running.discard(event.terminal)
                self._ends[event.terminal] = self._ends.get(event.terminal, 0) + 1
            self._wake.notify_all()

    def reset(self) -> None:
        """New shells: nothing runs in them."""
        with self._wake:
            self._running.clear()
        self.stop()

    def on_new_shell(self, terminal: int) -> None:
        """A new shell there: what ran in the last one will never be told to have ended."""
        with self._wake:
            self._running.discard(terminal)
            self._wake.notify_all()

    def stop(self) -> bool:
        """Stop typing; whether there was anything to stop."""
        with self._wake:
            stopped, self._job = self._job, None
            self._wake.notify_all()
        return stopped is not None

    @property
    def is_typing(self) -> bool:
        return self._job is not None

    def type(self, terminal: int, command: Command, say: OnTyping) -> None:
        """Type one command at a human pace, once the prompt is there, and wait until it is back."""

        def play(job: TypingJob) -> None:
            if not command.to_program:
                self._prompt(job, terminal)
                self._send(job, terminal, CLEAN)
            job.say("typing")
            ends = 0
            for pause, key in rhythm(command.keys):
                self._rest(job, pause)
                ends = self._ends.get(terminal, 0)
                self._send(job, terminal, key)
            job.say("running", 1)
            if not command.to_program:
                with suppress(TimeoutError):  # some commands are meant to go on
                    self._end(job, terminal, ends)
            job.say("free")

        self._begin(play, say)

    def prepare(
        self,
        terminal: int,
        script: Sequence[Command],
        ready: Callable[[], None],
        done: Callable[[], None],
        say: OnTyping,
    ) -> None:
        """Remove all containers, call `ready`, play `script` as fast as the shell takes it, and call `done`."""

        def play(job: TypingJob) -> None:
            job.say("typing")
            self._empty(job, terminal)
            self._run(job, terminal, Command(TIDY, TIDY + ENTER))
            ready()
            for at, one in enumerate(script, 1):
                self._run(job, terminal, one, at < len(script) and script[at].to_program)
                job.say("typing", at)
            done()
            self._run(job, terminal, Command("clear", "clear" + ENTER))
            job.say("free")

        self._begin(play, say)

    # Private

    def _begin(self, play: Callable[[TypingJob], None], say: OnTyping) -> None:
        self.stop()
        with self._wake:
            self._job = job = TypingJob(say)
        threading.Thread(target=self._perform, args=(play, job), name="stagehand", daemon=True).start()

    def _perform(self, play: Callable[[TypingJob], None], job: TypingJob) -> None:
        try:
            play(job)
        except TypingStopped:
            if self._job is None:  # else the next play speaks
                job.say("free")
        except TimeoutError as error:
            job.say("free", words=str(error))
        except Exception:
            log.exception("An accident of the stagehand")
            job.say("free", words=NOT_LIVE)
        finally:
            with self._wake:
                if self._job is job:
                    self._job = None

    def _run(self, job: TypingJob, terminal: int, command: Command, talks: bool = False) -> None:
        """Play one command; one that `talks` is told more before its prompt comes back."""
        ends = self._ends.get(terminal, 0)
        self._send(job, terminal, command.keys)
        if talks or command.to_program:
            self._rest(job, LONG)
        if not talks and (not command.to_program or terminal in self._running):
            self._end(job, terminal, ends)

    def _send(self, job: TypingJob, terminal: int, keys: str) -> None:
        self._rest(job, 0.0)
        if not self._press(terminal, keys):
            raise TimeoutError(NOT_LIVE)

    def _rest(self, job: TypingJob, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._job is not job, seconds)
            if self._job is not job:
                raise TypingStopped

    def _empty(self, job: TypingJob, terminal: int) -> None:
        """An empty line at the prompt. A shell that was started within the own one is left, too."""
        if terminal not in self._running:
            self._send(job, terminal, CLEAN)
            return
        job.say("queued")
        for keys, patience in ENDINGS:
            if terminal in self._running:
                self._send(job, terminal, keys)
                with suppress(TimeoutError):
                    self._until(job, lambda: terminal not in self._running, patience)
        if terminal in self._running:
            raise TimeoutError(STUCK)

    def _prompt(self, job: TypingJob, terminal: int) -> None:
        if terminal in self._running:
            job.say("queued")
            self._until(job, lambda: terminal not in self._running)

    def _end(self, job: TypingJob, terminal: int, ends: int) -> None:
        self._until(job, lambda: self._ends.get(terminal, 0) > ends and terminal not in self._running)

    def _until(self, job: TypingJob, true: Callable[[], bool], patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        with self._wake:
            self._wake.wait_for(lambda: self._job is not job or true(), deadline - time.monotonic())
            if self._job is not job:
                raise TypingStopped
            if not true():
                raise TimeoutError(BUSY)


def rhythm(keys: str) -> Iterator[tuple[float, str]]:
    """Each key with the seconds before it: about nine a second, slower where a word begins and before Enter, so that
    an audience can read along. The same for the same text."""
    for at, key in enumerate(keys):
        uneven = (ord(key) * 31 + at * 17) % 50 / 1000
        slow = 0.35 if key == ENTER else 0.09 if at and keys[at - 1] == " " else 0.0
        yield 0.07 + uneven + slow, key
