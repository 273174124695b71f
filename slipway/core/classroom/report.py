"""Reports: the activities of a class, or of one learner, folded into a row for each step.

Pure. Knows activities, but neither names nor titles; slipway/web/http/step_titles.py adds those.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from slipway.core.classroom.activity import Activity


@dataclass
class ReportRow:
    """One learner at one step. `began` is when they came to it, in seconds since the epoch."""

    learner: str
    lesson: str
    step: str
    began: float
    activities: list[Activity] = field(default_factory=list)

    @property
    def passed_at(self) -> float | None:
        """When the step first passed; None if it has not."""
        return next((activity.at for activity in self.activities if activity.kind == "passed"), None)

    @property
    def state(self) -> str:
        """passed | skipped | begun"""
        kinds = {activity.kind for activity in self.activities}
        return next((kind for kind in ("passed", "skipped") if kind in kinds), "begun")

    @property
    def seconds(self) -> float | None:
        """Seconds from coming to the step until it passed, breaks included; None if it has not."""
        return None if self.passed_at is None else max(0.0, self.passed_at - self.began)

    def texts(self, kind: str) -> list[str]:
        """Return the texts of the activities of one kind, in order."""
        return [activity.text for activity in self.activities if activity.kind == kind]

    def count(self, kind: str) -> int:
        """Return the number of activities of one kind."""
        return len(self.texts(kind))


def report_rows(activities: Iterable[Activity]) -> list[ReportRow]:
    """Return a row for each learner and step with an activity, in the order in which the learners came to them.

    A learner who passes a step is at the next one from that moment on, unless they open the lesson again for it. A
    mistake that was only seen while the right command was running is left out.
    """
    rows: dict[tuple[str, str, str], ReportRow] = {}
    arrivals: dict[tuple[str, str], float] = {}
    for activity in activities:
        if not activity.step:
            continue
        key, lesson = (activity.learner, activity.lesson, activity.step), (activity.learner, activity.lesson)
        arrives = activity.kind in ("opened", "turned")
        if key not in rows:
            began = activity.at if arrives else min(activity.at, arrivals.get(lesson, activity.at))
            rows[key] = ReportRow(*key, began=began)
        rows[key].activities.append(activity)
        if arrives or activity.kind == "passed":
            arrivals[lesson] = activity.at
    for row in rows.values():
        row.activities = [activity for activity in row.activities if not _is_false_mistake(activity, row)]
    return list(rows.values())


def _is_false_mistake(activity: Activity, row: ReportRow) -> bool:
    """Return whether this mistake was none: the step passed after it, and nothing was typed in between.

    `docker create`, for example, pulls an image first, which is half of what the step asks for.
    """
    passed = next((other.at for other in row.activities if other.kind == "passed" and other.at >= activity.at), None)
    if activity.kind != "mistake" or passed is None:
        return False
    return not any(other.kind == "command" and activity.at < other.at <= passed for other in row.activities)
