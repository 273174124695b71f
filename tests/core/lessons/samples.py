"""A lesson without findings, whose every rule a test can break."""

from __future__ import annotations

from dataclasses import replace

from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.lint import LintContext
from slipway.core.lessons.parser import parse, parse_draft
from slipway.core.messages import EventReceived, LessonReset, Message
from slipway.core.recordings.proof import ProofRecord, replay, write
from tests.core.docker_events import ScriptedEngine

SLUG = "13-a-sample"
TEXT = """---
title: A sample
minutes: 5
scene: lifecycle
lede: A short one.
---

Hello.

## Create it

Do it.

```console
$ docker create --name sample busybox true
```

```check
- created: {image: busybox, as: box}
```

```hint
Try.
```

```way
docker create busybox
```

```way
docker create busybox:latest true
```

```mistake
say: You listed.
short: listed
when: {called: {call: container.list}}
try: docker ps
```

```mistake
say: You looked at the images.
short: looked at the images
when: {called: {call: image.list}}
try: docker images
```

```mistake
say: You asked for the version.
short: asked for the version
when: {called: {call: system.version}}
try: docker version
```

```notes
Wait.
```

```remember
Create does not start.
```

```question
ask: Why?
answer: Because.
```
"""

CALLS = {"docker ps": "container.list", "docker images": "image.list", "docker version": "system.version"}


def sample(text: str = TEXT, slug: str = SLUG) -> Lesson:
    """Return the lesson in `text`, as far as it can be read."""
    return parse_draft(slug, text)[0]


def context(lesson: Lesson, *others: Lesson, proof: dict[str, str] | None = None) -> LintContext:
    """Return a context in which the sample has no findings: `proof` is its own, unless another one is given."""
    return LintContext(("lifecycle", "tree"), others, proofs() if proof is None else proof)


def proofs(*records: ProofRecord, stem: str = "01-create-it") -> dict[str, str]:
    """Return the files of a proof folder with these records (those of the sample without any)."""
    lines = write(records or recorded(), {"lesson": SLUG})
    return {f"{stem}.jsonl": "\n".join(lines), f"{stem}.cast": ""}


def recorded() -> list[ProofRecord]:
    """Return the proof of the sample, as a prover would have recorded it."""
    lesson = parse(SLUG, TEXT)
    (step,) = lesson.steps
    plays = [("solution", step.solution), *(("way", way) for way in step.ways)]
    plays += [("mistake", one.commands) for one in step.common_mistakes]
    return [_record(lesson, kind, commands) for kind, commands in plays]


def _record(lesson: Lesson, kind: str, commands: str) -> ProofRecord:
    engine = ScriptedEngine()
    began = engine.now
    if commands in CALLS:
        engine.advance(1).call(CALLS[commands])
    else:
        engine.advance(1).create("sample", "true")
    seen, *events = (EventReceived(event) for event in engine.prompt().events)
    messages: tuple[Message, ...] = (seen, LessonReset(began), *events)
    record = ProofRecord(lesson.steps[0].slug, kind, commands, messages, "")
    verdict = replay(lesson, record)
    return replace(record, verdict=verdict.value, why=verdict.why)
