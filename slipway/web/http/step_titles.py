"""The titles of lessons and steps, for reports on a learner's way through the course. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slipway.core.classroom.report import ReportRow
from slipway.core.lessons.lesson import Lesson


class StepTitles:
    """The titles by slugs; a lesson or step that does not exist any more keeps its slug."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._lessons = {lesson.slug: lesson for lesson in lessons}

    def of(self, lesson: str, step: str) -> tuple[str, str]:
        """Return the numbered titles of a lesson and a step."""
        known = self._lessons.get(lesson)
        if known is None:
            return lesson, step
        known_step = known.step(step)
        return f"{known.number}. {known.title}", f"{known_step.number}. {known_step.title}" if known_step else step

    def course(self) -> list[dict[str, Any]]:
        """Return each lesson with the slugs and titles of its steps."""
        return [
            {
                "slug": lesson.slug,
                "title": self.of(lesson.slug, "")[0],
                "steps": [{"slug": each.slug, "title": self.of(lesson.slug, each.slug)[1]} for each in lesson.steps],
            }
            for lesson in self._lessons.values()
        ]

    def describe(self, row: ReportRow) -> dict[str, Any]:
        """Return a row of a report as JSON; times are in seconds since the epoch."""
        lesson, step = self.of(row.lesson, row.step)
        return {
            "slug": f"{row.lesson}/{row.step}",
            "lesson": lesson,
            "step": step,
            "state": row.state,
            "began": row.began,
            "passed": row.passed_at,
            "seconds": row.seconds,
            "mistakes": row.texts("mistake"),
            "hints": row.count("hint"),
            "solutions": row.count("solution"),
            "commands": row.count("command"),
        }
