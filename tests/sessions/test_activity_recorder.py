"""What a learner does becomes deeds: each once, at its step, with its time."""

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
SLIP, LATER = (Verdict(NOT_YET, why="That one runs already.", mistake_at=at) for at in (5.0, 6.0))


def new_recorder() -> tuple[ActivityRecorder, list[Activity]]:
    deeds: list[Activity] = []
    return ActivityRecorder("ada", deeds.append, clock=lambda: 7.0), deeds


def test_a_wish_is_noted_at_the_step_at_hand_and_now() -> None:
    recorder, deeds = new_recorder()
    recorder.record(SESSION, "turned")
    recorder.record(SESSION, "hint", step="other")
    recorder.record(SESSION, "command", "x" * 5000, at=3.0)
    recorder.record(Session(), "afresh")
    assert deeds == [
        Activity("ada", 7.0, "01-life", "create", "turned"),
        Activity("ada", 7.0, "01-life", "other", "hint"),
        Activity("ada", 3.0, "01-life", "create", "command", "x" * MAX_TEXT_LENGTH),
        Activity("ada", 7.0, "", "", "afresh"),
    ]


def test_a_passed_step_is_noted_with_its_evidence_and_its_time() -> None:
    recorder, deeds = new_recorder()
    recorder.on_effect(SESSION, SaveVerdict("01-life", "create", Verdict(PASSED, (Match(4.0, "you created it"),))))
    recorder.on_effect(SESSION, SaveVerdict("01-life", "create", Verdict(SKIPPED)))
    recorder.on_effect(SESSION, SaveVerdict("01-life", "create", Verdict(NOT_YET)))
    recorder.on_effect(SESSION, ScheduleTick(3.0))
    assert [(one.kind, one.text, one.at) for one in deeds] == [("passed", "you created it", 4.0), ("skipped", "", 7.0)]


def test_a_mistake_is_noted_each_time_that_it_is_made_and_when_it_is_none_any_more() -> None:
    recorder, deeds = new_recorder()
    told = [SLIP, SLIP, LATER, Verdict(NOT_YET, why="Nothing seen yet."), Verdict(NOT_YET, why="Nothing seen yet.")]
    for verdict in told:
        recorder.on_effect(SESSION, PublishStep("01-life", "create", verdict, current=True))
    say = "That one runs already."
    assert [(one.kind, one.text, one.at) for one in deeds] == [
        ("mistake", say, 5.0),
        ("mistake", say, 6.0),
        ("mended", "", 7.0),
    ]


def test_an_engine_that_is_away_mends_no_mistake() -> None:
    recorder, deeds = new_recorder()
    for verdict in (SLIP, replace(SLIP, why="Your Docker engine has gone."), SLIP):
        recorder.on_effect(SESSION, PublishStep("01-life", "create", verdict, current=True))
    assert [one.kind for one in deeds] == ["mistake"]


def test_the_next_step_is_turned_to_when_the_one_before_has_passed_and_none_when_all_is_done() -> None:
    recorder, deeds = new_recorder()
    recorder.record(SESSION, "opened")
    for session in (SESSION, replace(SESSION, current="next"), replace(SESSION, current="")):
        recorder.on_effect(session, PublishStep("01-life", "create", Verdict(PASSED), current=False))
    assert [(one.kind, one.step) for one in deeds] == [("opened", "create"), ("turned", "next"), ("turned", "")]


def test_a_lesson_that_is_being_opened_is_not_turned_to() -> None:
    recorder, deeds = new_recorder()
    recorder.on_effect(SESSION, PublishStep("01-life", "create", Verdict(NOT_YET), current=True))
    assert deeds == []
