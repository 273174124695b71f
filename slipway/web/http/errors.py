"""What a visitor is told when something is wrong: a sentence, as JSON under /api and as a page elsewhere.

Never a traceback: an accident is logged with all its details, and the visitor learns only that it was one.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from slipway.core.errors import StorageError

SENTENCES = {
    400: "The lab could not read that request.",
    404: "There is nothing at this address.",
    405: "That can't be done at this address.",
    413: "That is more than the lab takes at once.",
    415: "The lab wants JSON here.",
    500: "Something went wrong in the lab itself. The log says what; your work is not lost.",
}

TITLES = {404: "Not here", 500: "Something went wrong", 503: "Not just now"}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every HTTP error, expected or not."""

    @app.errorhandler(HTTPException)
    def _expected(error: HTTPException) -> Response:
        code = error.code or 500
        own = error.description if error.description != type(error).description else None
        return answer(code, own or SENTENCES.get(code) or error.name, error)

    @app.errorhandler(StorageError)
    def _not_kept(error: StorageError) -> Response:
        log.warning("%s %s: %s", request.method, request.path, error)
        return answer(503, str(error))

    @app.errorhandler(Exception)
    def _accident(error: Exception) -> Response:
        log.exception("An accident while answering %s %s", request.method, request.path, exc_info=error)
        return answer(500, SENTENCES[500])


def answer(code: int, sentence: str, error: HTTPException | None = None) -> Response:
    """The response with status `code` that says `sentence`."""
    as_json = request.path.startswith("/api/") or request.path == "/healthz"
    response = jsonify(error=sentence) if as_json else make_response(_page(code, sentence))
    response.status_code = code
    if code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="slipway"'
    if code in (429, 503):
        response.headers["Retry-After"] = "60"
    if code == 405 and error is not None:
        response.headers.update(dict(error.get_headers()))
        response.headers["Content-Type"] = "application/json" if as_json else "text/html; charset=utf-8"
    return response


def _page(code: int, sentence: str) -> str:
    try:
        return render_template("error.html", title=TITLES.get(code, "That did not work"), sentence=sentence)
    except Exception:  # whatever it is: this is the last sentence there is
        log.exception("The error page itself could not be made")
        return f"<!doctype html><html lang=en><title>Slipway: {code}</title><p>{escape(sentence)}"
