"""What a learner does becomes activities: each once, at its step, with its time."""

from __future__ import annotations

from dataclasses import replace

from slipway.core.classroom.activity import MAX_TEXT_LENGTH, Activity
from slipway.core.lessons.checks import NOT_YET, PASSED, SKIPPED, Verdict
from slipway.core.lessons.parser import parse
from slipway.core.messages import PublishStep, SaveVerdict, ScheduleTick
from slipway.core.rules.matchers import Match
from slipway.core.session import Session
from slipway.sessions.activity_recorder import ActivityRecorder

LESSON = """---
title: Life
minutes: 1
scene: lifecycle
lede: One life.
---

One.

## Create

```check
- created: {image: busybox}
```

```solution
docker create busybox
```

```mistake
say: That one runs already.
when: [{started: {}}]
try: docker run busybox
```
"""
SESSION = Session(lesson=parse("01-life", LESSON), current="create")
MISTAKE, LATER = (Verdict(NOT_YET, why="That one runs already.", mistake_at=at) for at in (5.0, 6.0))


def new_recorder() -> tuple[ActivityRecorder, list[Activity]]:
    activities: list[Activity] = []
    return ActivityRecorder("ada", activities.append, clock=lambda: 7.0), activities


def test_activity_is_recorded_at_current_step_and_time() -> None:
    recorder, activities = new_recorder()
    recorder.record(SESSION, "turned")
    recorder.record(SESSION, "hint", step="other")
    recorder.record(SESSION, "command", "x" * 5000, at=3.0)
    recorder.record(Session(), "afresh")
    assert activities == [
        Activity("ada", 7.0, "01-life", "create", "turned"),
        Activity("ada", 7.0, "01-life", "other", "hint"),
        Activity("ada", 3.0, "01-life", "create", "command", "x" * MAX_TEXT_LENGTH),
        Activity("ada", 7.0, "", "", "afresh"),
    ]


def test_passed_step_is_recorded_with_evidence_and_time() -> None:
    recorder, activities = new_recorder()
    recorder.on_effect(SESSION, SaveVerdict("01-life", "create", Verdict(PASSED, (Match(4.0, "you created it"),))))
    recorder.on_effect(SESSION, SaveVerdict("01-life", "create", Verdict(SKIPPED)))
    recorder.on_effect(SESSION, SaveVerdict("01-life", "create", Verdict(NOT_YET)))
    recorder.on_effect(SESSION, ScheduleTick(3.0))
    assert [(one.kind, one.text, one.at) for one in activities] == [
        ("passed", "you created it", 4.0),
        ("skipped", "", 7.0),
    ]


def test_mistake_is_recorded_each_time_it_is_made_and_when_it_is_mended() -> None:
    recorder, activities = new_recorder()
    verdicts = [
        MISTAKE,
        MISTAKE,
        LATER,
        Verdict(NOT_YET, why="Nothing seen yet."),
        Verdict(NOT_YET, why="Nothing seen yet."),
    ]
    for verdict in verdicts:
        recorder.on_effect(SESSION, PublishStep("01-life", "create", verdict, current=True))
    say = "That one runs already."
    assert [(one.kind, one.text, one.at) for one in activities] == [
        ("mistake", say, 5.0),
        ("mistake", say, 6.0),
        ("mended", "", 7.0),
    ]


def test_lost_engine_mends_no_mistake() -> None:
    recorder, activities = new_recorder()
    for verdict in (MISTAKE, replace(MISTAKE, why="Your Docker engine has gone."), MISTAKE):
        recorder.on_effect(SESSION, PublishStep("01-life", "create", verdict, current=True))
    assert [one.kind for one in activities] == ["mistake"]


def test_new_current_step_is_recorded_and_none_when_all_have_passed() -> None:
    recorder, activities = new_recorder()
    recorder.record(SESSION, "opened")
    for session in (SESSION, replace(SESSION, current="next"), replace(SESSION, current="")):
        recorder.on_effect(session, PublishStep("01-life", "create", Verdict(PASSED), current=False))
    assert [(one.kind, one.step) for one in activities] == [("opened", "create"), ("turned", "next"), ("turned", "")]


def test_opening_a_lesson_records_no_new_step() -> None:
    recorder, activities = new_recorder()
    recorder.on_effect(SESSION, PublishStep("01-life", "create", Verdict(NOT_YET), current=True))
    assert activities == []
