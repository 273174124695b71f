"""Recordings over HTTP: of each step the whole as a script, and its terminal as an asciicast.

They are part of the public course, so they need no token. Knows no file: the shelf is handed in.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort

from slipway.web.ports import RecordingSource

NONE = "There is no recording of that step. ./lab prove makes one."


def blueprint(shelf: RecordingSource) -> Blueprint:
    """`GET /recordings/<lesson>/<step>.js` and `.cast`."""
    bp = Blueprint("recordings", __name__, url_prefix="/recordings")

    @bp.get("/<lesson>/<step>.js")
    def script(lesson: str, step: str) -> Response:
        return _answer(shelf.script(lesson, step), "text/javascript")

    @bp.get("/<lesson>/<step>.cast")
    def terminal(lesson: str, step: str) -> Response:
        return _answer(shelf.cast(lesson, step), "application/x-asciicast")

    return bp


def _answer(text: str | None, kind: str) -> Response:
    if text is None:
        abort(404, NONE)
    return Response(text, content_type=f"{kind}; charset=utf-8")


class NoRecordings:
    """An empty shelf."""

    def has(self, _lesson: str, _step: str) -> bool:
        return False

    def script(self, _lesson: str, _step: str) -> str | None:
        return None

    cast = script

    def lines(self, _lesson: str, _step: str) -> int | None:
        return None
