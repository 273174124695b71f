"""Recordings over HTTP: each step's recording as a script, and its terminal as an asciicast.

They are part of the public course, so they need no token. Knows no files: the recordings are an argument.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort

from slipway.web.ports import RecordingSource

NO_RECORDING = "There is no recording of that step. `./lab prove` creates one."


def blueprint(recorded: RecordingSource) -> Blueprint:
    """Serve `GET /recordings/<lesson>/<step>.js` and `.cast`."""
    bp = Blueprint("recordings", __name__, url_prefix="/recordings")

    @bp.get("/<lesson>/<step>.js")
    def script(lesson: str, step: str) -> Response:
        return _response(recorded.script(lesson, step), "text/javascript")

    @bp.get("/<lesson>/<step>.cast")
    def terminal(lesson: str, step: str) -> Response:
        return _response(recorded.cast(lesson, step), "application/x-asciicast")

    return bp


def _response(text: str | None, content_type: str) -> Response:
    if text is None:
        abort(404, NO_RECORDING)
    return Response(text, content_type=f"{content_type}; charset=utf-8")


class NoRecordings:
    """A course without recordings."""

    def has(self, _lesson: str, _step: str) -> bool:
        """Return False."""
        return False

    def script(self, _lesson: str, _step: str) -> str | None:
        """Return None."""
        return None

    cast = script

    def lines(self, _lesson: str, _step: str) -> int | None:
        """Return None."""
        return None
