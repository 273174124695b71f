"""Lessons and steps as people call them, for what is told of somebody's way through the course. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slipway.core.classroom.report import ReportRow
from slipway.core.lessons.lesson import Lesson


class StepTitles:
    """Lessons and steps by their titles; what is in no lesson any more keeps its slug."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._lessons = {one.slug: one for one in lessons}

    def of(self, lesson: str, step: str) -> tuple[str, str]:
        found = self._lessons.get(lesson)
        if found is None:
            return lesson, step
        at = found.step(step)
        return f"{found.number}. {found.title}", f"{at.number}. {at.title}" if at else step

    def course(self) -> list[dict[str, Any]]:
        """What there was to do: each lesson with the slugs and titles of its steps."""
        return [
            {
                "slug": one.slug,
                "title": self.of(one.slug, "")[0],
                "steps": [{"slug": each.slug, "title": self.of(one.slug, each.slug)[1]} for each in one.steps],
            }
            for one in self._lessons.values()
        ]

    def told(self, line: ReportRow) -> dict[str, Any]:
        """A line in words and numbers, times in seconds since the epoch."""
        lesson, step = self.of(line.lesson, line.step)
        return {
            "slug": f"{line.lesson}/{line.step}",
            "lesson": lesson,
            "step": step,
            "state": line.state,
            "began": line.began,
            "passed": line.passed_at,
            "seconds": line.seconds,
            "mistakes": line.texts("mistake"),
            "hints": line.count("hint"),
            "solutions": line.count("solution"),
            "commands": line.count("command"),
        }
