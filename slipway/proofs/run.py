"""Proves lessons in one sandbox with one terminal and no page: the composition root of `./lab prove`."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slipway.core import events as e
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.recordings.asciicast import Cast
from slipway.core.recordings.asciicast import write as write_cast
from slipway.core.recordings.proof import write as write_proof
from slipway.core.recordings.recording import markers
from slipway.engine.client import connect
from slipway.engine.journal_stream import journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.proofs import course
from slipway.proofs.in_memory_progress import InMemoryProgress
from slipway.proofs.message_recorder import MessageRecorder
from slipway.proofs.prover import COLS, ROWS, ProofOutcome, Prover, Way, ways
from slipway.sessions.engine_failures import EngineFailures
from slipway.sessions.ports import JournalStream
from slipway.sessions.session import LearnerSession
from slipway.settings import Settings
from slipway.terminal.terminals import Terminals

PROVER = "prover"  # the learner id of the session
PING = ["sh", "-c", "curl -sS --max-time 30 --unix-socket ${DOCKER_HOST#unix://} http://docker/_ping"]


@dataclass(frozen=True)
class ProofReport:
    """Reports how each way went: `print_line` takes lines for the person who runs the command.

    With a list `flaky`, what goes wrong is tried once more; if it then goes well, it is added to the list and counts as
    proved.
    """

    print_line: Callable[[str], None]
    flaky: list[str] | None = None

    def result(self, title: str, problem: str) -> None:
        """Report one way or step, and what is wrong with it ("" for nothing)."""
        self.print_line(f"  {'✗' if problem else '✓'} {title}")
        if problem:
            self.print_line(f"      {problem}")

    def repeat(self, name: str) -> bool:
        """Whether what went wrong is tried once more; `passed_again` follows if that goes well."""
        if self.flaky is not None:
            self.print_line(f"  {name}: once more")
        return self.flaky is not None

    def passed_again(self, name: str) -> None:
        """Note that it went well the second time."""
        assert self.flaky is not None
        self.flaky.append(name)


def prove(settings: Settings, names: list[str], report: ProofReport, folder: Path = course.LESSONS) -> int:
    """Prove the named lessons, write the proofs into `folder`, and return how many ways went wrong.

    A name is a lesson's number, its slug or a part of it; no names mean all lessons. Raises LookupError for a name that
    fits no lesson.
    """
    lessons = _select(course.read(), names)
    with open_prover(settings, lessons) as prover:
        return sum(_prove_lesson(prover, lesson, report, folder) for lesson in lessons)


def walk_through(settings: Settings, names: list[str], report: ProofReport, *, slow: bool = False) -> int:
    """Do the named lessons once by their solutions, as a learner would, and return how many steps went wrong.

    `slow`: this machine is emulated. Raises LookupError for a name that fits no lesson.
    """
    lessons = _select(course.read(), names)
    with open_prover(settings, lessons) as prover:
        return sum(_walk_lesson(prover, lesson, report, slow) for lesson in lessons)


def save_proof(folder: Path, lesson: Lesson, step: Step, outcomes: list[ProofOutcome], version: str) -> None:
    """Write the proof of one step to `folder`: `NN-step.jsonl`, and the solution's terminal as `NN-step.cast`."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{step.number:02d}-{step.slug}"
    header = {"lesson": lesson.slug, "step": step.slug, "engine": version}
    lines = write_proof((outcome.record for outcome in outcomes), header)
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    solution = next((outcome for outcome in outcomes if outcome.record.kind == "solution"), None)
    if solution:
        cast = Cast(f"{lesson.title}: {step.title}", COLS, ROWS, solution.screen, markers(lesson, solution.record))
        (folder / f"{name}.cast").write_text(write_cast(cast), encoding="utf-8")


@contextmanager
def open_prover(settings: Settings, lessons: list[Lesson]) -> Iterator[Prover]:
    """Yield a prover with a sandbox of its own, once its terminal has a prompt."""
    with (
        closing(connect(settings)) as client,
        closing(ProofEnvironment(Sandboxes(client, _with_fast_disk_usage(settings)), lessons)) as environment,
    ):
        yield environment.prover()


