"""An error is a sentence: JSON under /api, a page elsewhere, never a traceback."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from slipway.core.errors import StorageError


def test_missing_page_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/lessons/99-nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "There is no such lesson in this course." in answer.text


def test_missing_api_path_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/api/nowhere")
    assert (answer.status_code, answer.json) == (404, {"error": "There is nothing at this address."})


def test_wrong_method_lists_the_allowed_ones(client: FlaskClient) -> None:
    answer = client.get("/api/enter")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.json == {"error": "This method is not allowed at this address."}


@pytest.mark.parametrize("path", ["/api/accident", "/accident"])
def test_internal_error_is_logged_and_answered_with_a_sentence(
    app: Flask, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get(path)
    def accident() -> str:
        raise RuntimeError("a secret of the lab")

    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get(path, headers={"Host": "localhost:8000"})
    assert answer.status_code == 500
    assert "Internal error in the lab" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "a secret of the lab" in caplog.text


@pytest.mark.parametrize("path", ["/api/kept", "/kept"])
def test_storage_error_is_answered_with_its_sentence(app: Flask, path: str, caplog: pytest.LogCaptureFixture) -> None:
    @app.get(path)
    def kept() -> str:
        raise StorageError("There is no space left. Try again.")

    answer = app.test_client().get(path, headers={"Host": "localhost:8000"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "There is no space left. Try again." in answer.text
    assert "There is no space left. Try again." in caplog.text
    assert not any(record.exc_info for record in caplog.records)


def test_failing_error_page_still_has_a_sentence(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.jinja_loader = None
    app.jinja_env.loader = None
    answer = app.test_client().get("/nowhere", headers={"Host": "localhost:8000"})
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert "The error page could not be rendered" in caplog.text
