"""Plays lessons on a real sandbox, through a real terminal, and records what the lab made of it.

Each step: not passed before; every right way passes; every mistake stays not passed and earns its own sentence. A step
that is not proved does not ship. The plays go through a real session, so what is proved is what learners use.
"""

from __future__ import annotations

import itertools
import queue
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slipway.core import events as e
from slipway.core.lessons.checks import NOT_YET, PASSED
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.messages import EventReceived, HintTimerExpired, Message
from slipway.core.recordings.asciicast import Cast, TimedText
from slipway.core.recordings.asciicast import write as write_cast
from slipway.core.recordings.proof import ProofRecord, write
from slipway.core.recordings.recording import markers
from slipway.sessions.ports import ProgressStore, SandboxProvider
from slipway.sessions.session import LearnerSession

PATIENCE = 60.0  # seconds that one command line of a proof may take
SETTLE = 4.0  # seconds after the last prompt in which a verdict must have come
DWELL = 1.2  # seconds in which a mistake is given the chance to pass after all
LONG = 2.0  # seconds before a proof types into the program that it has started

COLS, ROWS = 100, 24  # the size of the terminal; without one, programs such as redis-cli ask it and wait for an answer
KEYS = {"^C": "\x03", "^D": "\x04"}

PROMPT, WAITS, FINISHED = "\x1b]133;A", "\x1b]133;B", "\x1b]133;D"
"""The shell's marks: its prompt begins, stands there; a command is over."""

TIDY = "docker ps -aq | xargs -r docker rm -f >/dev/null; docker ps -aq"


