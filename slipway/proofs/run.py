"""A house for proofs: one sandbox, one terminal, nobody watching. The composition root of `./lab prove`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from slipway.core import events as e
from slipway.core.classroom.activity import Activity
from slipway.core.lessons.lesson import Lesson
from slipway.engine.client import connect
from slipway.engine.journal_stream import journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from slipway.proofs import course
from slipway.proofs.prover import COLS, ROWS, InMemoryProgress, Prover, RecordedSession, run, walk
from slipway.sessions.engine_failures import EngineFailures
from slipway.settings import Settings
from slipway.terminal.client import TerminalClient
from slipway.terminal.terminals import Terminals

PROVER = "prover"
PING = ["sh", "-c", "curl -s --unix-socket ${DOCKER_HOST#unix://} http://docker/_ping"]


class ProofEnvironment:
    """What a session asks of a house, for one learner who is no person."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes
        self._sandbox = sandboxes.create()
        sandboxes.claim(self._sandbox)  # a lab that starts after this was killed must not hand it to a learner
        self.failures = EngineFailures()
        self.session: RecordedSession | None = None
        self.terminals = Terminals(self._open_shell, self._on_mark)

    def queue_position(self, _learner: str) -> int:
        """Nobody stands in line."""
        return 0

    def assign_sandbox(self, _learner: str) -> Sandbox:
        return self._sandbox

    def journal_stream(self, sandbox: Sandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
        return journal_stream(self._sandboxes.client, sandbox)

    def is_running(self, sandbox: Sandbox) -> bool:
        return self._sandboxes.is_running(sandbox)

    def remove_sandbox(self, _learner: str, _sandbox: Sandbox) -> None:
        raise RuntimeError("the sandbox of the proofs has ended")

    def type_command(self, learner: str, terminal: int, text: str, id: str) -> bool:
        return self.terminals.terminal(learner, terminal).type_text(text, id)

    def send_keys(self, learner: str, terminal: int, keys: str) -> bool:
        return bool(self.terminals.terminal(learner, terminal).press(keys))

    def record(self, _deed: Activity) -> None:
        """Nobody keeps a diary of a proof."""

    def ping(self) -> None:
        """Ask the gateway for nothing, unseen by the shell, so that the journal says how far it is."""
        self._sandboxes.start_terminal(self._sandbox, 1, False).exec_run(PING)

    def close(self) -> None:
        if self.session:
            self.session.close()
        self.terminals.close_all()
        self._sandboxes.remove(self._sandbox)

    def _open_shell(self, _learner: str, number: int, fresh: bool) -> Any:
        return self._sandboxes.attach(self._sandbox, number, fresh)

    def _on_mark(self, _learner: str, number: int, mark: tuple[str, Any, float]) -> None:
        kind, said, at = mark
        if self.session:
            self.session.on_shell_event(
                number, e.CommandTyped(at, number, said) if kind == "typed" else e.CommandFinished(at, number, said)
            )


Report = Callable[[str], None]


def prove(settings: Settings, slugs: list[str], said: Report, folder: Path = course.LESSONS) -> int:
    """Prove the lessons named (by number, slug or part of it; all for none); the number of plays that went wrong.

    The recordings go into `folder`, by the lesson's slug.
    Raises LookupError when a name fits no lesson.
    """
    lessons = _chosen(course.read(), slugs)
    with _prover(settings, lessons) as prover:
        return run(prover, lessons, folder, said)


def walk_through(settings: Settings, slugs: list[str], said: Report) -> int:
    """Do the lessons named once, by their solutions, as a learner would; the number of steps that went wrong.

    Raises LookupError when a name fits no lesson.
    """
    lessons = _chosen(course.read(), slugs)
    with _prover(settings, lessons) as prover:
        return walk(prover, lessons, said)


@contextmanager
def _prover(settings: Settings, lessons: list[Lesson]) -> Iterator[Prover]:
    """A seat in a sandbox of its own, with a terminal."""
    with (
        closing(connect(settings)) as client,
        closing(ProofEnvironment(Sandboxes(client, _unhurried(settings)))) as environment,
    ):
        session = RecordedSession(PROVER, {lesson.slug: lesson for lesson in lessons}, InMemoryProgress(), environment)
        environment.session = session
        screen: list[tuple[float, str]] = []
        terminal = environment.terminals.terminal(PROVER, 1)

        def show(_first: int, last: int, text: str, _left: Callable[[], None]) -> None:
            screen.append((time.time(), text))
            viewer.parsed(last)

        viewer: TerminalClient = terminal.watch(show, lambda _state: None)
        viewer.resize(COLS, ROWS)
        _wait(lambda: session.state.world.engine == "up" and terminal.state == "live" and bool(screen), "the sandbox")
        yield Prover(session, screen, environment.ping)


def _unhurried(settings: Settings) -> Settings:
    """Whose engine walks the disk whenever it is asked: one play after another asks twice, as no learner does."""
    limits = settings.limits
    return replace(settings, limits=replace(limits, gateway=replace(limits.gateway, walks=10.0)))


def _chosen(lessons: list[Lesson], names: list[str]) -> list[Lesson]:
    for name in names:
        if not any(_fits(lesson, name) for lesson in lessons):
            raise LookupError(f"no lesson is called {name}; there are {', '.join(one.slug for one in lessons)}")
    return [lesson for lesson in lessons if not names or any(_fits(lesson, name) for name in names)]


def _fits(lesson: Lesson, name: str) -> bool:
    return int(name) == lesson.number if name.isdecimal() else name in lesson.slug


def _wait(until: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready within {seconds:.0f} s")
        time.sleep(0.1)