class ProofEnvironment:
    """A sandbox, its terminals and its session, which takes this as its SandboxProvider."""

    def __init__(self, sandboxes: Sandboxes, lessons: list[Lesson]) -> None:
        self._sandboxes = sandboxes
        self._sandbox = sandboxes.create()
        sandboxes.claim(self._sandbox)  # or a lab that starts after this was killed would assign it to a learner
        self.failures = EngineFailures()
        self.terminals = Terminals(self._open_shell, self._on_mark)
        self._recorder = MessageRecorder()
        self._session = LearnerSession(
            PROVER,
            {lesson.slug: lesson for lesson in lessons},
            InMemoryProgress(),
            self,
            record=lambda _activity: None,
            on_message=self._recorder.on_message,
        )

    def prover(self) -> Prover:
        """Open the terminal, wait until it is ready, and return a prover that types into it."""
        screen: list[tuple[float, str]] = []
        terminal = self.terminals.terminal(PROVER, 1)

        def on_output(_first: int, last: int, text: str, _sent: Callable[[], None]) -> None:
            screen.append((time.time(), text))
            client.acknowledge(last)

        client = terminal.add_client(on_output, lambda _state: None)
        client.resize(COLS, ROWS)
        session = self._session
        _wait(
            lambda: session.state.world.engine == "up" and terminal.state.status == "live" and bool(screen),
            "the sandbox",
        )
        return Prover(session, self._recorder, screen, self._type_line, self.ping)

    def ping(self) -> str:
        """Send the gateway a request that the shell does not see; the journal then shows how far it has been read.

        Returns what was printed: OK, or why there was no answer.
        """
        output = self._sandboxes.start_terminal(self._sandbox, 1, False).exec_run(PING).output
        assert isinstance(output, bytes)  # neither streamed nor demultiplexed
        return output.decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the session and remove the sandbox."""
        self._session.close()
        self.terminals.close_all()
        self._sandboxes.remove(self._sandbox)

    # For the session (sessions/ports.SandboxProvider)

    def queue_position(self, _learner: str) -> int:
        """Return 0: there is no waiting list."""
        return 0

    def assign_sandbox(self, _learner: str) -> Sandbox:
        """Return the sandbox."""
        return self._sandbox

    def journal_stream(self, sandbox: Sandbox) -> JournalStream:
        """Return the events of the sandbox."""
        return journal_stream(self._sandboxes.client, sandbox)

    def is_running(self, sandbox: Sandbox) -> bool:
        """Whether the sandbox's engine container runs."""
        return self._sandboxes.is_running(sandbox)

    def remove_sandbox(self, _learner: str, _sandbox: Sandbox) -> None:
        """Raise RuntimeError: without the sandbox nothing can be proved."""
        raise RuntimeError("the sandbox of the proofs has ended")

    def type_command(self, learner: str, terminal: int, text: str, id: str) -> bool:
        """Type a command into a terminal."""
        return self.terminals.terminal(learner, terminal).type_command(text, id)

    def send_keys(self, learner: str, terminal: int, keys: str) -> bool:
        """Send keys to a terminal."""
        return self.terminals.terminal(learner, terminal).send_keys(keys)

    def _type_line(self, text: str) -> bool:
        return self.type_command(PROVER, 1, text, uuid.uuid4().hex)

    def _open_shell(self, _learner: str, number: int, new_shell: bool) -> Any:
        return self._sandboxes.attach(self._sandbox, number, new_shell)

    def _on_mark(self, _learner: str, number: int, mark: tuple[str, Any, float]) -> None:
        kind, value, at = mark
        event = e.CommandTyped(at, number, value) if kind == "typed" else e.CommandFinished(at, number, value)
        self._session.on_shell_event(number, event)


def _prove_lesson(prover: Prover, lesson: Lesson, report: ProofReport, folder: Path) -> int:
    """Prove a lesson, and save the proofs of the steps without a problem. Returns how many ways went wrong."""
    report.print_line(lesson.slug)
    outcomes: dict[str, list[ProofOutcome]] = {step.slug: [] for step in lesson.steps}
    for step, way in ways(lesson):
        outcomes[step.slug].append(_prove_way(prover, lesson, step, way, report))
    for step in lesson.steps:
        if not any(outcome.problem for outcome in outcomes[step.slug]):
            save_proof(folder / lesson.slug / "proof", lesson, step, outcomes[step.slug], prover.engine_version)
    return sum(bool(outcome.problem) for step_outcomes in outcomes.values() for outcome in step_outcomes)


def _prove_way(prover: Prover, lesson: Lesson, step: Step, way: Way, report: ProofReport) -> ProofOutcome:
    title = f"step {step.number}, {way.kind}: {way.commands.splitlines()[0]}"
    outcome = prover.try_way(lesson, step, way)
    report.result(title, outcome.problem)
    if outcome.problem and report.repeat(title):
        outcome = prover.try_way(lesson, step, way)
        report.result(title, outcome.problem)
        if not outcome.problem:
            report.passed_again(f"{lesson.slug}, {title}")
    return outcome


def _walk_lesson(prover: Prover, lesson: Lesson, report: ProofReport, slow: bool) -> int:
    """Walk through a lesson, and return how many steps went wrong."""
    failed = _walk_once(prover, lesson, report, slow)
    if failed and report.repeat(lesson.slug):
        failed = _walk_once(prover, lesson, report, slow)
        if not failed:
            report.passed_again(lesson.slug)
    return failed


def _walk_once(prover: Prover, lesson: Lesson, report: ProofReport, slow: bool) -> int:
    report.print_line(lesson.slug)
    failed = 0
    for step, problem in prover.walk(lesson, slow=slow):
        report.result(f"step {step.number}, {step.title}", problem)
        failed += bool(problem)
    return failed


def _with_fast_disk_usage(settings: Settings) -> Settings:
    """Let the engine compute its disk usage at any time: two ways in a row ask for it more often than a learner."""
    limits = settings.limits
    return replace(settings, limits=replace(limits, gateway=replace(limits.gateway, walks=10.0)))


def _select(lessons: list[Lesson], names: list[str]) -> list[Lesson]:
    for name in names:
        if not any(_matches(lesson, name) for lesson in lessons):
            raise LookupError(
                f"no lesson matches {name}; the lessons are {', '.join(lesson.slug for lesson in lessons)}"
            )
    return [lesson for lesson in lessons if not names or any(_matches(lesson, name) for name in names)]


def _matches(lesson: Lesson, name: str) -> bool:
    return int(name) == lesson.number if name.isdecimal() else name in lesson.slug


def _wait(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready within {seconds:.0f} s")
        time.sleep(0.1)
