"""The invitation for a projector: for the instructor only, and without secrets."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from slipway.classroom.members import Classroom
from slipway.core.classroom.members import format_code
from slipway.web.security.auth import Authenticator
from tests.web.conftest import TOKEN

OWN = {"Authorization": f"Bearer {TOKEN}"}


def test_invitation_has_addresses_and_code(client: FlaskClient, classroom: Classroom) -> None:
    told: Any = client.get("/api/invitation", headers=OWN).json
    assert told["places"] == ["127.0.0.1:8000"]
    assert told["code"] == format_code(classroom.code)
    assert told["link"] == f"http://127.0.0.1:8000/join#{classroom.key}"
    assert {len(row) for row in told["dots"]} == {len(told["dots"])}


def test_new_class_has_a_new_invitation(client: FlaskClient, classroom: Classroom) -> None:
    before: Any = client.get("/api/invitation", headers=OWN).json
    classroom.start_new_class()
    after: Any = client.get("/api/invitation", headers=OWN).json
    assert before["code"] != after["code"] == format_code(classroom.code)
    assert before["dots"] != after["dots"]


def test_invitation_contains_no_token(client: FlaskClient) -> None:
    assert TOKEN not in client.get("/api/invitation", headers=OWN).text
    page = client.get("/invite")
    assert page.status_code == 200
    assert TOKEN not in page.text


def test_invitation_is_for_the_instructor_only(
    client: FlaskClient, classroom: Classroom, access: Authenticator
) -> None:
    ada = classroom.join("Ada", classroom.code).learner
    refused = client.get("/api/invitation", headers={"Authorization": f"Bearer {access.secret(ada)}"})
    assert refused.status_code == 403
    assert client.get("/api/invitation").status_code == 401


@pytest.mark.parametrize("classroom", [False], indirect=True)
def test_no_invitation_without_a_class(client: FlaskClient) -> None:
    answer = client.get("/api/invitation", headers=OWN)
    assert answer.status_code == 404
    assert answer.json == {"error": "There is no class here. Start one with `./lab up --class`."}
