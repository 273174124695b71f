"""The dashboard as JSON values for the page, whole and as differences, which keeps frequent updates small. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from slipway.core.classroom.dashboard import (
    LearnerGroup,
    LearnerStatus,
    learner_groups,
    mistake_label,
    passed_counts,
)
from slipway.core.engine_failure import EngineFailure, failure_rows

Dashboard: TypeAlias = dict[str, Any]
"""`{"order": [learner], "people": {learner: …}, "groups": […], "passed": {lesson: {step: n}}, "engines": […]}`"""

EMPTY_DASHBOARD: Dashboard = {"order": [], "people": {}, "groups": [], "passed": {}, "engines": []}


def build_dashboard(
    statuses: Sequence[LearnerStatus],
    short_names: Mapping[str, str] = MappingProxyType({}),
    failures: Mapping[str, EngineFailure] = MappingProxyType({}),
) -> Dashboard:
    """Return everything that the dashboard shows.

    `short_names` has a name for each mistake's message; `failures` has the learners without an engine, and why.
    """
    passed: dict[str, dict[str, int]] = {}
    for (lesson, step), count in sorted(passed_counts(statuses).items()):
        passed.setdefault(lesson, {})[step] = count
    return {
        "order": [status.learner for status in statuses],
        "people": {status.learner: _person(status) for status in statuses},
        "groups": [_group(group, short_names.get(group.message, "")) for group in learner_groups(statuses)],
        "passed": passed,
        "engines": failure_rows(failures),
    }


def diff(before: Dashboard, after: Dashboard) -> Dashboard:
    """Return what changed, {} for nothing. A person who has gone is only missing from `order`."""
    people = {learner: person for learner, person in after["people"].items() if before["people"].get(learner) != person}
    rest = {key: after[key] for key in ("order", "groups", "passed", "engines") if before[key] != after[key]}
    return ({"people": people} if people else {}) | rest


def apply_diff(before: Dashboard, change: Dashboard) -> Dashboard:
    """Return the dashboard after a change, as the page computes it: `apply_diff(a, diff(a, b)) == b`."""
    merged = before | change | {"people": before["people"] | change.get("people", {})}
    return merged | {"people": {learner: merged["people"][learner] for learner in merged["order"]}}


def _person(status: LearnerStatus) -> dict[str, Any]:
    progress = status.progress
    return {
        "name": status.name,
        "state": status.state,
        "slow": status.slow,
        "lesson": progress.lesson,
        "step": progress.step,
        "since": progress.arrived_at,
        "last": progress.active_at,
        "command": progress.command,
        "typed": progress.command_at,
        "latest": [*progress.last_passed, progress.last_passed_at],
        "hints": progress.hint_count,
        "mistake": progress.mistake,
        "times": progress.mistake_count,
        "hand": progress.help_requested_at,
        "seen": progress.help_seen,
        "told": len(progress.messages),
        "given": sorted(text for step, text in progress.sent_texts if step == progress.step_key),
    }


def _group(group: LearnerGroup, short_name: str) -> dict[str, Any]:
    return {
        "key": group.key,
        "kind": group.kind,
        "lesson": group.lesson,
        "step": group.step,
        "say": group.message,
        "label": mistake_label(group.message, short_name),
        "learners": list(group.learners),
        "stuck": group.stuck,
    }
