"""A house for one learner whose river is fed by the test: our own interface, and events as real engines told them.

And a page at a seat in it, which remembers all that it was told."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from slipway.core import events as e
from slipway.core.classroom.activity import Activity
from slipway.proofs import course
from slipway.sessions.engine_failures import EngineFailures
from slipway.sessions.session import LearnerSession
from tests.core.docker_events import ScriptedEngine
from tests.eventually import eventually

END = None
LESSON = "01-the-life-of-a-container"
CREATE, WATCH = "create-but-do-not-start", "start-it-and-watch"


@dataclass
class FakeSandbox:
    key: str
    history: list[e.Event] = field(default_factory=list)
    journal: queue.Queue[e.Event | None] = field(default_factory=queue.Queue)
    running: bool = True


class FakeProvider:
    """Gives sandboxes one after the other, and notes what was typed and who left."""

    def __init__(self) -> None:
        self.sandboxes: list[FakeSandbox] = []
        self.typed: list[tuple[int, str, str]] = []
        self.pressed = ""
        self.removed: list[str] = []
        self.activities: list[Activity] = []
        self.positions: list[int] = []
        self.failures = EngineFailures()

    @property
    def sandbox(self) -> FakeSandbox:
        return self.sandboxes[-1]

    def queue_position(self, _learner: str) -> int:
        """The place in line, as often as the test put one there; then it is the learner's turn."""
        return self.positions.pop(0) if self.positions else 0

    def assign_sandbox(self, _learner: str) -> FakeSandbox:
        if not self.sandboxes or not self.sandbox.running:
            self.sandboxes.append(FakeSandbox(f"sandbox{len(self.sandboxes) + 1}"))
            self.emit(e.EngineSeen(1000.0, "26.1.5"))
        return self.sandbox

    def journal_stream(self, sandbox: FakeSandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
        past = tuple(sandbox.history)
        sandbox.journal = queue.Queue()
        if not sandbox.running:  # it went while it was being settled in
            sandbox.journal.put(END)
        return past, iter(sandbox.journal.get, END)

    def is_running(self, sandbox: FakeSandbox) -> bool:
        return sandbox.running

    def remove_sandbox(self, _learner: str, sandbox: FakeSandbox) -> None:
        self.removed.append(sandbox.key)
        sandbox.running = False
        sandbox.journal.put(END)

    def type_command(self, _learner: str, terminal: int, text: str, id: str) -> bool:
        self.typed.append((terminal, text, id))
        return True

    def send_keys(self, _learner: str, _terminal: int, keys: str) -> bool:
        self.pressed += keys
        return True

    def record(self, deed: Activity) -> None:
        self.activities.append(deed)

    def emit(self, *events: e.Event) -> None:
        self.sandbox.history.extend(events)
        for event in events:
            self.sandbox.journal.put(event)

    def kill(self) -> None:
        self.sandbox.running = False
        self.sandbox.journal.put(END)


@dataclass
class MemoryProgress:
    """What is kept of one learner."""

    kept: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)

    def verdicts(self, _learner: str) -> dict[str, dict[str, dict[str, Any]]]:
        return self.kept

    def save_verdict(
        self, _learner: str, lesson: str, step: str, verdict: str, evidence: list[dict[str, Any]], why: str, at: float
    ) -> None:
        row = {"verdict": verdict, "evidence": evidence, "why": why, "at": at}
        self.kept.setdefault(lesson, {})[step] = row

    def opened_at(self, _learner: str, lesson: str) -> float | None:
        return self.since.get(lesson)

    def save_opened_at(self, _learner: str, lesson: str, at: float) -> None:
        self.since[lesson] = at


class MemoryStore(MemoryProgress):
    """The store, with who sits where."""

    def __init__(self, **sits: str) -> None:
        super().__init__()
        self.sits = dict(sits)

    def assignment(self, learner: str) -> str | None:
        return self.sits.get(learner)

    def assignments(self) -> dict[str, str]:
        return dict(self.sits)

    def assign_sandbox(self, learner: str, sandbox: str) -> None:
        self.sits[learner] = sandbox

    def release_sandbox(self, learner: str, sandbox: str) -> None:
        if self.sits.get(learner) == sandbox:
            del self.sits[learner]

    def save_activity(self, deed: Activity) -> bool:
        return False

    def claim_run(self, learner: str, id: str) -> bool:
        return True

    def release_run(self, learner: str, id: str) -> None:
        """Nothing was noted."""


class Page:
    """Everything that one page was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, payload: dict[str, Any]) -> None:
        self.told.append((name, payload))

    def of(self, name: str) -> list[dict[str, Any]]:
        return [payload for said, payload in self.told if said == name]

    def verdict(self, step: str) -> str:
        return next((one["verdict"] for one in reversed(self.of("step")) if one["step"] == step), "")


def new_session(provider: FakeProvider, store: MemoryProgress, page: Page) -> LearnerSession:
    session = LearnerSession("me", {LESSON: course.read_one(course.LESSONS / LESSON)}, store, provider)
    session.subscribe(page)
    eventually(lambda: session.state.world.engine == "up")
    session.open_lesson(LESSON)
    return session


def created(engine: ScriptedEngine) -> list[e.Event]:
    """`docker create`, as told from here on."""
    before = len(engine.events)
    engine.create("greeter", "echo", "hi there")
    return engine.prompt().events[before:]
