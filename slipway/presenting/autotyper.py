"""Types commands into a terminal for a presenter: at a human pace, or as fast as the shell reads them.

One job at a time: a new one, or `stop`, ends the previous one. The shell's marks tell it when a prompt is back. Knows
terminals only through `send_keys`, and nothing of lessons or pages.
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

SendKeys: TypeAlias = Callable[[int, str], bool]
"""(terminal, keys) → whether the terminal accepted them."""
TypingState: TypeAlias = Literal["queued", "typing", "running", "free"]
"""Waiting for a prompt; typing; Enter was pressed; finished, or stopped."""
OnStatus: TypeAlias = Callable[[TypingState, int, str], None]
"""(state, number of typed commands, message for the presenter or "")."""

COMMAND_TIMEOUT = 60.0  # seconds that a command may take before the next one
STALE_MARK = 10.0  # seconds after which a mark is ignored: a restarted lab reads it again from the log, without its end
PROGRAM_START = 2.0  # seconds until a program that was started reads input
CLEAR_LINE = "\x15"  # Ctrl-U: text that was left in the line must not become part of the command
CTRL_C = "\x03"
CTRL_D = "\x04"  # it would also end the learner's own shell, so it is sent only while a program runs in that shell
INTERRUPTS = ((CTRL_C, 2.0), (CTRL_C, 0.3), (CTRL_D, 8.0))  # keys that end a program, and the seconds that it gets
REMOVE_CONTAINERS = "docker ps -aq | xargs -r docker rm -f >/dev/null"

NOT_LIVE = "The terminal does not accept input right now."
BUSY = "A command is still running in the terminal. End it there with Ctrl-C."
STUCK = "Neither Ctrl-C nor Ctrl-D ended the program in the terminal. End it there first."

log = logging.getLogger(__name__)


class TypingStopped(Exception):
    """The job was stopped, or replaced by a new one."""


class TypingJob:
    """One job, and the number of commands that it has typed."""

    def __init__(self, on_status: OnStatus) -> None:
        self._on_status, self._done = on_status, 0

    def report(self, state: TypingState, done: int | None = None, message: str = "") -> None:
        """Report a state; `done` is the new number of typed commands, None for the same as before."""
        self._done = self._done if done is None else done
        self._on_status(state, self._done, message)


class AutoTyper:
    """Needs every mark of the shells by `on_shell_event`, and every new shell by `on_new_shell`."""

    def __init__(self, send_keys: SendKeys) -> None:
        self._send_keys = send_keys
        self._changed = threading.Condition()
        self._running: set[int] = set()  # terminals in which a command runs
        self._finished: dict[int, int] = {}  # how many commands have finished in each terminal
        self._job: TypingJob | None = None

    def on_shell_event(self, event: e.CommandTyped | e.CommandFinished) -> None:
        """Handle that a shell has started a command, or that its prompt is back."""
        with self._changed:
            if isinstance(event, e.CommandTyped):
                if time.time() - event.at < STALE_MARK:
                    self._running.add(event.terminal)
            else:
                self._running.discard(event.terminal)
                self._finished[event.terminal] = self._finished.get(event.terminal, 0) + 1
            self._changed.notify_all()

    def on_new_shell(self, terminal: int) -> None:
        """Handle a new shell in a terminal: what ran in the last one will never be reported as finished."""
        with self._changed:
            self._running.discard(terminal)
            self._changed.notify_all()

    def reset(self) -> None:
        """Stop typing, and assume that nothing runs: all shells are new."""
        with self._changed:
            self._running.clear()
        self.stop()

    def stop(self) -> bool:
        """Stop typing. Whether anything was being typed."""
        with self._changed:
            stopped, self._job = self._job, None
            self._changed.notify_all()
        return stopped is not None

    @property
    def is_typing(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def type(self, terminal: int, command: Command, on_status: OnStatus) -> None:
        """Type one command at a human pace once there is a prompt, and wait until the prompt is back."""

        def work(job: TypingJob) -> None:
            if not command.to_program:
                self._wait_for_prompt(job, terminal)
                self._send(job, terminal, CLEAR_LINE)
            job.report("typing")
            finished = 0
            for pause, key in rhythm(command.keys):
                self._sleep(job, pause)
                finished = self._finished.get(terminal, 0)
                self._send(job, terminal, key)
            job.report("running", 1)
            if not command.to_program:
                with suppress(TimeoutError):  # some commands are meant to keep running
                    self._wait_for_end(job, terminal, finished)
            job.report("free")

        self._start(work, on_status)

    def prepare(
        self,
        terminal: int,
        script: Sequence[Command],
        on_empty: Callable[[], None],
        on_done: Callable[[], None],
        on_status: OnStatus,
    ) -> None:
        """Remove all containers, call `on_empty`, type `script` as fast as the shell reads it, and call `on_done`."""

        def work(job: TypingJob) -> None:
            job.report("typing")
            self._clear_prompt(job, terminal)
            self._run(job, terminal, Command(REMOVE_CONTAINERS, REMOVE_CONTAINERS + ENTER))
            on_empty()
            for number, command in enumerate(script, 1):
                self._run(job, terminal, command, number < len(script) and script[number].to_program)
                job.report("typing", number)
            on_done()
            self._run(job, terminal, Command("clear", "clear" + ENTER))
            job.report("free")

        self._start(work, on_status)

    # Private

    def _start(self, work: Callable[[TypingJob], None], on_status: OnStatus) -> None:
        self.stop()
        with self._changed:
            self._job = job = TypingJob(on_status)
        threading.Thread(target=self._perform, args=(work, job), name="autotyper", daemon=True).start()

    def _perform(self, work: Callable[[TypingJob], None], job: TypingJob) -> None:
        try:
            work(job)
        except TypingStopped:
            if self._job is None:  # else the job that replaced this one reports
                job.report("free")
        except TimeoutError as error:
            job.report("free", message=str(error))
        except Exception:
            log.exception("Internal error while typing")
            job.report("free", message=NOT_LIVE)
        finally:
            with self._changed:
                if self._job is job:
                    self._job = None

    def _run(self, job: TypingJob, terminal: int, command: Command, reads_input: bool = False) -> None:
        """Type one command; with `reads_input` the next command is typed into the program that it starts."""
        finished = self._finished.get(terminal, 0)
        self._send(job, terminal, command.keys)
        if reads_input or command.to_program:
            self._sleep(job, PROGRAM_START)
        if not reads_input and (not command.to_program or terminal in self._running):
            self._wait_for_end(job, terminal, finished)

    def _send(self, job: TypingJob, terminal: int, keys: str) -> None:
        self._sleep(job, 0.0)
        if not self._send_keys(terminal, keys):
            raise TimeoutError(NOT_LIVE)

    def _sleep(self, job: TypingJob, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._job is not job, seconds)
            if self._job is not job:
                raise TypingStopped

    def _clear_prompt(self, job: TypingJob, terminal: int) -> None:
        """Get to an empty prompt: end what runs, also a shell that was started within the learner's own."""
        if terminal not in self._running:
            self._send(job, terminal, CLEAR_LINE)
            return
        job.report("queued")
        for keys, seconds in INTERRUPTS:
            if terminal in self._running:
                self._send(job, terminal, keys)
                with suppress(TimeoutError):
                    self._wait_until(job, lambda: terminal not in self._running, seconds)
        if terminal in self._running:
            raise TimeoutError(STUCK)

    def _wait_for_prompt(self, job: TypingJob, terminal: int) -> None:
        if terminal in self._running:
            job.report("queued")
            self._wait_until(job, lambda: terminal not in self._running)

    def _wait_for_end(self, job: TypingJob, terminal: int, finished: int) -> None:
        """Wait until more than `finished` commands have finished in the terminal, and none runs."""
        self._wait_until(job, lambda: self._finished.get(terminal, 0) > finished and terminal not in self._running)

    def _wait_until(self, job: TypingJob, condition: Callable[[], bool], seconds: float = COMMAND_TIMEOUT) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._job is not job or condition(), seconds)
            if self._job is not job:
                raise TypingStopped
            if not condition():
                raise TimeoutError(BUSY)


def rhythm(keys: str) -> Iterator[tuple[float, str]]:
    """Yield each key with the seconds of pause before it; always the same for the same text.

    About nine keys a second, slower at the beginning of a word and before Enter, so that an audience can read along.
    """
    for at, key in enumerate(keys):
        uneven = (ord(key) * 31 + at * 17) % 50 / 1000
        slow = 0.35 if key == ENTER else 0.09 if at and keys[at - 1] == " " else 0.0
        yield 0.07 + uneven + slow, key
