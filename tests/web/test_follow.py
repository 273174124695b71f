"""The `/follow` namespace of a real server, on real shells: who sees what of whom, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from slipway.core.consent import AWAY, NOT_ASKED, NOT_GIVEN, NOT_YOURS, WATCH_FIRST
from tests import shells
from tests.classmates import secret
from tests.follow_page import FollowPage
from tests.pty_page import PtyPage
from tests.served import follow_server, serving

pytestmark = pytest.mark.engine

TOKEN = "test-token"  # noqa: S105 - guards a test server
ANNA, BEN = "learner1", "learner2"


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    with shells.named("test") as made:
        yield made


@pytest.fixture(scope="module")
def url(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(follow_server(name, TOKEN), tmp_path_factory.mktemp("follow") / "server.log") as (address, _):
        yield address


@pytest.fixture
def teacher(url: str) -> Iterator[FollowPage]:
    with FollowPage(url, TOKEN) as page:
        yield page
        for learner in (ANNA, BEN):
            page.ask("end", learner=learner, kind="watch")
        page.ask("lead", on=0)


@pytest.fixture
def anna(url: str) -> Iterator[FollowPage]:
    with FollowPage(url, secret(ANNA)) as page:
        yield page


@pytest.fixture
def ben(url: str) -> Iterator[FollowPage]:
    with FollowPage(url, secret(BEN)) as page:
        yield page


@pytest.fixture
def desk(url: str) -> Iterator[PtyPage]:
    """The instructor's own terminal."""
    with PtyPage(url, TOKEN) as page:
        page.resize(100, 30)
        page.see("ready$ ")
        yield page


@pytest.fixture
def annas(url: str) -> Iterator[PtyPage]:
    """Anna's own terminal."""
    with PtyPage(url, secret(ANNA)) as page:
        page.resize(90, 20)
        page.see("ready$ ")
        yield page


def agreed(teacher: FollowPage, learner: FollowPage, *kinds: str) -> None:
    """The instructor asks Anna for each, and she says yes."""
    for kind in kinds:
        teacher.does("watch" if kind == "watch" else "ask", learner=ANNA, kind=kind)
        learner.wait(lambda: kind in learner.news[-1]["asked"])  # noqa: B023
        learner.does("answer", kind=kind, yes=1)
        teacher.wait(lambda: kind in teacher.news[-1]["learner"]["given"])  # noqa: B023


# Following


def test_without_a_key_nobody_comes_in(url: str) -> None:
    with pytest.raises(ConnectionRefusedError), FollowPage(url, "wrong"):
        pass


def test_who_follows_sees_the_instructors_terminal_and_story(
    teacher: FollowPage, anna: FollowPage, desk: PtyPage
) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    anna.wait(lambda: [name for name, _ in anna.heard[:4]] == ["step", "seat", "story", "sight"])
    anna.wait(lambda: anna.of("sight")[-1]["cols"] == 100)
    desk.type("echo shown-$((1))\r")
    anna.sees("shown-1\r\n")
    assert teacher.news[-1]["followers"] == 1


def test_who_comes_late_sees_the_present_state_at_once(
    teacher: FollowPage, anna: FollowPage, ben: FollowPage, desk: PtyPage
) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    desk.type("echo earlier-$((1))\r")
    anna.sees("earlier-1\r\n")
    ben.does("follow", on=1)
    ben.sees("earlier-1\r\n")
    assert ben.renewed == 1
    desk.type("echo together-$((1))\r")
    for page in (anna, ben):
        page.sees("together-1\r\n")


def test_who_follows_before_anybody_leads_sees_it_begin_by_itself(
    teacher: FollowPage, anna: FollowPage, desk: PtyPage
) -> None:
    anna.does("follow", on=1)
    assert (anna.screen, anna.heard) == ("", [])
    teacher.does("lead", on=1)
    anna.sees("ready$ ")


