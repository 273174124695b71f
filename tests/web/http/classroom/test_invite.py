"""The invitation for a projector: for the instructor only, and with nothing in it that the room may not know."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from slipway.classroom.members import Classroom
from slipway.core.classroom.members import format_code
from slipway.web.security.auth import Authenticator
from tests.web.conftest import TOKEN

OWN = {"Authorization": f"Bearer {TOKEN}"}


def test_it_tells_where_to_go_and_what_to_type(client: FlaskClient, classroom: Classroom) -> None:
    told: Any = client.get("/api/invitation", headers=OWN).json
    assert told["places"] == ["127.0.0.1:8000"]
    assert told["code"] == format_code(classroom.code)
    assert told["link"] == f"http://127.0.0.1:8000/join#{classroom.key}"
    assert {len(row) for row in told["dots"]} == {len(told["dots"])}


def test_another_class_has_another_invitation(client: FlaskClient, classroom: Classroom) -> None:
    before: Any = client.get("/api/invitation", headers=OWN).json
    classroom.start_new_class()
    after: Any = client.get("/api/invitation", headers=OWN).json
    assert before["code"] != after["code"] == format_code(classroom.code)
    assert before["dots"] != after["dots"]


def test_no_token_is_in_it_nor_on_its_page(client: FlaskClient) -> None:
    assert TOKEN not in client.get("/api/invitation", headers=OWN).text
    page = client.get("/invite")
    assert page.status_code == 200
    assert TOKEN not in page.text


def test_a_learner_invites_nobody(client: FlaskClient, classroom: Classroom, access: Authenticator) -> None:
    ada = classroom.join("Ada", classroom.code).learner
    refused = client.get("/api/invitation", headers={"Authorization": f"Bearer {access.secret(ada)}"})
    assert refused.status_code == 403
    assert client.get("/api/invitation").status_code == 401


@pytest.mark.parametrize("classroom", [False], indirect=True)
def test_where_no_class_is_there_is_no_invitation(client: FlaskClient) -> None:
    answer = client.get("/api/invitation", headers=OWN)
    assert answer.status_code == 404
    assert answer.json == {"error": "There is no class here. Start one with `./lab up --class`."}