@dataclass
class InMemoryProgress:
    """A keeper for proofs: nothing outlives them."""

    kept: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def verdicts(self, _learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        return self.kept

    def save_verdict(self, *_row: Any) -> None:
        return

    def opened_at(self, _learner: str, _lesson: str) -> float | None:
        return None

    def save_opened_at(self, _learner: str, _lesson: str, _at: float) -> None:
        return


class RecordedSession(LearnerSession):
    """A seat that writes down every message that passes its door."""

    def __init__(
        self, learner: str, lessons: Mapping[str, Lesson], store: ProgressStore, provider: SandboxProvider
    ) -> None:
        self.tape: list[Message] = []
        self.heard: queue.Queue[Message] = queue.Queue()
        super().__init__(learner, lessons, store, provider)

    def post(self, message: Message) -> None:
        with self._turn:
            super().post(message)
            if isinstance(message, HintTimerExpired):  # whether a hint offers itself is no part of a proof
                return
            self.tape.append(message)
            self.heard.put(message)


@dataclass(frozen=True)
class ProofOutcome:
    """One play, and what is wrong with it ("" for nothing)."""

    play: ProofRecord
    wrong: str
    screen: tuple[TimedText, ...] = ()


class Prover:
    """Plays at one seat; `screen` gives what the terminal shows, as (seconds since the epoch, text); `ping` makes the
    gateway write a line that no lesson looks at."""

    def __init__(self, session: RecordedSession, screen: list[TimedText], ping: Callable[[], object]) -> None:
        self.session, self.screen, self.ping = session, screen, ping

    def prove(self, lesson: Lesson) -> Iterator[tuple[Step, ProofOutcome]]:
        """Every play of every step, as soon as it is over."""
        for step in lesson.steps:
            plays = [("solution", step.solution, ""), *(("way", way, "") for way in step.ways)]
            plays += [("mistake", wrong.commands, wrong.mistake.say) for wrong in step.common_mistakes]
            for kind, commands, sentence in plays:
                yield step, self._play(lesson, step, kind, commands, sentence)

    def walk(self, lesson: Lesson) -> Iterator[tuple[Step, str]]:
        """Every step once, by its solution, in one go as a learner does it: (step, what is wrong or "")."""
        self._type(TIDY)
        self._catch_up()
        self.session.restart_lesson(lesson.slug)
        for step in lesson.steps:
            early = self.session.state.verdict(step.slug).value == PASSED
            self._type(step.solution)
            self._catch_up()
            self._settle(step, "")
            verdict = self.session.state.verdict(step.slug)
            yield step, _wrong("solution", early, verdict.value, verdict.why, "")

    def _play(self, lesson: Lesson, step: Step, kind: str, commands: str, sentence: str) -> ProofOutcome:
        self._type(TIDY)
        self._catch_up()
        self.session.restart_lesson(lesson.slug)
        start, since = len(self.session.tape) - 1, time.time()
        prompt = (since, _prompt_of(self.screen))
        known = _as_seen(self.session)
        self._type(lesson.stage_commands(step))
        self._catch_up()
        if step.number > 1:
            self.session.go_to_step(step.slug)
        early = self.session.state.verdict(step.slug).value == PASSED
        self._type(commands)
        self._catch_up()
        self._settle(step, sentence)
        with self.session._turn:  # a verdict is known a moment before its message is on the tape
            verdict = self.session.state.verdict(step.slug)
            tape = (EventReceived(known), *self.session.tape[start:])
        play = ProofRecord(step.slug, kind, commands, tape, verdict.value, verdict.why)
        screen = (prompt, *((at, text) for at, text in self.screen if at >= since))
        return ProofOutcome(play, _wrong(kind, early, verdict.value, verdict.why, sentence), screen)

    def _type(self, commands: str) -> None:
        """Type line after line, each when the prompt is back. A line that begins with `^` is for the program that the
        line before it started: `^C` and `^D` are those keys, `^ text` is that text and Enter."""
        lines = commands.splitlines()
        for number, line in enumerate(lines):
            if line.startswith("^"):
                continue
            while not self.session.heard.empty():
                self.session.heard.get_nowait()
            self._keys(line)
            for inner in itertools.takewhile(lambda one: one.startswith("^"), lines[number + 1 :]):
                time.sleep(LONG)
                self._keys(KEYS.get(inner) or inner[1:].strip())
            self._prompt(line)

    def _keys(self, text: str) -> None:
        if not self.session._provider.type_command(self.session.learner, 1, text, uuid.uuid4().hex):
            raise RuntimeError(f"the terminal took no input: {text}")

    def _prompt(self, line: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                message = self.session.heard.get(timeout=deadline - time.monotonic())
            except queue.Empty:
                break
            if isinstance(message, EventReceived) and isinstance(message.event, e.CommandFinished):
                self._stands(deadline)
                return
        raise RuntimeError(f"the prompt did not come back within {PATIENCE:.0f} s of: {line}")

    def _stands(self, deadline: float) -> None:
        """Until the prompt is drawn: what is typed before that is shown twice, by the kernel and by the shell."""
        while time.monotonic() < deadline and not _ends_with_prompt(self.screen):
            time.sleep(0.01)

    def _catch_up(self) -> None:
        """Until the journal has been read up to now, which a ping marks: on a busy machine it is behind the prompt."""
        asked, known = time.time(), len(self.session.tape)
        self.ping()
        deadline = time.monotonic() + PATIENCE
        while not any(_is_ping(message, asked) for message in self.session.tape[known:]):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the journal is more than {PATIENCE:.0f} s behind")
            time.sleep(0.05)

    def _settle(self, step: Step, sentence: str) -> None:
        """Wait for a pass or, with a `sentence`, for that sentence; then a while more, in case it does not last."""
        deadline = time.monotonic() + SETTLE
        while time.monotonic() < deadline and not self._reached(step, sentence):
            time.sleep(0.05)
        if sentence:
            time.sleep(DWELL)

    def _reached(self, step: Step, sentence: str) -> bool:
        verdict = self.session.state.verdict(step.slug)
        return verdict.why == sentence if sentence else verdict.value == PASSED


def _is_ping(message: Message, since: float) -> bool:
    if not isinstance(message, EventReceived) or not isinstance(message.event, e.CallEnded):
        return False
    return message.event.name == "system.ping" and message.event.at >= since


def _wrong(kind: str, early: bool, verdict: str, why: str, sentence: str) -> str:
    if early:
        return "passed before it was done"
    if kind != "mistake":
        return "" if verdict == PASSED else f"a right way that did not pass: {why}"
    if verdict != NOT_YET:
        return f"a mistake that ended as {verdict}"
    return "" if why == sentence else f"a mistake that earned another sentence: {why}"


def _as_seen(session: LearnerSession) -> e.EngineSeen:
    """What the engine holds as the play begins, so that the recording stands by itself."""
    world = session.state.world
    images = tuple({"id": one.id, "tags": list(one.tags), "size": one.size} for one in world.images.values())
    return e.EngineSeen(world.at, world.version, (), images)


def _ends_with_prompt(screen: list[TimedText]) -> bool:
    tail = "".join(text for _, text in screen[-50:])
    return tail.rfind(WAITS) > tail.rfind(FINISHED)


def _prompt_of(screen: list[TimedText]) -> str:
    """The prompt that stands there, as it was written: a recording of what follows begins with it."""
    _, mark, rest = "".join(text for _, text in screen).rpartition(PROMPT)
    return mark + rest


def keep(folder: Path, lesson: Lesson, step: Step, outcomes: list[ProofOutcome], version: str) -> None:
    """Write the proof of one step beside its lesson: `NN-step.jsonl`, and the solution as `NN-step.cast`."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{step.number:02d}-{step.slug}"
    head = {"lesson": lesson.slug, "step": step.slug, "engine": version}
    lines = write((outcome.play for outcome in outcomes), head)
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    solved = next((one for one in outcomes if one.play.kind == "solution"), None)
    if solved:
        cast = Cast(f"{lesson.title}: {step.title}", COLS, ROWS, solved.screen, markers(lesson, solved.play))
        (folder / f"{name}.cast").write_text(write_cast(cast), encoding="utf-8")


Report = Callable[[str], None]


def run(prover: Prover, lessons: list[Lesson], folder: Path, said: Report) -> int:
    """Prove `lessons`, keep what is proved, tell each play; the number of plays that went wrong."""
    bad = 0
    for lesson in lessons:
        said(f"{lesson.slug}")
        done: dict[str, list[ProofOutcome]] = {}
        for step, outcome in prover.prove(lesson):
            done.setdefault(step.slug, []).append(outcome)
            first = outcome.play.commands.splitlines()[0]
            sign = "✗" if outcome.wrong else "✓"
            said(f"  {sign} step {step.number}, {outcome.play.kind}: {first}")
            if outcome.wrong:
                said(f"      {outcome.wrong}")
            bad += bool(outcome.wrong)
        for step in lesson.steps:
            if not any(outcome.wrong for outcome in done[step.slug]):
                keep(folder / lesson.slug / "proof", lesson, step, done[step.slug], prover.session.state.world.version)
    return bad


def walk(prover: Prover, lessons: list[Lesson], said: Report) -> int:
    """Walk through `lessons`, tell each step; the number of steps that went wrong."""
    bad = 0
    for lesson in lessons:
        said(lesson.slug)
        for step, wrong in prover.walk(lesson):
            said(f"  {'✗' if wrong else '✓'} step {step.number}, {step.title}")
            if wrong:
                said(f"      {wrong}")
            bad += bool(wrong)
    return bad
