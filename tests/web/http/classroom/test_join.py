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


def test_a_name_and_the_code_are_exchanged_for_a_secret_that_opens_the_lab(
    client: FlaskClient, classroom: Classroom, access: Authenticator
) -> None:
    said: Any = ask(client, name="  Ada ", code=classroom.code.lower()).json
    assert said["name"] == "Ada"
    person = access.identify(said["secret"])
    assert person
    assert (person.name, person.instructor) == ("Ada", False)
    progress = client.get("/api/progress", headers={"Authorization": f"Bearer {said['secret']}"})
    assert progress.status_code == 200


def test_a_personal_code_brings_one_back(client: FlaskClient, classroom: Classroom) -> None:
    ada: Any = ask(client, name="Ada", code=classroom.code).json
    again: Any = ask(client, personal=ada["personal"]).json
    assert (again["learner"], again["secret"]) == (ada["learner"], ada["secret"])


def test_codes_are_not_guessed_and_the_link_opens_all_the_same(client: FlaskClient, classroom: Classroom) -> None:
    wrong = [ask(client, name="Eve", code="CCCCCC").status_code for _ in range(5)]
    assert wrong == [403, 403, 403, 429, 429]
    assert ask(client, name="Ada", code=classroom.code).status_code == 429
    assert ask(client, personal="CCCCCCCC").status_code == 429
    assert ask(client, name="Ada", code=classroom.key).status_code == 200


def test_who_guesses_from_many_addresses_of_one_household_guesses_from_one(client: FlaskClient) -> None:
    wrong = [
        ask(client, f"2001:db8::{number}", name="Eve", code="CCCCCC").status_code
        for _ in (1, 2)
        for number in (1, 2, 3)
    ]
    assert wrong == [403, 403, 403, 429, 429, 429]
    assert ask(client, "2001:db8:0:1::1", name="Eve", code="CCCCCC").status_code == 403


def test_a_room_joins_at_once_and_who_goes_on_joining_is_told_to_wait(
    client: FlaskClient, classroom: Classroom
) -> None:
    people = [ask(client, name="Eve", code=code) for code in (classroom.code, classroom.key) for _ in range(4)]
    assert [one.status_code for one in people] == [200] * 5 + [429] * 3
    assert "Many people have just joined" in people[-1].text
    back: Any = people[0].json
    assert ask(client, personal=back["personal"]).status_code == 200
    assert ask(client, name="Eve", code="CCCCCC").status_code == 403
    assert ask(client, "192.0.2.8", name="Ada", code=classroom.code).status_code == 200
    assert len(classroom.people()) == 6


@pytest.mark.parametrize("said", [{}, {"name": 7, "code": []}, [], "code", None])
def test_what_makes_no_sense_gets_a_sentence(client: FlaskClient, said: object) -> None:
    answer = client.post("/api/join", json=said)
    assert answer.status_code == 403
    assert answer.json
    assert answer.json["error"].endswith(".")


def test_a_name_that_cannot_be_seen_is_asked_for_again(client: FlaskClient, classroom: Classroom) -> None:
    answer = ask(client, name="\u200b \u202e", code=classroom.code)
    assert answer.status_code == 400
    assert ask(client, name="Ada", code=classroom.code).status_code == 200


def test_wrong_codes_of_one_address_are_not_anothers() -> None:
    attempts = join.JoinAttempts(1)
    attempts.from_address("a").record()
    assert attempts.from_address("a").exhausted()
    assert not attempts.from_address("b").exhausted()
    for number in range(join.MAX_ADDRESSES):
        attempts.from_address(str(number))
    assert not attempts.from_address("a").exhausted()


def test_on_a_full_disk_a_learner_reads_why_and_the_same_form_works_later(
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


def test_the_page_needs_nothing(client: FlaskClient) -> None:
    answer = client.get("/join")
    assert answer.status_code == 200
    assert "Your name" in answer.text
