"""A lesson of three short steps, and a seat to take it from: messages in, what is told and kept out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slipway.core import events as e
from slipway.core.lessons.checks import Verdict
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.core.messages import Effect, EventReceived, LessonOpened, Message, SaveVerdict
from slipway.core.session import Session, step
from tests.core.docker_events import Engine

THREE = """---
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

LESSON = parse("01-three", THREE)


@dataclass
class Seat:
    """A session with the two things around it that remember: its engine's journal, and the keeper of verdicts."""

    lesson: Lesson = LESSON
    session: Session = field(default_factory=Session)
    effects: tuple[Effect, ...] = ()
    kept: dict[str, Verdict] = field(default_factory=dict)
    engine: Engine = field(default_factory=Engine)
    told: int = 0

    def send(self, *messages: Message) -> Seat:
        for message in messages:
            self.session, self.effects = step(self.session, message)
            for effect in self.effects:
                if isinstance(effect, SaveVerdict):
                    self.kept[effect.step] = effect.verdict
        return self

    def hear(self) -> Seat:
        """All that happened on the engine since the last time."""
        fresh, self.told = self.engine.events[self.told :], len(self.engine.events)
        return self.send(*(EventReceived(event) for event in sorted(fresh, key=lambda one: one.at)))

    def open(self, kept: Mapping[str, Verdict] | None = None) -> Seat:
        return self.send(LessonOpened(self.lesson, 0.0, kept or {}))

    @property
    def values(self) -> list[str]:
        return [self.session.verdict(one.slug).value for one in self.lesson.steps]

    def of(self, kind: type[Effect]) -> list[Effect]:
        return [one for one in self.effects if isinstance(one, kind)]

    def make(self) -> e.Target:
        """What the first step asks for."""
        target = self.engine.create("box", "ping")
        self.engine.prompt()
        return target
