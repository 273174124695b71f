"""Followers see the instructor's terminal and story, join and leave at will, and can do nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from slipway.core.classroom.consent import NOT_ASKED, NOT_YOURS
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient
from tests.web.sockets.follow.classroom import BEN

pytestmark = pytest.mark.engine


def test_wrong_token_is_refused(url: str) -> None:
    with pytest.raises(ConnectionRefusedError), FollowClient(url, "wrong"):
        pass


def test_follower_sees_the_instructors_terminal_and_story(
    teacher: FollowClient, anna: FollowClient, own_terminal: PtyClient
) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    anna.wait(lambda: [name for name, _ in anna.heard[:4]] == ["step", "seat", "story", "sight"])
    anna.wait(lambda: anna.of("sight")[-1]["cols"] == 100)
    own_terminal.type("echo shown-$((1))\r")
    anna.see("shown-1\r\n")
    assert teacher.news[-1]["followers"] == 1


def test_late_follower_sees_the_present_state_at_once(
    teacher: FollowClient, anna: FollowClient, ben: FollowClient, own_terminal: PtyClient
) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    own_terminal.type("echo earlier-$((1))\r")
    anna.see("earlier-1\r\n")
    ben.request("follow", on=1)
    ben.see("earlier-1\r\n")
    assert ben.renewed == 1
    own_terminal.type("echo together-$((1))\r")
    for page in (anna, ben):
        page.see("together-1\r\n")


def test_following_starts_when_the_instructor_leads(
    teacher: FollowClient, anna: FollowClient, own_terminal: PtyClient
) -> None:
    anna.request("follow", on=1)
    assert (anna.screen, anna.heard) == ("", [])
    teacher.request("lead", on=1)
    anna.see("ready$ ")


def test_nothing_arrives_after_following_stops(
    teacher: FollowClient, anna: FollowClient, own_terminal: PtyClient
) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    anna.see("ready$ ")
    anna.request("follow", on=0)
    before = anna.screens
    own_terminal.type("echo unseen-$((1))\r")
    own_terminal.see("unseen-1\r\n")
    anna.request("follow", on=1)
    anna.see("unseen-1")
    assert anna.screens == before + 1, "one fresh screen, and nothing while not following"


def test_nothing_arrives_after_leading_stops(
    teacher: FollowClient, anna: FollowClient, own_terminal: PtyClient
) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    anna.see("ready$ ")
    teacher.request("lead", on=0)
    anna.wait(lambda: anna.news[-1]["leading"] is False)
    before = anna.screens
    own_terminal.type("echo secret-$((1))\r")
    own_terminal.see("secret-1\r\n")
    anna.ask("follow", on=1)
    assert (anna.screens, "secret-1" in anna.screen) == (before, False)


def test_followers_see_the_terminal_in_view(teacher: FollowClient, anna: FollowClient, own_terminal: PtyClient) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    anna.see("ready$ ")
    own_terminal.emit("pty-input", {"input": "echo second-$((1))\r", "terminal": 2})
    teacher.request("here", terminal=2)
    anna.see("second-1\r\n")
    assert anna.of("sight")[-1]["terminal"] == 2
    teacher.request("here", terminal=1)
    assert "terminals 1 to 4" in teacher.request_refused("here", terminal=9)


def test_slow_follower_gets_a_fresh_screen(
    url: str, teacher: FollowClient, anna: FollowClient, ben: FollowClient, own_terminal: PtyClient
) -> None:
    teacher.request("lead", on=1)
    for page in (anna, ben):
        page.request("follow", on=1)
        page.see("ready$ ")
    ben.reading.clear()
    own_terminal.type("for n in $(seq 1 60); do seq 1 4000; sleep 0.05; done; echo end-$((1))\r")
    own_terminal.see("end-1\r\n", 60)
    anna.see("end-1\r\n")
    renewed = ben.renewed
    ben.reading.set()
    ben.see("end-1\r\n", 30)
    assert ben.renewed > renewed
    lines = [line for line in ben.screen.split("end-1")[0].split("\r\n") if line.strip("\x1bc").isdecimal()]
    numbers = [int(line.strip("\x1bc")) for line in lines]
    assert all(after in (before + 1, 1) for before, after in pairwise(numbers)), "not garbled"
    own_terminal.type("echo after-$((1))\r")
    for page in (anna, ben):
        page.see("after-1\r\n")


# What learners may not do


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("lead", {"on": 1}),
        ("watch", {"learner": BEN}),
        ("ask", {"learner": BEN, "kind": "watch"}),
        ("project", {}),
        ("keys", {"input": "x"}),
    ],
)
def test_instructor_events_are_refused_for_learners(
    teacher: FollowClient, anna: FollowClient, event: str, payload: dict[str, object]
) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    assert anna.request_refused(event, **payload) == NOT_YOURS


def test_learner_cannot_follow_another_learner(teacher: FollowClient, anna: FollowClient, ben: FollowClient) -> None:
    ben.request("follow", on=1)
    anna.request("follow", on=1, learner=BEN, whom=BEN)
    assert (anna.screen, anna.heard) == ("", [])


def test_follower_cannot_type_in_the_instructors_terminal(
    teacher: FollowClient, anna: FollowClient, own_terminal: PtyClient
) -> None:
    teacher.request("lead", on=1)
    anna.request("follow", on=1)
    anna.see("ready$ ")
    anna.request_refused("keys", input="echo intruder-$((1))\r")
    own_terminal.type("echo alone-$((1))\r")
    anna.see("alone-1\r\n")
    assert "intruder" not in own_terminal.text


def test_learner_cannot_consent_for_another_learner(
    teacher: FollowClient, anna: FollowClient, ben: FollowClient
) -> None:
    teacher.request("watch", learner=BEN)
    assert anna.request_refused("answer", kind="watch", yes=1, learner=BEN) == NOT_ASKED
    anna.ask("end", kind="watch", learner=BEN)
    ben.wait(lambda: ben.news[-1]["asked"] == ["watch"])
