"""Recordings over HTTP, without a token; other files are not found."""

from __future__ import annotations

from flask.testing import FlaskClient

from slipway.proofs import course
from slipway.proofs.recordings import Recordings
from slipway.settings import Settings
from slipway.store import Store
from slipway.web.factory import create_app
from slipway.web.security.auth import Authenticator
from tests.web.conftest import Browser

LESSONS = course.read()
FIRST = f"/recordings/{LESSONS[0].slug}/{LESSONS[0].steps[0].slug}"


def visitor(settings: Settings, store: Store) -> FlaskClient:
    app = create_app(settings, LESSONS, store, Authenticator(settings.token), Recordings(LESSONS))
    app.test_client_class = Browser
    return app.test_client()


def test_a_recording_is_a_script_and_an_asciicast(settings: Settings, store: Store) -> None:
    client = visitor(settings, store)
    script, cast = client.get(f"{FIRST}.js"), client.get(f"{FIRST}.cast")
    assert (script.status_code, script.mimetype) == (200, "text/javascript")
    assert (cast.status_code, cast.mimetype) == (200, "application/x-asciicast")
    assert cast.text.startswith('{"version": 2')


def test_missing_recordings_are_not_found(settings: Settings, store: Store) -> None:
    client = visitor(settings, store)
    for path in (f"/recordings/{LESSONS[0].slug}/none.js", "/recordings/none/none.cast", f"{FIRST}.jsonl"):
        assert client.get(path).status_code == 404


def test_a_step_without_a_recording_offers_none(client: FlaskClient) -> None:
    page = client.get("/lessons/01-the-life-of-a-container").text
    assert "step-show" not in page
    assert client.get(f"{FIRST}.js").status_code == 404
