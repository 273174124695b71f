"""The pages: the course's contents, a lesson. They hold nothing private, so they need no token.

What a page shows of a learner comes later, over the API and the sockets, to whoever holds a page secret.
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

FEW, MANY = 9, 15  # lines: so many fit beside a large picture, and into half of a projector's page


def blueprint(lessons: Sequence[Lesson], shelf: RecordingSource) -> Blueprint:
    """`/`, `/lessons/<slug>`; an instructor's `/present/<slug>`, its `/notes`, `/watch/<learner>` and `/wall`."""
    bp = Blueprint("pages", __name__)
    bp.app_context_processor(
        lambda: {"root": "/", "home": "/", "lesson_at": lambda slug: f"/lessons/{slug}", "watching": False}
    )
    places = {lesson.slug: place for place, lesson in enumerate(lessons)}

    @bp.get("/")
    def home() -> str:
        return render_template("home.html", lessons=lessons)

    @bp.get("/lessons/<slug>")
    def lesson(slug: str) -> str:
        place = place_of(slug)
        return render_template(
            "lesson.html",
            lesson=lesson_view(lessons[place], shelf),
            lessons=lessons,
            previous=lessons[place - 1] if place else None,
            next=lessons[place + 1] if place + 1 < len(lessons) else None,
        )

    @bp.get("/present/<slug>")
    def present(slug: str) -> str:
        view = lesson_view(lessons[place_of(slug)], shelf)
        return render_template("present.html", lesson=view, share_of=lambda step: share(shelf.lines(slug, step)))

    @bp.get("/present/<slug>/notes")
    def notes(slug: str) -> str:
        view = lesson_view(lessons[place_of(slug)], shelf)
        return render_template("notes.html", lesson=view, deck=deck(view))

    @bp.get("/watch/<learner>")
    def watch(learner: str) -> str:
        return render_template("watching.html", learner=learner, course=places_of(lessons))

    @bp.get("/wall")
    def wall() -> str:
        return render_template("wall.html")

    def place_of(slug: str) -> int:
        place = places.get(slug)
        if place is None:
            abort(404, "There is no such lesson in this course.")
        return place

    return bp


def due(step: Step) -> list[int]:
    """How many commands have been shown at the end of each part that ends with some."""
    return list(accumulate(len(commands(block)) for block in step.blocks))


def share(lines: int | None) -> str:
    """How much of the projector a step's terminal gets, by the lines that its solution took when it was proved."""
    if lines is None or FEW < lines <= MANY:
        return "even"
    return "small" if lines <= FEW else "large"


def deck(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The ideas of a presentation, in order, as the presenter's window needs them."""
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


def places_of(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """What a window on a learner has to know of all lessons, to say where they are and to draw it."""
    return {
        lesson.slug: {
            "title": lesson.title,
            "scene": lesson.scene,
            "steps": {step.slug: f"{step.number}. {step.title}" for step in lesson.steps},
        }
        for lesson in lessons
    }


def lesson_view(lesson: Lesson, shelf: RecordingSource, whole: bool = False) -> dict[str, Any]:
    """The lesson as its template wants it: Markdown turned into safe HTML, solutions and hints only announced; for a
    page that can't ask for them later, the `whole` of it."""
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
            {"ask_html": markdown.render(one.ask), "answer_html": markdown.render(one.answer)}
            for one in lesson.questions
        ],
        "steps": [
            {
                "slug": step.slug,
                "number": step.number,
                "title": step.title,
                "html": markdown.render(step.text, step=step.slug),
                "parts_html": markdown.render_parts(step.text, step=step.slug),
                "due": due(step),
                "hints": len(step.hints),
                "has_solution": bool(step.solution),
                "hints_html": [markdown.render(one) for one in step.hints] if whole else [],
                "solution_html": markdown.render_block(f"{step.slug}.solution", step.solution) if whole else "",
                "recorded": shelf.has(lesson.slug, step.slug),
            }
            for step in lesson.steps
        ],
    }
