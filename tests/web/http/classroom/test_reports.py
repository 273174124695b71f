"""Reports: of the class for its instructor, of a learner for that learner, and for nobody else."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from slipway.classroom.members import Classroom
from slipway.core.classroom.activity import Activity, ActivityKind
from slipway.core.classroom.members import format_code
from slipway.store import Store
from slipway.web.security.auth import Authenticator
from tests.web.conftest import TOKEN

LIFE, CREATE = "01-the-life-of-a-container", "create-but-do-not-start"


def add_activities(store: Store, learner: str, *activities: tuple[float, ActivityKind, str]) -> None:
    for at, kind, text in activities:
        store.save_activity(Activity(learner, at, LIFE, CREATE, kind, text))


@pytest.fixture
def ada(store: Store, classroom: Classroom) -> str:
    ada = classroom.join("Ada", classroom.code).learner
    add_activities(
        store,
        ada,
        (110, "opened", ""),
        (120, "command", "docker run busybox"),
        (121, "mistake", "That one runs already."),
        (149, "command", "docker create busybox"),
        (150, "passed", "created `box`"),
    )
    return ada


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_instructor_reads_what_the_class_did(client: FlaskClient, ada: str, classroom: Classroom) -> None:
    answer: Any = client.get("/api/report", headers=bearer(TOKEN)).json
    assert answer["people"] == [{"learner": ada, "name": "Ada"}]
    assert answer["code"] == format_code(classroom.code)
    assert answer["lines"] == [
        {
            "learner": ada,
            "slug": f"{LIFE}/{CREATE}",
            "lesson": "1. The life of a container",
            "step": "1. Create, but do not start",
            "state": "passed",
            "began": 110,
            "passed": 150,
            "seconds": 40,
            "mistakes": ["That one runs already."],
            "hints": 0,
            "solutions": 0,
            "commands": 2,
        }
    ]


def test_class_report_as_csv(client: FlaskClient, ada: str) -> None:
    answer = client.get("/api/report.csv", headers=bearer(TOKEN))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="slipway-class.csv"'
    (row,) = rows(answer.text)
    assert (row["name"], row["state"], row["seconds"], row["mistakes"]) == ("Ada", "passed", "40", "1")
    assert row["what went wrong"] == "That one runs already."
    assert row["passed"] == "1970-01-01T00:02:30Z"


def test_learners_read_only_their_own_report(
    client: FlaskClient, ada: str, classroom: Classroom, access: Authenticator
) -> None:
    bo = classroom.join("Bo", classroom.code).learner
    own: Any = client.get("/api/mine", headers=bearer(access.secret(ada))).json
    assert (own["name"], own["personal"]) == ("Ada", format_code(classroom.personal_code(ada)))
    assert [deed["kind"] for deed in own["lines"][0]["deeds"]] == ["opened", "command", "mistake", "command", "passed"]
    others: Any = client.get("/api/mine", headers=bearer(access.secret(bo))).json
    assert others["lines"] == []
    assert rows(client.get("/api/mine.csv", headers=bearer(access.secret(bo))).text) == []
    assert [row["text"] for row in rows(client.get("/api/mine.csv", headers=bearer(access.secret(ada))).text)] == [
        "",
        "docker run busybox",
        "That one runs already.",
        "docker create busybox",
        "created `box`",
    ]


@pytest.mark.parametrize("path", ["/api/report", "/api/report.csv", f"/api/lessons/{LIFE}/guide"])
def test_instructor_paths_are_refused_for_learners(
    client: FlaskClient, ada: str, access: Authenticator, path: str
) -> None:
    assert client.get(path, headers=bearer(TOKEN)).status_code == 200
    refused = client.get(path, headers=bearer(access.secret(ada)))
    assert refused.status_code == 403
    assert refused.json == {"error": "Only the instructor of this class may see that."}
    assert client.get(path).status_code == 401


def test_same_names_are_numbered(client: FlaskClient, ada: str, classroom: Classroom) -> None:
    classroom.join("Ada", classroom.code)
    answer: Any = client.get("/api/report", headers=bearer(TOKEN)).json
    assert [one["name"] for one in answer["people"]] == ["Ada", "Ada (2)"]


def test_numbered_names_are_unique(client: FlaskClient, classroom: Classroom) -> None:
    names = ("Sam", "Sam (2)", "Sam", "Kim (2)", "Kim", "Kim", "Kim (2)")
    for name in names:
        classroom.join(name, classroom.code)
    answer: Any = client.get("/api/report", headers=bearer(TOKEN)).json
    told = ["Sam", "Sam (2)", "Sam (3)", "Kim (2)", "Kim", "Kim (3)", "Kim (2) (2)"]
    assert [one["name"] for one in answer["people"]] == told


def test_idle_learner_has_a_row(client: FlaskClient, ada: str, classroom: Classroom) -> None:
    classroom.join("Bo", classroom.code)
    ada_row, bo = rows(client.get("/api/report.csv", headers=bearer(TOKEN)).text)
    assert (ada_row["name"], ada_row["state"]) == ("Ada", "passed")
    assert bo == {"name": "Bo"} | {key: "" for key in ada_row if key != "name"}


def test_typed_text_is_no_formula(client: FlaskClient, store: Store, classroom: Classroom) -> None:
    learner = classroom.join("=1+1", classroom.code).learner
    add_activities(store, learner, (130, "command", "@SUM(A1)"), (131, "passed", "-1"))
    assert rows(client.get("/api/report.csv", headers=bearer(TOKEN)).text)[0]["name"] == "'=1+1"


def test_removed_lesson_or_step_keeps_its_slug(
    client: FlaskClient, store: Store, ada: str, access: Authenticator
) -> None:
    store.save_activity(Activity(ada, 160, "99-gone", "away", "passed", "was there"))
    store.save_activity(Activity(ada, 161, LIFE, "renamed", "passed", "was there"))
    own: Any = client.get("/api/mine", headers=bearer(access.secret(ada))).json
    assert [(line["lesson"], line["step"]) for line in own["lines"][1:]] == [
        ("99-gone", "away"),
        ("1. The life of a container", "renamed"),
    ]


@pytest.mark.parametrize("path", ["/report", "/mine"])
def test_pages_contain_no_personal_data(client: FlaskClient, ada: str, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Ada" not in answer.text
