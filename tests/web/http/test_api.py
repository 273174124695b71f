"""What tests outside this repository rely on: health, the token exchange, the contents, the progress."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from slipway import __version__
from slipway.store import Store

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LIFE = "01-the-life-of-a-container"
UNJUDGED = {"verdict": "not-yet", "evidence": [], "why": ""}


def test_health_needs_no_token(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": __version__, "lessons": 2}


def test_the_token_is_exchanged_for_a_secret_that_opens_the_api(client: FlaskClient) -> None:
    answer = client.post("/api/enter", json={"token": TOKEN})
    assert answer.json
    assert answer.json["learner"] == "me"
    bearer = {"Authorization": f"Bearer {answer.json['secret']}"}
    assert client.get("/api/progress", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "body", [{"token": "wrong"}, {"token": ""}, {"token": 7}, {"token": "\ud800"}, {}, [], "token", None]
)
def test_nothing_else_is_exchanged(client: FlaskClient, body: object) -> None:
    answer = client.post("/api/enter", json=body)
    assert answer.status_code == 401
    assert answer.json
    assert "`" in answer.json["error"]


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Basic bWU6bWU=", TOKEN, "Bearer \xff"])
@pytest.mark.parametrize("path", ["/api/lessons", "/api/progress"])
def test_missing_or_wrong_token_is_refused_with_a_sentence(client: FlaskClient, path: str, header: str | None) -> None:
    answer = client.get(path, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json
    assert answer.json["error"].endswith((".", "…"))


def test_repeated_wrong_tokens_are_limited(client: FlaskClient) -> None:
    answers = [client.post("/api/enter", json={"token": "wrong"}).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert client.post("/api/enter", json={"token": "wrong"}).headers["Retry-After"] == "60"
    assert client.get("/api/progress", headers=BEARER).status_code == 200


def test_the_contents_of_the_course(client: FlaskClient) -> None:
    answer = client.get("/api/lessons", headers=BEARER)
    assert answer.json
    assert answer.json["lessons"][0] == {
        "slug": LIFE,
        "number": 1,
        "title": "The life of a container",
        "minutes": 10,
        "lede": "From image to exit.",
        "steps": [
            {"slug": "create-but-do-not-start", "title": "Create, but do not start"},
            {"slug": "start-it", "title": "Start it"},
        ],
    }


def test_progress_has_stored_verdicts_and_not_yet_for_the_rest(client: FlaskClient, store: Store) -> None:
    evidence = [{"at": 1.5, "text": "created", "seq": 3}]
    store.save_verdict("me", LIFE, "start-it", "passed", evidence, "", at=1.5, version="v")
    answer = client.get("/api/progress", headers=BEARER)
    assert answer.json
    assert answer.json["lessons"][LIFE] == {
        "create-but-do-not-start": UNJUDGED,
        "start-it": {"verdict": "passed", "evidence": evidence, "why": ""},
    }


def test_progress_excludes_other_learners(client: FlaskClient, store: Store) -> None:
    store.save_verdict("another", LIFE, "start-it", "passed")
    answer = client.get("/api/progress", headers=BEARER)
    assert answer.json
    assert answer.json["lessons"][LIFE]["start-it"] == UNJUDGED


def test_large_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/enter", data=b"x" * 70_000, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json == {"error": "This request is too large."}


def test_presenter_guide_needs_a_token(client: FlaskClient) -> None:
    path = f"/api/lessons/{LIFE}/guide"
    assert client.get(path).status_code == 401
    assert client.get("/api/lessons/99-none/guide", headers=BEARER).status_code == 404
    answer = client.get(path, headers=BEARER)
    assert answer.json
    step = answer.json["steps"][1]
    assert (step["slug"], step["commands"], step["hints_html"]) == ("start-it", ["docker start -a box"], [])
    assert "docker start -a box" in step["solution_html"]
