"""The JSON API: health, the exchange of the token, the course's contents and a learner's progress.

Tests outside this repository rely on it (DESIGN, section 7). All but the first two require `Authorization: Bearer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, g, request

from slipway import __version__
from slipway.core.lessons.lesson import Lesson
from slipway.web.http.presenter_guide import guide
from slipway.web.payload import json_body, token_of
from slipway.web.ports import ProgressSource
from slipway.web.security import bearer
from slipway.web.security.auth import Authenticator

NOT_JUDGED: dict[str, Any] = {"verdict": "not-yet", "evidence": [], "why": ""}


def blueprint(lessons: Sequence[Lesson], progress: ProgressSource, authenticator: Authenticator) -> Blueprint:
    """Serve `GET /healthz` and the paths under `/api` that concern the course."""
    bp = Blueprint("api", __name__)

    @bp.before_request
    def _authenticate() -> None:
        if request.endpoint in ("api.health", "api.enter"):
            return
        g.learner = bearer.authenticate(authenticator).learner

    @bp.get("/healthz")
    def health() -> dict[str, Any]:
        return {"status": "ok", "version": __version__, "lessons": len(lessons)}

    @bp.post("/api/enter")
    def enter() -> dict[str, str]:
        secret = bearer.check(authenticator.exchange, token_of(json_body()))
        return {"secret": secret, "learner": secret.rpartition(".")[0]}

    @bp.get("/api/lessons")
    def contents() -> dict[str, Any]:
        return {"lessons": [_entry(lesson) for lesson in lessons]}

    @bp.get("/api/lessons/<slug>/guide")
    def presenter_guide(slug: str) -> dict[str, Any]:
        bearer.require_instructor(authenticator)
        lesson = next((lesson for lesson in lessons if lesson.slug == slug), None)
        if lesson is None:
            abort(404, "There is no such lesson in this course.")
        return guide(lesson)

    @bp.get("/api/progress")
    def verdicts() -> dict[str, Any]:
        stored = progress.verdicts(g.learner)
        return {"lessons": {lesson.slug: _verdicts(lesson, stored.get(lesson.slug, {})) for lesson in lessons}}

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


def _verdicts(lesson: Lesson, stored: Any) -> dict[str, Any]:
    verdicts = {step.slug: stored.get(step.slug, NOT_JUDGED) for step in lesson.steps}
    return {step: {key: verdict[key] for key in NOT_JUDGED} for step, verdict in verdicts.items()}
