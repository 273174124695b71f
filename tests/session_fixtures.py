"""A learner session without an engine: a sandbox provider whose journal the test feeds with events of real engines.

And a page of that session, which remembers every message. Both stand for our own interfaces, not for Docker's.
"""

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
"""Put into a journal, ends it."""
LESSON = "01-the-life-of-a-container"
CREATE, WATCH = "create-but-do-not-start", "start-it-and-watch"


@dataclass
class FakeSandbox:
    """`history` has all its events, `journal` those that the session has not read yet."""

    key: str
    history: list[e.Event] = field(default_factory=list)
    journal: queue.Queue[e.Event | None] = field(default_factory=queue.Queue)
    running: bool = True


class FakeProvider:
    """Assigns one sandbox after the other, and records what was typed and which sandboxes were removed."""

    def __init__(self) -> None:
        self.sandboxes: list[FakeSandbox] = []
        self.typed: list[tuple[int, str, str]] = []
        self.keys_sent = ""
        self.removed: list[str] = []
        self.activities: list[Activity] = []
        self.failures = EngineFailures()

    @property
    def sandbox(self) -> FakeSandbox:
        return self.sandboxes[-1]

    def queue_position(self, _learner: str) -> int:
        return 0

    def assign_sandbox(self, _learner: str) -> FakeSandbox:
        if not self.sandboxes or not self.sandbox.running:
            self.sandboxes.append(FakeSandbox(f"sandbox{len(self.sandboxes) + 1}"))
            self.emit(e.EngineSeen(1000.0, "26.1.5"))
        return self.sandbox

    def journal_stream(self, sandbox: FakeSandbox) -> tuple[tuple[e.Event, ...], Iterator[e.Event]]:
        history = tuple(sandbox.history)
        sandbox.journal = queue.Queue()
        if not sandbox.running:  # it was killed while it was being assigned
            sandbox.journal.put(END)
        return history, iter(sandbox.journal.get, END)

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
        self.keys_sent += keys
        return True

    def emit(self, *events: e.Event) -> None:
        """Write events to the journal of the current sandbox."""
        self.sandbox.history.extend(events)
        for event in events:
            self.sandbox.journal.put(event)

    def kill(self) -> None:
        """End the current sandbox, as if its containers were removed from outside."""
        self.sandbox.running = False
        self.sandbox.journal.put(END)


@dataclass
class MemoryProgress:
    """The progress store of one learner."""

    saved: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    opened: dict[str, float] = field(default_factory=dict)

    def verdicts(self, _learner: str) -> dict[str, dict[str, dict[str, Any]]]:
        return self.saved

    def save_verdict(
        self, _learner: str, lesson: str, step: str, verdict: str, evidence: list[dict[str, Any]], why: str, at: float
    ) -> None:
        row = {"verdict": verdict, "evidence": evidence, "why": why, "at": at}
        self.saved.setdefault(lesson, {})[step] = row

    def opened_at(self, _learner: str, lesson: str) -> float | None:
        return self.opened.get(lesson)

    def save_opened_at(self, _learner: str, lesson: str, at: float) -> None:
        self.opened[lesson] = at


class MemoryStore(MemoryProgress):
    """The progress, and the assignments by learner."""

    def __init__(self, **assigned: str) -> None:
        super().__init__()
        self.assigned = dict(assigned)

    def assignment(self, learner: str) -> str | None:
        return self.assigned.get(learner)

    def assignments(self) -> dict[str, str]:
        return dict(self.assigned)

    def assign_sandbox(self, learner: str, sandbox: str) -> None:
        self.assigned[learner] = sandbox

    def release_sandbox(self, learner: str, sandbox: str) -> None:
        if self.assigned.get(learner) == sandbox:
            del self.assigned[learner]

    def claim_run(self, learner: str, id: str) -> bool:
        return True

    def release_run(self, learner: str, id: str) -> None:
        """Nothing was recorded."""


class Page:
    """Remembers every message to one page."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, payload: dict[str, Any]) -> None:
        self.messages.append((name, payload))

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the payloads of the messages with this name."""
        return [payload for one, payload in self.messages if one == name]

    def verdict(self, step: str) -> str:
        """Return the last verdict of a step, "" before the first."""
        return next((one["verdict"] for one in reversed(self.of("step")) if one["step"] == step), "")


def new_session(provider: FakeProvider, store: MemoryProgress, page: Page) -> LearnerSession:
    """Return a session with a running engine, whose page has opened LESSON."""
    lesson = course.read_one(course.LESSONS / LESSON)
    session = LearnerSession("me", {LESSON: lesson}, store, provider, provider.activities.append)
    session.subscribe(page)
    eventually(lambda: session.state.world.engine == "up")
    session.open_lesson(LESSON)
    return session


def created(engine: ScriptedEngine) -> list[e.Event]:
    """Return the events of a `docker create`."""
    before = len(engine.events)
    engine.create("greeter", "echo", "hi there")
    return engine.prompt().events[before:]
