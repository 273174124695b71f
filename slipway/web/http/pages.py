"""The pages: the course's contents, a lesson. They contain nothing private, so they need no token.

What a page shows of a learner comes later, from the API and the sockets, which require a page secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from flask import Blueprint, abort, render_template

from slipway.core.lessons.commands import commands
from slipway.core.lessons.lesson import Lesson, Step
from slipway.web import markdown
from slipway.web.ports import RecordingSource

SMALL_LINES, EVEN_LINES = 9, 15
"""Lines of a terminal that fit beside a large picture, and into half of a projector's page."""


def blueprint(lessons: Sequence[Lesson], recorded: RecordingSource) -> Blueprint:
    """Serve `/`, `/lessons/<slug>`; an instructor's `/present/<slug>`, its `/notes`, `/watch/<learner>` and `/wall`."""
    bp = Blueprint("pages", __name__)
    bp.app_context_processor(
        lambda: {"root": "/", "home": "/", "lesson_at": lambda slug: f"/lessons/{slug}", "watching": False}
    )
    positions = {lesson.slug: position for position, lesson in enumerate(lessons)}

    @bp.get("/")
    def home() -> str:
        return render_template("home.html", lessons=lessons)

    @bp.get("/lessons/<slug>")
    def lesson(slug: str) -> str:
        position = position_of(slug)
        return render_template(
            "lesson.html",
            lesson=lesson_view(lessons[position], recorded),
            lessons=lessons,
            previous=lessons[position - 1] if position else None,
            next=lessons[position + 1] if position + 1 < len(lessons) else None,
        )

    @bp.get("/present/<slug>")
    def present(slug: str) -> str:
        view = lesson_view(lessons[position_of(slug)], recorded)
        return render_template(
            "present.html", lesson=view, share_of=lambda step: terminal_share(recorded.lines(slug, step))
        )

    @bp.get("/present/<slug>/notes")
    def notes(slug: str) -> str:
        view = lesson_view(lessons[position_of(slug)], recorded)
        return render_template("notes.html", lesson=view, deck=slides(view))

    @bp.get("/watch/<learner>")
    def watch(learner: str) -> str:
        return render_template("watching.html", learner=learner, course=course_index(lessons))

    @bp.get("/wall")
    def dashboard() -> str:
        return render_template("wall.html")

    def position_of(slug: str) -> int:
        position = positions.get(slug)
        if position is None:
            abort(404, "There is no such lesson in this course.")
        return position

    return bp


def commands_shown(step: Step) -> list[int]:
    """Return how many commands have been shown by the end of each part that ends with some."""
    return list(accumulate(len(commands(block)) for block in step.blocks))


def terminal_share(lines: int | None) -> str:
    """Return the terminal's share of the projector, by the lines that the step's solution took when it was proved."""
    if lines is None or SMALL_LINES < lines <= EVEN_LINES:
        return "even"
    return "small" if lines <= SMALL_LINES else "large"


def slides(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the slides of a presentation, in order, as the presenter's window needs them."""
    steps = [
        {
            "name": step["slug"],
            "title": step["title"],
            "parts": len(step["parts_html"]) or 1,
            "due": step["due"],
            "isStep": True,
        }
        for step in view["steps"]
    ]
    first = {"name": "intro", "title": view["title"], "parts": 1, "isStep": False}
    return [first, *steps, {"name": "end", "title": "To remember", "parts": 1, "isStep": False}]


def course_index(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """Return what a window on a learner needs of all lessons, to say where they are and to draw it."""
    return {
        lesson.slug: {
            "title": lesson.title,
            "scene": lesson.scene,
            "steps": {step.slug: f"{step.number}. {step.title}" for step in lesson.steps},
        }
        for lesson in lessons
    }


def lesson_view(lesson: Lesson, recorded: RecordingSource, whole: bool = False) -> dict[str, Any]:
    """Return the lesson as its template needs it: Markdown as safe HTML, hints and solutions only announced.

    A page that can't ask for hints and solutions later gets the `whole` of it.
    """
    return {
        "slug": lesson.slug,
        "number": lesson.number,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "scene": lesson.scene,
        "lede": lesson.lede,
        "intro_html": markdown.render(lesson.intro),
        "outro_html": markdown.render(lesson.remember),
        "questions": [
            {"ask_html": markdown.render(question.ask), "answer_html": markdown.render(question.answer)}
            for question in lesson.questions
        ],
        "steps": [
            {
                "slug": step.slug,
                "number": step.number,
                "title": step.title,
                "html": markdown.render(step.text, step=step.slug),
                "parts_html": markdown.render_parts(step.text, step=step.slug),
                "due": commands_shown(step),
                "hints": len(step.hints),
                "has_solution": bool(step.solution),
                "hints_html": [markdown.render(hint) for hint in step.hints] if whole else [],
                "solution_html": markdown.render_block(f"{step.slug}.solution", step.solution) if whole else "",
                "recorded": recorded.has(lesson.slug, step.slug),
            }
            for step in lesson.steps
        ],
    }
