"""Types the commands of lessons on a real sandbox, through a real terminal, and records what the lab made of them.

Each step: not passed before its solution; passed by every right way; every common mistake stays not passed and gets its
own sentence. A step that is not proved is not shipped. The commands go through a real learner session, so what is
proved is what learners use.
"""

from __future__ import annotations

import itertools
import queue
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from slipway.core import events as e
from slipway.core.lessons.checks import NOT_YET, PASSED
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.messages import EventReceived, Message
from slipway.core.recordings.asciicast import TimedText
from slipway.core.recordings.proof import ProofRecord
from slipway.proofs.message_recorder import MessageRecorder
from slipway.sessions.session import LearnerSession

COMMAND_TIMEOUT = 300.0  # seconds that one command line of a proof may take, on an emulated machine too
SETTLE = 4.0  # seconds after the last prompt in which the verdict must come
PING_INTERVAL = 10.0  # seconds after which a ping that was not seen is repeated
DWELL = 1.2  # seconds in which a mistake gets the chance to pass after all
PROGRAM_START = 2.0  # seconds without output after which a program that has started is typed into

COLS, ROWS = 100, 24  # the size of the terminal; without one, programs such as redis-cli ask for it and wait
KEYS = {"^C": "\x03", "^D": "\x04"}

PROMPT_START, PROMPT_END, OUTPUT_START, COMMAND_END = "\x1b]133;A", "\x1b]133;B", "\x1b]133;C\a", "\x1b]133;D"
"""The shell's marks (OSC 133): its prompt begins, its prompt is complete, a command runs, a command has finished."""
TTY = re.compile(r"\s(-[a-z]*t[a-z]*|--tty)\s")

REMOVE_CONTAINERS = "docker ps -aq | xargs -r docker rm -f >/dev/null; docker ps -aq"


@dataclass(frozen=True)
class ProofOutcome:
    """The record of one way through a step, and what is wrong with it ("" for nothing)."""

    record: ProofRecord
    problem: str
    screen: tuple[TimedText, ...] = ()


@dataclass(frozen=True)
class Way:
    """Commands of a step: its `solution`, another right `way`, or a common `mistake`, which gets `sentence`."""

    kind: str
    commands: str
    sentence: str = ""


def ways(lesson: Lesson) -> Iterator[tuple[Step, Way]]:
    """Yield every solution, right way and common mistake of the lesson, with its step."""
    for step in lesson.steps:
        yield step, Way("solution", step.solution)
        yield from ((step, Way("way", commands)) for commands in step.ways)
        for mistake in step.common_mistakes:
            yield step, Way("mistake", mistake.commands, mistake.mistake.say)


