"""The wall in the page's language, whole and as differences: what is told forty times a minute is kept small. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from slipway.core.classroom.dashboard import LearnerGroup, StepStatus, groups, label, passed
from slipway.core.engine_failure import EngineFailure, rows

Dashboard: TypeAlias = dict[str, Any]
"""`{"order": [learner], "people": {learner: …}, "groups": […], "passed": {lesson: {step: n}}, "engines": […]}`"""

NOTHING: Dashboard = {"order": [], "people": {}, "groups": [], "passed": {}, "engines": []}


def chart(
    wall: Sequence[StepStatus],
    shorts: Mapping[str, str] = MappingProxyType({}),
    failures: Mapping[str, EngineFailure] = MappingProxyType({}),
) -> Dashboard:
    """Everything that the wall shows of these dots.

    `shorts` has names for the lessons' sentences, `failures` says who has no engine, and why.
    """
    count: dict[str, dict[str, int]] = {}
    for (lesson, step), many in sorted(passed(wall).items()):
        count.setdefault(lesson, {})[step] = many
    return {
        "order": [dot.learner for dot in wall],
        "people": {dot.learner: _person(dot) for dot in wall},
        "groups": [_group(one, shorts.get(one.say, "")) for one in groups(wall)],
        "passed": count,
        "engines": rows(failures),
    }


def changes(before: Dashboard, after: Dashboard) -> Dashboard:
    """What is to be told to whoever knows `before`; {} when they know all. People who have gone are in no `order`."""
    people = {who: one for who, one in after["people"].items() if before["people"].get(who) != one}
    rest = {key: after[key] for key in ("order", "groups", "passed", "engines") if before[key] != after[key]}
    return ({"people": people} if people else {}) | rest


def merged(before: Dashboard, told: Dashboard) -> Dashboard:
    """What is known after `told`, as the page reckons it: `merged(a, changes(a, b)) == b`."""
    whole = before | told | {"people": before["people"] | told.get("people", {})}
    return whole | {"people": {who: whole["people"][who] for who in whole["order"]}}


def _person(dot: StepStatus) -> dict[str, Any]:
    place = dot.place
    return {
        "name": dot.name,
        "state": dot.state,
        "slow": dot.slow,
        "lesson": place.lesson,
        "step": place.step,
        "since": place.since,
        "last": place.last,
        "command": place.command,
        "typed": place.typed,
        "latest": [*place.latest, place.latest_at],
        "hints": place.hints,
        "mistake": place.mistake,
        "times": place.times,
        "hand": place.hand,
        "seen": place.seen,
        "told": len(place.told),
        "given": sorted(text for step, text in place.given if step == place.at),
    }


def _group(group: LearnerGroup, short: str) -> dict[str, Any]:
    return {
        "key": group.key,
        "kind": group.kind,
        "lesson": group.lesson,
        "step": group.step,
        "say": group.say,
        "label": label(group.say, short),
        "learners": list(group.learners),
        "stuck": group.stuck,
    }
