"""A learner is watched, helped and shown only with consent; nobody else is notified."""

from __future__ import annotations

import pytest

from slipway.core.classroom.consent import AWAY, NOT_GIVEN, WATCH_FIRST
from tests.classmates import secret
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient
from tests.web.sockets.follow.classroom import ANNA, TOKEN, give_consent

pytestmark = pytest.mark.engine


def test_nothing_is_seen_before_consent(teacher: FollowClient, anna: FollowClient, annas_terminal: PtyClient) -> None:
    teacher.request("watch", learner=ANNA)
    anna.wait(lambda: anna.news[-1]["asked"] == ["watch"])
    annas_terminal.type("echo private-$((1))\r")
    annas_terminal.see("private-1\r\n")
    assert (teacher.screen, teacher.heard) == ("", [])
    anna.request("answer", kind="watch", yes=1)
    teacher.see("private-1\r\n")
    assert teacher.news[-1]["learner"]["name"] == "Name of learner1"
    anna.wait(lambda: anna.news[-1]["given"] == ["watch"])


def test_refused_consent_is_reported_and_shows_nothing(teacher: FollowClient, anna: FollowClient) -> None:
    teacher.request("watch", learner=ANNA)
    anna.request("answer", kind="watch", yes=0)
    teacher.wait(lambda: teacher.news[-1]["learner"]["asked"] == [])
    assert (teacher.screen, teacher.news[-1]["learner"]["given"]) == ("", [])


def test_withdrawn_consent_takes_effect_at_once(
    teacher: FollowClient, anna: FollowClient, annas_terminal: PtyClient
) -> None:
    give_consent(teacher, anna, "watch")
    annas_terminal.type("for n in $(seq 1 500); do echo line-$n; sleep 0.01; done; echo end-$((1))\r")
    teacher.see("line-20\r\n")
    anna.request("end", kind="watch")
    teacher.wait(lambda: teacher.news[-1]["learner"]["given"] == [])
    before = teacher.screens
    annas_terminal.see("end-1\r\n")
    assert teacher.request_refused("keys", input="x") == NOT_GIVEN
    assert (teacher.screens, "end-1" in teacher.screen) == (before, False)


def test_instructor_can_end_a_consent(teacher: FollowClient, anna: FollowClient, annas_terminal: PtyClient) -> None:
    give_consent(teacher, anna, "watch")
    teacher.request("end", learner=ANNA, kind="watch")
    anna.wait(lambda: anna.news[-1]["given"] == [])


def test_learner_without_a_page_is_not_watched_until_they_return(
    url: str, teacher: FollowClient, annas_terminal: PtyClient
) -> None:
    with FollowClient(url, secret(ANNA)) as anna:
        give_consent(teacher, anna, "watch")
        teacher.see("ready$ ")
    teacher.wait(lambda: teacher.news[-1]["learner"]["away"])
    assert teacher.request_refused("keys", input="x") in (AWAY, NOT_GIVEN)
    annas_terminal.type("echo unseen-$((1))\r")
    annas_terminal.see("unseen-1\r\n")
    assert "unseen-1" not in teacher.screen
    with FollowClient(url, secret(ANNA)) as anna:
        assert anna.news[-1]["given"] == ["watch"]
        teacher.see("unseen-1\r\n")


def test_only_learners_of_the_class_can_be_asked(teacher: FollowClient) -> None:
    assert "no such learner" in teacher.request_refused("watch", learner="stranger")
    assert "no such learner" in teacher.request_refused("ask", learner="me", kind="watch")


# Typing together, and the projector


def test_typing_needs_its_own_consent_and_ends_with_it(
    teacher: FollowClient, anna: FollowClient, annas_terminal: PtyClient
) -> None:
    assert teacher.request_refused("ask", learner=ANNA, kind="type") == WATCH_FIRST
    give_consent(teacher, anna, "watch")
    assert teacher.request_refused("keys", input="echo no-$((1))\r") == NOT_GIVEN
    give_consent(teacher, anna, "type")
    teacher.request("keys", input="echo helped-$((1))\r")
    annas_terminal.see("helped-1\r\n")
    anna.request("end", kind="type")
    assert teacher.request_refused("keys", input="echo late-$((1))\r") == NOT_GIVEN
    annas_terminal.type("echo mine-$((1))\r")
    annas_terminal.see("mine-1\r\n")
    teacher.see("mine-1\r\n")
    assert "late" not in annas_terminal.text


def test_keys_in_flight_when_consent_ends_are_ignored(
    teacher: FollowClient, anna: FollowClient, annas_terminal: PtyClient
) -> None:
    give_consent(teacher, anna, "watch", "type")
    anna.request("end", kind="type")
    for number in range(50):
        teacher.emit("keys", input=f"echo late-{number}\r")
    annas_terminal.type("echo mine-$((1))\r")
    annas_terminal.see("mine-1\r\n")
    assert "late" not in annas_terminal.text


def test_projector_shows_the_consenting_learner_without_a_name(
    url: str, teacher: FollowClient, anna: FollowClient, annas_terminal: PtyClient
) -> None:
    give_consent(teacher, anna, "watch")
    with FollowClient(url, TOKEN) as projector:
        projector.request("project")
        assert (projector.screen, projector.news[-1]["shown"]) == ("", False)
        give_consent(teacher, anna, "show")
        projector.see("ready$ ")
        annas_terminal.type("echo projected-$((1))\r")
        projector.see("projected-1\r\n")
        anna.request("end", kind="show")
        projector.wait(lambda: projector.news[-1]["shown"] is False)
        before = projector.screens
        annas_terminal.type("echo private-$((1))\r")
        teacher.see("private-1\r\n")
        assert projector.screens == before
        assert "Name of" not in str(projector.news) + str(projector.heard)


def test_learners_get_no_news_of_each_other(teacher: FollowClient, anna: FollowClient, ben: FollowClient) -> None:
    give_consent(teacher, anna, "watch")
    assert ANNA not in str(ben.news)
    assert "learner" not in ben.news[-1]
