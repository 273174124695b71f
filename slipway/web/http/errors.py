"""HTTP errors: a sentence, as JSON under /api and as a page elsewhere.

Never a traceback: an unexpected error is logged with all its details, and the visitor reads only that there was one.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from slipway.core.errors import StorageError

SENTENCES = {
    400: "This request could not be read.",
    404: "There is nothing at this address.",
    405: "This method is not allowed at this address.",
    413: "This request is too large.",
    415: "JSON is required here.",
    500: "Internal error in the lab. Its log has the details; your work is not lost.",
}

TITLES = {404: "Not found", 500: "Internal error", 503: "Not available now"}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every HTTP error, expected or not."""

    @app.errorhandler(HTTPException)
    def _http_error(error: HTTPException) -> Response:
        code = error.code or 500
        description = error.description if error.description != type(error).description else None
        return error_response(code, description or SENTENCES.get(code) or error.name, error)

    @app.errorhandler(StorageError)
    def _storage_error(error: StorageError) -> Response:
        log.warning("%s %s: %s", request.method, request.path, error)
        return error_response(503, str(error))

    @app.errorhandler(Exception)
    def _internal_error(error: Exception) -> Response:
        log.exception("Internal error in %s %s", request.method, request.path, exc_info=error)
        return error_response(500, SENTENCES[500])


def error_response(code: int, sentence: str, error: HTTPException | None = None) -> Response:
    """Return the response with status `code` and a sentence, as JSON or as a page."""
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
        return render_template("error.html", title=TITLES.get(code, "Error"), sentence=sentence)
    except Exception:  # there is no other way left to answer
        log.exception("The error page could not be rendered")
        return f"<!doctype html><html lang=en><title>Slipway: {code}</title><p>{escape(sentence)}"
