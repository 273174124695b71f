"""Into a class: by its code or its link, back by a personal code, and never by guessing."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from slipway.classroom.members import Classroom
from slipway.core.lessons.lesson import Lesson
from slipway.settings import LabLimits, Settings
from slipway.store import Store
from slipway.web.factory import create_app
from slipway.web.http import join
from slipway.web.security.auth import Authenticator
from tests.disks import Disk
from tests.web.conftest import Browser


def ask(client: FlaskClient, whence: str = "192.0.2.7", **said: Any) -> TestResponse:
    return client.post("/api/join", json=said, environ_base={"REMOTE_ADDR": whence})


def test_name_and_code_are_exchanged_for_a_valid_secret(
    client: FlaskClient, classroom: Classroom, access: Authenticator
) -> None:
    said: Any = ask(client, name="  Ada ", code=classroom.code.lower()).json
    assert said["name"] == "Ada"
    person = access.identify(said["secret"])
    assert person
    assert (person.name, person.instructor) == ("Ada", False)
    progress = client.get("/api/progress", headers={"Authorization": f"Bearer {said['secret']}"})
    assert progress.status_code == 200


def test_personal_code_restores_the_learner(client: FlaskClient, classroom: Classroom) -> None:
    ada: Any = ask(client, name="Ada", code=classroom.code).json
    again: Any = ask(client, personal=ada["personal"]).json
    assert (again["learner"], again["secret"]) == (ada["learner"], ada["secret"])


def test_guessing_is_limited_but_the_link_still_works(client: FlaskClient, classroom: Classroom) -> None:
    wrong = [ask(client, name="Eve", code="CCCCCC").status_code for _ in range(5)]
    assert wrong == [403, 403, 403, 429, 429]
    assert ask(client, name="Ada", code=classroom.code).status_code == 429
    assert ask(client, personal="CCCCCCCC").status_code == 429
    assert ask(client, name="Ada", code=classroom.key).status_code == 200


def test_addresses_of_one_household_count_as_one(client: FlaskClient) -> None:
    wrong = [
        ask(client, f"2001:db8::{number}", name="Eve", code="CCCCCC").status_code
        for _ in (1, 2)
        for number in (1, 2, 3)
    ]
    assert wrong == [403, 403, 403, 429, 429, 429]
    assert ask(client, "2001:db8:0:1::1", name="Eve", code="CCCCCC").status_code == 403


def test_class_joins_at_once_and_further_joins_are_limited(client: FlaskClient, classroom: Classroom) -> None:
    people = [ask(client, name="Eve", code=code) for code in (classroom.code, classroom.key) for _ in range(4)]
    assert [one.status_code for one in people] == [200] * 5 + [429] * 3
    assert "Many people have just joined" in people[-1].text
    back: Any = people[0].json
    assert ask(client, personal=back["personal"]).status_code == 200
    assert ask(client, name="Eve", code="CCCCCC").status_code == 403
    assert ask(client, "192.0.2.8", name="Ada", code=classroom.code).status_code == 200
    assert len(classroom.people()) == 6


@pytest.mark.parametrize("said", [{}, {"name": 7, "code": []}, [], "code", None])
def test_malformed_payload_is_refused_with_a_sentence(client: FlaskClient, said: object) -> None:
    answer = client.post("/api/join", json=said)
    assert answer.status_code == 403
    assert answer.json
    assert answer.json["error"].endswith(".")


def test_invisible_name_is_refused(client: FlaskClient, classroom: Classroom) -> None:
    answer = ask(client, name="\u200b \u202e", code=classroom.code)
    assert answer.status_code == 400
    assert ask(client, name="Ada", code=classroom.code).status_code == 200


def test_wrong_codes_are_counted_by_address() -> None:
    attempts = join.JoinAttempts(1)
    attempts.from_address("a").record()
    assert attempts.from_address("a").exhausted()
    assert not attempts.from_address("b").exhausted()
    for number in range(join.MAX_ADDRESSES):
        attempts.from_address(str(number))
    assert not attempts.from_address("a").exhausted()


def test_full_disk_refuses_a_join_that_works_later(
    disk: Disk, settings: Settings, lessons: tuple[Lesson, ...], caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Store.at(disk.path / "progress.db")) as store:
        classroom = Classroom(store, open=True)
        access = Authenticator(settings.token, people=classroom)
        app = create_app(settings, lessons, store, access)
        app.register_blueprint(join.blueprint(classroom, access, LabLimits(joins=0.001, joins_burst=2)))
        app.test_client_class = Browser
        client = app.test_client()
        disk.fill()
        answer = ask(client, name="Ada", code=classroom.code)
        assert (answer.status_code, answer.mimetype) == (503, "application/json")
        assert answer.json == {
            "error": "The lab can't use its database at the moment: there is no space left on its disk. "
            "Tell the person who runs this lab, then try again."
        }
        assert [ask(client, name="Ada", code=classroom.code).status_code for _ in range(5)] == [503] * 5
        assert classroom.people() == []
        assert not any(record.exc_info for record in caplog.records)
        disk.free()
        assert ask(client, name="Ada", code=classroom.code).status_code == 200
        assert [one.name for one in classroom.people()] == ["Ada"]


def test_page_needs_no_token(client: FlaskClient) -> None:
    answer = client.get("/join")
    assert answer.status_code == 200
    assert "Your name" in answer.text