def test_stepping_out_is_the_end_of_what_comes(teacher: FollowPage, anna: FollowPage, desk: PtyPage) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    anna.sees("ready$ ")
    anna.does("follow", on=0)
    before = anna.screens
    desk.type("echo unseen-$((1))\r")
    desk.see("unseen-1\r\n")
    anna.does("follow", on=1)
    anna.sees("unseen-1")
    assert anna.screens == before + 1, "one fresh screen, and nothing while out"


def test_when_nobody_leads_any_more_nothing_comes(teacher: FollowPage, anna: FollowPage, desk: PtyPage) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    anna.sees("ready$ ")
    teacher.does("lead", on=0)
    anna.wait(lambda: anna.news[-1]["leading"] is False)
    before = anna.screens
    desk.type("echo secret-$((1))\r")
    desk.see("secret-1\r\n")
    anna.ask("follow", on=1)
    assert (anna.screens, "secret-1" in anna.screen) == (before, False)


def test_another_terminal_in_view_is_the_one_that_is_followed(
    teacher: FollowPage, anna: FollowPage, desk: PtyPage
) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    anna.sees("ready$ ")
    desk.emit("pty-input", {"input": "echo second-$((1))\r", "terminal": 2})
    teacher.does("here", terminal=2)
    anna.sees("second-1\r\n")
    assert anna.of("sight")[-1]["terminal"] == 2
    teacher.does("here", terminal=1)
    assert "terminals 1 to 4" in teacher.refused("here", terminal=9)


# What a learner may not


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
def test_a_learner_can_do_nothing_that_is_an_instructors(
    teacher: FollowPage, anna: FollowPage, event: str, payload: dict[str, object]
) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    assert anna.refused(event, **payload) == NOT_YOURS


def test_a_learner_can_not_follow_another(teacher: FollowPage, anna: FollowPage, ben: FollowPage) -> None:
    ben.does("follow", on=1)
    anna.does("follow", on=1, learner=BEN, whom=BEN)
    assert (anna.screen, anna.heard) == ("", [])


def test_a_learner_can_not_type_in_the_instructors_terminal(
    teacher: FollowPage, anna: FollowPage, desk: PtyPage
) -> None:
    teacher.does("lead", on=1)
    anna.does("follow", on=1)
    anna.sees("ready$ ")
    anna.refused("keys", input="echo intruder-$((1))\r")
    desk.type("echo alone-$((1))\r")
    anna.sees("alone-1\r\n")
    assert "intruder" not in desk.text


def test_a_learner_can_not_say_yes_for_another(teacher: FollowPage, anna: FollowPage, ben: FollowPage) -> None:
    teacher.does("watch", learner=BEN)
    assert anna.refused("answer", kind="watch", yes=1, learner=BEN) == NOT_ASKED
    anna.ask("end", kind="watch", learner=BEN)
    ben.wait(lambda: ben.news[-1]["asked"] == ["watch"])


# Watching


def test_nothing_is_seen_before_the_learner_says_yes(teacher: FollowPage, anna: FollowPage, annas: PtyPage) -> None:
    teacher.does("watch", learner=ANNA)
    anna.wait(lambda: anna.news[-1]["asked"] == ["watch"])
    annas.type("echo private-$((1))\r")
    annas.see("private-1\r\n")
    assert (teacher.screen, teacher.heard) == ("", [])
    anna.does("answer", kind="watch", yes=1)
    teacher.sees("private-1\r\n")
    assert teacher.news[-1]["learner"]["name"] == "Name of learner1"
    anna.wait(lambda: anna.news[-1]["given"] == ["watch"])


def test_a_no_is_told_and_shows_nothing(teacher: FollowPage, anna: FollowPage) -> None:
    teacher.does("watch", learner=ANNA)
    anna.does("answer", kind="watch", yes=0)
    teacher.wait(lambda: teacher.news[-1]["learner"]["asked"] == [])
    assert (teacher.screen, teacher.news[-1]["learner"]["given"]) == ("", [])


