"""Mutation test of the checks: break each check of the lessons in every small way, and some scenario or recording must
fail.

A mutant that survives is either in the lesson only for readers, or a bug: SURVIVORS lists each with its reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from slipway.core.lessons.checks import Check, RuleCall, judge
from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.recordings.proof import ProofRecord, read, replay
from slipway.core.rules.matchers import Match
from slipway.core.rules.registry import RULES
from slipway.core.story import Story
from tests.core.conftest import LESSONS
from tests.core.docker_events import ScriptedEngine
from tests.core.lesson_transcripts import SCENARIOS

SURVIVORS = {
    "step 2: started without attached": "`printed` asks for a watcher already; with `attached` the evidence says so",
    "step 2: started without by": "a container that `create` made ($greeter) is never started by `run`",
    "step 5: stopped without signal": "tests/transcripts/01.txt has a stop with another signal that takes ten seconds",
    "step 6: stopped without forced": "SIGKILL leaves no exit code 0, so `code: 0` says it too",
    "step 7: killed without signal": "KILL is the default of the rule; the lesson says it for its readers",
}


def always(story: Story, **_: Any) -> Iterator[Match]:
    """A rule that always matches, now."""
    yield from (Match(story.now, "always", id) for id in story.world.containers or ("",))


def never(_story: Story, **_: Any) -> Iterator[Match]:
    yield from ()


@pytest.fixture(autouse=True)
def broken_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "always", always)
    monkeypatch.setitem(RULES, "never matches", never)


def mutants(check: Check) -> Iterator[tuple[str, Check]]:
    """Yield the check with one change each, and the name of the change."""
    calls = check.rule_calls
    for at, call in enumerate(calls):
        before, after = calls[:at], calls[at + 1 :]
        if len(calls) > 1:
            yield f"without {call.rule}", replace(check, rule_calls=(*before, *after))
        for what, broken in _broken(call):
            yield f"{call.rule} {what}", replace(check, rule_calls=(*before, broken, *after))


def _broken(call: RuleCall) -> Iterator[tuple[str, RuleCall]]:
    yield "always", replace(call, rule="always", args=_names(call), unless=())
    yield "never", replace(call, rule="never matches", args={}, unless=())
    yield "negated", replace(call, never=not call.never)
    if call.unless:
        yield "without unless", replace(call, unless=())
    for key, value in call.args.items():
        if key not in _required_fields(call.rule):
            yield f"without {key}", replace(call, args={name: one for name, one in call.args.items() if name != key})
        for other in _others(value):
            yield f"with {key} {other}", replace(call, args={**call.args, key: other})


def _required_fields(rule: str) -> set[str]:
    parameters = inspect.signature(RULES[rule]).parameters
    return {name for name, one in parameters.items() if one.default is inspect.Parameter.empty}


def _names(call: RuleCall) -> dict[str, Any]:
    return {key: value for key, value in call.args.items() if key in ("container", "other_than")}


def _others(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int | float):
        return (value * 2, value / 2) if value else (1,)
    return ()


def verdicts(step: Step, check: Check) -> dict[str, str]:
    found = {}
    for name, scenario in SCENARIOS.get(step.number, {}).items():
        engine = ScriptedEngine()
        scenario(engine)
        found[name] = judge(check, (), engine.advance(3).story, 0.0).value
    return found


def records(lesson: Lesson, step: Step) -> list[ProofRecord]:
    files = (LESSONS / lesson.slug / "proof").glob(f"*-{step.slug}.jsonl")
    return [play for file in sorted(files) for play in read(file.read_text(encoding="utf-8").splitlines())]


def with_check(lesson: Lesson, step: Step, check: Check) -> Lesson:
    steps = tuple(replace(one, check=check) if one.slug == step.slug else one for one in lesson.steps)
    return replace(lesson, steps=steps)


def is_killed(lesson: Lesson, step: Step, check: Check) -> bool:
    if verdicts(step, check) != verdicts(step, step.check):
        return True
    broken = with_check(lesson, step, check)
    return any(replay(broken, record).value != record.verdict for record in records(lesson, step))


def test_only_known_mutants_survive(life: Lesson) -> None:
    survivors = {
        f"step {step.number}: {what}"
        for step in life.steps
        for what, check in mutants(step.check)
        if not is_killed(life, step, check)
    }
    assert survivors == SURVIVORS.keys()


def test_each_step_has_scenarios_that_pass_and_that_do_not(life: Lesson) -> None:
    for step in life.steps:
        assert set(verdicts(step, step.check).values()) == {"passed", "not-yet"}, step.title


def test_each_check_has_mutants(life: Lesson) -> None:
    assert all(len(list(mutants(step.check))) >= 5 for step in life.steps)
