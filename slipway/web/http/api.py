"""The JSON interface: health, the door, the course's contents and a learner's progress.

Tests outside this repository rely on it (DESIGN, section 7). All but health and the door want `Authorization: Bearer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, g, request

from slipway import __version__
from slipway.core.lessons.lesson import Lesson
from slipway.web.http.presenter_guide import guide
from slipway.web.payload import body, token_of
from slipway.web.ports import ProgressSource
from slipway.web.security import bearer
from slipway.web.security.auth import Authenticator

NOT_JUDGED: dict[str, Any] = {"verdict": "not-yet", "evidence": [], "why": ""}


def blueprint(lessons: Sequence[Lesson], progress: ProgressSource, access: Authenticator) -> Blueprint:
    """`GET /healthz` and everything under `/api`."""
    bp = Blueprint("api", __name__)

    @bp.before_request
    def _who() -> None:
        if request.endpoint in ("api.health", "api.enter"):
            return
        g.learner = bearer.asking(access).learner

    @bp.get("/healthz")
    def health() -> dict[str, Any]:
        return {"status": "ok", "version": __version__, "lessons": len(lessons)}

    @bp.post("/api/enter")
    def enter() -> dict[str, str]:
        secret = bearer.let_in(access.enter, token_of(body()))
        return {"secret": secret, "learner": secret.rpartition(".")[0]}

    @bp.get("/api/lessons")
    def contents() -> dict[str, Any]:
        return {"lessons": [_entry(lesson) for lesson in lessons]}

    @bp.get("/api/lessons/<slug>/guide")
    def guidance(slug: str) -> dict[str, Any]:
        bearer.instructor(access)
        lesson = next((one for one in lessons if one.slug == slug), None)
        if lesson is None:
            abort(404, "There is no such lesson in this course.")
        return guide(lesson)

    @bp.get("/api/progress")
    def verdicts() -> dict[str, Any]:
        known = progress.verdicts(g.learner)
        return {"lessons": {lesson.slug: _judged(lesson, known.get(lesson.slug, {})) for lesson in lessons}}

    return bp


def _entry(lesson: Lesson) -> dict[str, Any]:
    return {
        "slug": lesson.slug,
        "number": lesson.number,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "lede": lesson.lede,
        "steps": [{"slug": step.slug, "title": step.title} for step in lesson.steps],
    }


def _judged(lesson: Lesson, known: Any) -> dict[str, Any]:
    verdicts = {step.slug: known.get(step.slug, NOT_JUDGED) for step in lesson.steps}
    return {step: {key: verdict[key] for key in NOT_JUDGED} for step, verdict in verdicts.items()}