class Prover:
    """Types into one terminal of one session, and watches what follows.

    `screen` grows with the terminal's output, as (seconds since the epoch, text). `type_line` types a line and returns
    whether the terminal accepted it. `ping` makes the gateway write an event that no lesson looks at, and returns what
    it printed.
    """

    def __init__(
        self,
        session: LearnerSession,
        recorder: MessageRecorder,
        screen: list[TimedText],
        type_line: Callable[[str], bool],
        ping: Callable[[], str],
    ) -> None:
        self.session, self.screen = session, screen
        self._recorder, self._type_line, self._ping = recorder, type_line, ping

    @property
    def engine_version(self) -> str:
        """The version of the sandbox's Docker engine."""
        return self.session.state.world.version

    def walk(self, lesson: Lesson, *, slow: bool = False) -> Iterator[tuple[Step, str]]:
        """Do every step once by its solution, as a learner does. Yields the step and what is wrong with it, or "".

        With `slow`, programs that a solution ends by `timeout` have more time.
        """
        self._start_over(lesson)
        for step in lesson.steps:
            early = self._has_passed(step)
            self._type(lengthen_timeouts(step.solution) if slow else step.solution)
            self._catch_up()
            self._await_verdict(step, "")
            verdict = self.session.state.verdict(step.slug)
            yield step, _problem("solution", early, verdict.value, verdict.why, "")

    def try_way(self, lesson: Lesson, step: Step, way: Way) -> ProofOutcome:
        """Bring the sandbox to where the step begins, type the commands, and record it."""
        self._start_over(lesson)
        start, since = len(self._recorder.messages) - 1, time.time()
        prompt = (since, _last_prompt(self.screen))
        engine = _engine_state(self.session)
        self._type(lesson.stage_commands(step))
        self._catch_up()
        if step.number > 1:
            self.session.go_to_step(step.slug)
        early = self._has_passed(step)
        self._type(way.commands)
        self._catch_up()
        self._await_verdict(step, way.sentence)
        with self.session.lock:  # a verdict is set a moment before its message is recorded
            verdict = self.session.state.verdict(step.slug)
            messages = (EventReceived(engine), *self._recorder.messages[start:])
        record = ProofRecord(step.slug, way.kind, way.commands, messages, verdict.value, verdict.why)
        screen = (prompt, *((at, text) for at, text in self.screen if at >= since))
        return ProofOutcome(record, _problem(way.kind, early, verdict.value, verdict.why, way.sentence), screen)

    def _start_over(self, lesson: Lesson) -> None:
        self._type(REMOVE_CONTAINERS)
        self._catch_up()
        self.session.restart_lesson(lesson.slug)

    def _type(self, commands: str) -> None:
        """Type line after line, each when the prompt is back.

        A line that begins with `^` is for the program that the line before it started: `^C` and `^D` are those keys,
        `^ text` is that text and Enter.
        """
        lines = commands.splitlines()
        for number, line in enumerate(lines):
            if line.startswith("^"):
                continue
            self._recorder.discard_new()
            known, drawn = len(self._recorder.messages), len(self.screen)
            self._send(line)
            for inner in itertools.takewhile(lambda following: following.startswith("^"), lines[number + 1 :]):
                self._wait_for_program(line, known, drawn)
                self._send(KEYS.get(inner) or inner[1:].strip())
            self._wait_for_prompt(line)

    def _send(self, text: str) -> None:
        if not self._type_line(text):
            raise RuntimeError(f"the terminal took no input: {text}")

    def _wait_for_program(self, line: str, known: int, drawn: int) -> None:
        """Wait until the program that `line` started has drawn its prompt or, without a terminal, has started.

        Then wait until it writes no more: a program may discard what is typed before it reads. `known` messages and
        `drawn` parts of the screen are older than `line`.
        """
        needs_output, deadline = TTY.search(line), time.monotonic() + COMMAND_TIMEOUT
        while time.monotonic() < deadline and not _has_output(self.screen[drawn:]):
            if not needs_output and any(map(_is_start, self._recorder.messages[known:])):
                break
            time.sleep(0.05)
        self._wait_until_quiet()

    def _wait_until_quiet(self) -> None:
        """Wait until nothing was written for a while; a program that never stops is given twice that time."""
        began = time.time()
        while time.time() < max(began, min(self.screen[-1][0], began + PROGRAM_START)) + PROGRAM_START:
            time.sleep(0.05)

    def _wait_for_prompt(self, line: str) -> None:
        deadline = time.monotonic() + COMMAND_TIMEOUT
        while time.monotonic() < deadline:
            try:
                message = self._recorder.new.get(timeout=deadline - time.monotonic())
            except queue.Empty:
                break
            if isinstance(message, EventReceived) and isinstance(message.event, e.CommandFinished):
                self._wait_until_drawn(deadline)
                return
        raise RuntimeError(f"the prompt did not come back within {COMMAND_TIMEOUT:.0f} s of: {line}")

    def _wait_until_drawn(self, deadline: float) -> None:
        """Wait until the prompt is drawn: what is typed before is shown twice, by the kernel and by the shell."""
        while time.monotonic() < deadline and not _ends_with_prompt(self.screen):
            time.sleep(0.01)

    def _catch_up(self) -> None:
        """Wait until the journal is read up to now, marked by a ping: on a busy machine it is behind the prompt.

        Pings again now and then: an event that arrives while the journal is opened anew is no message of its own.
        """
        asked, known = time.time(), len(self._recorder.messages)
        deadline = time.monotonic() + COMMAND_TIMEOUT
        while time.monotonic() < deadline:
            output = self._ping()
            again = time.monotonic() + PING_INTERVAL
            while time.monotonic() < again:
                if any(_is_ping(message, asked) for message in self._recorder.messages[known:]):
                    return
                time.sleep(0.05)
        behind = time.time() - self.session.state.story.now
        raise RuntimeError(
            f"no ping was seen in the journal within {COMMAND_TIMEOUT:.0f} s: it was read up to {behind:.0f} s ago, "
            f"{len(self._recorder.messages) - known} messages came, and the last ping printed {output!r}"
        )

    def _await_verdict(self, step: Step, sentence: str) -> None:
        """Wait for a pass or, with a `sentence`, for that sentence; then a while longer, in case it does not last."""
        deadline = time.monotonic() + SETTLE
        while time.monotonic() < deadline and not self._is_reached(step, sentence):
            time.sleep(0.05)
        if sentence:
            time.sleep(DWELL)

    def _is_reached(self, step: Step, sentence: str) -> bool:
        return self.session.state.verdict(step.slug).why == sentence if sentence else self._has_passed(step)

    def _has_passed(self, step: Step) -> bool:
        return self.session.state.verdict(step.slug).value == PASSED


def lengthen_timeouts(commands: str) -> str:
    """Return the commands with ten times as many seconds after each `timeout -s SIGNAL`, for an emulated machine."""
    return re.sub(r"\b(timeout -s \w+ )(\d+)\b", r"\g<1>\g<2>0", commands)


def _is_ping(message: Message, since: float) -> bool:
    if not isinstance(message, EventReceived) or not isinstance(message.event, e.CallEnded):
        return False
    return message.event.name == "system.ping" and message.event.at >= since


def _problem(kind: str, early: bool, verdict: str, why: str, sentence: str) -> str:
    if early:
        return "passed before it was done"
    if kind != "mistake":
        return "" if verdict == PASSED else f"a right way did not pass: {why}"
    if verdict != NOT_YET:
        return f"a mistake ended as {verdict}"
    return "" if why == sentence else f"a mistake got another sentence: {why}"


def _engine_state(session: LearnerSession) -> e.EngineSeen:
    """Return what the engine has at the beginning, which makes the recording self-contained."""
    world = session.state.world
    images = tuple({"id": image.id, "tags": list(image.tags), "size": image.size} for image in world.images.values())
    return e.EngineSeen(world.at, world.version, (), images)


def _is_start(message: Message) -> bool:
    return isinstance(message, EventReceived) and isinstance(message.event, e.ContainerStarted | e.ExecStarted)


def _has_output(screen: list[TimedText]) -> bool:
    """Whether a command that was typed has written something."""
    _, mark, output = "".join(text for _, text in screen).rpartition(OUTPUT_START)
    return bool(mark and output)


def _ends_with_prompt(screen: list[TimedText]) -> bool:
    tail = "".join(text for _, text in screen[-50:])
    return tail.rfind(PROMPT_END) > tail.rfind(COMMAND_END)


def _last_prompt(screen: list[TimedText]) -> str:
    """Return the prompt on the screen as it was written: the recording of what follows begins with it."""
    _, mark, rest = "".join(text for _, text in screen).rpartition(PROMPT_START)
    return mark + rest