def test_a_withdrawn_consent_ends_it_at_once(teacher: FollowPage, anna: FollowPage, annas: PtyPage) -> None:
    agreed(teacher, anna, "watch")
    annas.type("for n in $(seq 1 500); do echo line-$n; sleep 0.01; done; echo end-$((1))\r")
    teacher.sees("line-20\r\n")
    anna.does("end", kind="watch")
    teacher.wait(lambda: teacher.news[-1]["learner"]["given"] == [])
    before = teacher.screens
    annas.see("end-1\r\n")
    assert teacher.refused("keys", input="x") == NOT_GIVEN
    assert (teacher.screens, "end-1" in teacher.screen) == (before, False)


def test_the_instructor_ends_it_as_well(teacher: FollowPage, anna: FollowPage, annas: PtyPage) -> None:
    agreed(teacher, anna, "watch")
    teacher.does("end", learner=ANNA, kind="watch")
    anna.wait(lambda: anna.news[-1]["given"] == [])


def test_who_has_closed_their_page_is_not_watched_until_they_are_back(
    url: str, teacher: FollowPage, annas: PtyPage
) -> None:
    with FollowPage(url, secret(ANNA)) as anna:
        agreed(teacher, anna, "watch")
        teacher.sees("ready$ ")
    teacher.wait(lambda: teacher.news[-1]["learner"]["away"])
    assert teacher.refused("keys", input="x") in (AWAY, NOT_GIVEN)
    annas.type("echo unseen-$((1))\r")
    annas.see("unseen-1\r\n")
    assert "unseen-1" not in teacher.screen
    with FollowPage(url, secret(ANNA)) as anna:
        assert anna.news[-1]["given"] == ["watch"]
        teacher.sees("unseen-1\r\n")


def test_nobody_outside_the_class_can_be_asked(teacher: FollowPage) -> None:
    assert "no such learner" in teacher.refused("watch", learner="stranger")
    assert "no such learner" in teacher.refused("ask", learner="me", kind="watch")


# Typing together, and the projector


def test_typing_together_is_a_consent_of_its_own_and_ends_with_it(
    teacher: FollowPage, anna: FollowPage, annas: PtyPage
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


def test_keys_that_are_under_way_when_consent_ends_do_nothing(
    teacher: FollowPage, anna: FollowPage, annas: PtyPage
) -> None:
    agreed(teacher, anna, "watch", "type")
    anna.does("end", kind="type")
    for number in range(50):
        teacher.emit("keys", input=f"echo late-{number}\r")
    annas.type("echo mine-$((1))\r")
    annas.see("mine-1\r\n")
    assert "late" not in annas.text


def test_the_projector_shows_who_consented_and_tells_nobodys_name(
    url: str, teacher: FollowPage, anna: FollowPage, annas: PtyPage
) -> None:
    agreed(teacher, anna, "watch")
    with FollowPage(url, TOKEN) as projector:
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


def test_learners_are_told_nothing_of_one_another(teacher: FollowPage, anna: FollowPage, ben: FollowPage) -> None:
    agreed(teacher, anna, "watch")
    assert ANNA not in str(ben.news)
    assert "learner" not in ben.news[-1]


# Forty


def test_one_look_serves_all_and_a_slow_one_gets_a_fresh_screen(
    url: str, teacher: FollowPage, anna: FollowPage, ben: FollowPage, desk: PtyPage
) -> None:
    teacher.does("lead", on=1)
    for page in (anna, ben):
        page.does("follow", on=1)
        page.sees("ready$ ")
    ben.reading.clear()
    desk.type("for n in $(seq 1 60); do seq 1 4000; sleep 0.05; done; echo end-$((1))\r")
    desk.see("end-1\r\n", 60)
    anna.sees("end-1\r\n")
    renewed = ben.renewed
    ben.reading.set()
    ben.sees("end-1\r\n", 30)
    assert ben.renewed > renewed
    lines = [line for line in ben.screen.split("end-1")[0].split("\r\n") if line.strip("\x1bc").isdecimal()]
    numbers = [int(line.strip("\x1bc")) for line in lines]
    assert all(after in (before + 1, 1) for before, after in pairwise(numbers)), "not garbled"
    desk.type("echo after-$((1))\r")
    for page in (anna, ben):
        page.sees("after-1\r\n")
