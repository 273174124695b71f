"""What the presenter of a lesson sees and the audience does not: notes, hints, solutions, commands, common mistakes.

Its route is for the instructor only (api.py). Knows the lesson, and nothing of who asks.
"""

from __future__ import annotations

from typing import Any

from slipway.core.lessons.commands import commands
from slipway.core.lessons.lesson import Lesson, Step
from slipway.web import markdown


def guide(lesson: Lesson) -> dict[str, Any]:
    """Return the lesson for its presenter: Markdown as safe HTML, mistakes as sentences with `code` in backquotes."""
    return {
        "lesson": lesson.slug,
        "notes_html": markdown.render(lesson.notes),
        "steps": [_step(step) for step in lesson.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "slug": step.slug,
        "title": step.title,
        "notes_html": markdown.render(step.notes),
        "hints_html": [markdown.render(hint) for hint in step.hints],
        "solution_html": markdown.render_block(f"{step.slug}.solution", step.solution),
        "commands": [command.shown for command in commands(step.solution)],
        "mistakes": [mistake.mistake.say for mistake in step.common_mistakes],
    }
