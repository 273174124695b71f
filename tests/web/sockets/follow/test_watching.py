"""A learner is watched, helped and shown as far as they agree, and no longer; nobody else is told."""

from __future__ import annotations

import pytest

from slipway.core.classroom.consent import AWAY, NOT_GIVEN, WATCH_FIRST
from tests.classmates import secret
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient
from tests.web.sockets.follow.classroom import ANNA, TOKEN, agreed

pytestmark = pytest.mark.engine


def test_nothing_is_seen_before_consent(
    teacher: FollowClient, anna: FollowClient, annas: PtyClient
) -> None:
    teacher.does("watch", learner=ANNA)
    anna.wait(lambda: anna.news[-1]["asked"] == ["watch"])
    annas.type("echo private-$((1))\r")
    annas.see("private-1\r\n")
    assert (teacher.screen, teacher.heard) == ("", [])
    anna.does("answer", kind="watch", yes=1)
    teacher.sees("private-1\r\n")
    assert teacher.news[-1]["learner"]["name"] == "Name of learner1"
    anna.wait(lambda: anna.news[-1]["given"] == ["watch"])


def test_refused_consent_is_reported_and_shows_nothing(teacher: FollowClient, anna: FollowClient) -> None:
    teacher.does("watch", learner=ANNA)
    anna.does("answer", kind="watch", yes=0)
    teacher.wait(lambda: teacher.news[-1]["learner"]["asked"] == [])
    assert (teacher.screen, teacher.news[-1]["learner"]["given"]) == ("", [])


def test_withdrawn_consent_takes_effect_at_once(teacher: FollowClient, anna: FollowClient, annas: PtyClient) -> None:
    agreed(teacher, anna, "watch")
    annas.type("for n in $(seq 1 500); do echo line-$n; sleep 0.01; done; echo end-$((1))\r")
    teacher.sees("line-20\r\n")
    anna.does("end", kind="watch")
    teacher.wait(lambda: teacher.news[-1]["learner"]["given"] == [])
    before = teacher.screens
    annas.see("end-1\r\n")
    assert teacher.refused("keys", input="x") == NOT_GIVEN
    assert (teacher.screens, "end-1" in teacher.screen) == (before, False)


def test_instructor_can_end_a_consent(teacher: FollowClient, anna: FollowClient, annas: PtyClient) -> None:
    agreed(teacher, anna, "watch")
    teacher.does("end", learner=ANNA, kind="watch")
    anna.wait(lambda: anna.news[-1]["given"] == [])


def test_learner_without_a_page_is_not_watched_until_they_return(
    url: str, teacher: FollowClient, annas: PtyClient
) -> None:
    with FollowClient(url, secret(ANNA)) as anna:
        agreed(teacher, anna, "watch")
        teacher.sees("ready$ ")
    teacher.wait(lambda: teacher.news[-1]["learner"]["away"])
    assert teacher.refused("keys", input="x") in (AWAY, NOT_GIVEN)
    annas.type("echo unseen-$((1))\r")
    annas.see("unseen-1\r\n")
    assert "unseen-1" not in teacher.screen
    with FollowClient(url, secret(ANNA)) as anna:
        assert anna.news[-1]["given"] == ["watch"]
        teacher.sees("unseen-1\r\n")


def test_only_learners_of_the_class_can_be_asked(teacher: FollowClient) -> None:
    assert "no such learner" in teacher.refused("watch", learner="stranger")
    assert "no such learner" in teacher.refused("ask", learner="me", kind="watch")


# Typing together, and the projector


def test_typing_needs_its_own_consent_and_ends_with_it(
    teacher: FollowClient, anna: FollowClient, annas: PtyClient
) -> None:
    assert teacher.refused("ask", learner=ANNA, kind="type") == WATCH_FIRST
    agreed(teacher, anna, "watch")
    assert teacher.refused("keys", input="echo no-$((1))\r") == NOT_GIVEN
    agreed(teacher, anna, "type")
    teacher.does("keys", input="echo helped-$((1))\r")
    annas.see("helped-1\r\n")
    anna.does("end", kind="type")
    assert teacher.refused("keys", input="echo late-$((1))\r") == NOT_GIVEN
    annas.type("echo mine-$((1))\r")
    annas.see("mine-1\r\n")
    teacher.sees("mine-1\r\n")
    assert "late" not in annas.text


def test_keys_in_flight_when_consent_ends_are_ignored(
    teacher: FollowClient, anna: FollowClient, annas: PtyClient
) -> None:
    agreed(teacher, anna, "watch", "type")
    anna.does("end", kind="type")
    for number in range(50):
        teacher.emit("keys", input=f"echo late-{number}\r")
    annas.type("echo mine-$((1))\r")
    annas.see("mine-1\r\n")
    assert "late" not in annas.text


def test_projector_shows_the_consenting_learner_without_a_name(
    url: str, teacher: FollowClient, anna: FollowClient, annas: PtyClient
) -> None:
    agreed(teacher, anna, "watch")
    with FollowClient(url, TOKEN) as projector:
        projector.does("project")
        assert (projector.screen, projector.news[-1]["shown"]) == ("", False)
        agreed(teacher, anna, "show")
        projector.sees("ready$ ")
        annas.type("echo projected-$((1))\r")
        projector.sees("projected-1\r\n")
        anna.does("end", kind="show")
        projector.wait(lambda: projector.news[-1]["shown"] is False)
        before = projector.screens
        annas.type("echo private-$((1))\r")
        teacher.sees("private-1\r\n")
        assert projector.screens == before
        assert "Name of" not in str(projector.news) + str(projector.heard)


def test_learners_get_no_news_of_each_other(teacher: FollowClient, anna: FollowClient, ben: FollowClient) -> None:
    agreed(teacher, anna, "watch")
    assert ANNA not in str(ben.news)
    assert "learner" not in ben.news[-1]
