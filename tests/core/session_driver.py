"""A lesson of three short steps, and a driver that sends messages through a session and collects the effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from slipway.core import events as e
from slipway.core.lessons.checks import Verdict
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.core.messages import Effect, EventReceived, LessonOpened, Message, SaveVerdict
from slipway.core.session import Session, step
from tests.core.docker_events import ScriptedEngine

THREE_STEPS = """---
title: Three
minutes: 1
scene: lifecycle
lede: Three steps.
---

## Make

```check
created: {by: create, as: box}
```

```sh
docker create busybox
```

## Start

```check
started: {container: $box, say: Start it.}
```

```sh
docker start x
```

## Kill

```check
killed: {}
```

```sh
docker kill x
```
"""

Kind = TypeVar("Kind", bound=Effect)
LESSON = parse("01-three", THREE_STEPS)

T = TypeVar("T")


@dataclass
class SessionDriver:
    """A session with its surroundings: the engine's events, and the stored verdicts."""

    lesson: Lesson = LESSON
    session: Session = field(default_factory=Session)
    effects: tuple[Effect, ...] = ()
    saved: dict[str, Verdict] = field(default_factory=dict)
    engine: ScriptedEngine = field(default_factory=ScriptedEngine)
    received: int = 0  # how many of the engine's events the session has received

    def send(self, *messages: Message) -> SessionDriver:
        for message in messages:
            self.session, self.effects = step(self.session, message)
            for effect in self.effects:
                if isinstance(effect, SaveVerdict):
                    self.saved[effect.step] = effect.verdict
        return self

    def receive_events(self) -> SessionDriver:
        """Send everything that has happened on the engine since the last call."""
        new, self.received = self.engine.events[self.received :], len(self.engine.events)
        return self.send(*(EventReceived(event) for event in sorted(new, key=lambda one: one.at)))

    def open(self, saved: Mapping[str, Verdict] | None = None) -> SessionDriver:
        return self.send(LessonOpened(self.lesson, 0.0, saved or {}))

    @property
    def verdicts(self) -> list[str]:
        return [self.session.verdict(one.slug).value for one in self.lesson.steps]

    def effects_of(self, kind: type[T]) -> list[T]:
        """Return the last effects of one class."""
        return [one for one in self.effects if isinstance(one, kind)]

    def create_container(self) -> e.Target:
        """Do what the first step asks for."""
        target = self.engine.create("box", "ping")
        self.engine.prompt()
        return target
