"""What goes out to the wall: all of it once, then only what has changed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.dashboard import dots
from slipway.core.classroom.dashboard_diff import NOTHING, changes, chart, merged
from slipway.core.classroom.progress import fold, told_id
from slipway.core.engine_failure import failure
from slipway.core.errors import UserFacingError
from tests.core.classroom.test_dashboard import NOW, SLIP, person, twice, wall
from tests.core.classroom.test_progress import deeds, did


def test_the_whole_tells_where_everybody_is_and_on_what_they_are_stuck() -> None:
    told = chart(wall(*twice("ada"), did(NOW - 9, "passed", step=("01-life", "make"), learner="ben")))
    assert told["order"] == ["ada", "ben"]
    assert told["people"]["ada"] == {
        "name": "Ada",
        "state": "stuck",
        "slow": False,
        "lesson": "01-life",
        "step": "make",
        "since": NOW - 50,
        "last": NOW - 39,
        "command": "docker start box",
        "typed": NOW - 40,
        "latest": ["", "", 0.0],
        "hints": 0,
        "mistake": SLIP,
        "times": 2,
        "hand": 0.0,
        "seen": False,
        "told": 0,
        "given": [],
    }
    assert [(one["label"], one["learners"], one["stuck"]) for one in told["groups"]] == [
        ("It ran, but nobody was watching", ["ada"], 1)
    ]
    assert told["passed"] == {"01-life": {"make": 1}}


def test_what_was_sent_to_somebody_at_their_step_is_known_when_they_have_read_it_too() -> None:
    at_make = did(NOW - 20, "told", "Use -a.", learner="ada")
    told = [*twice("ada"), did(NOW - 21, "told", "A word.", learner="ada"), at_make]
    away = did(NOW - 19, "told", "Elsewhere.", learner="ada", step=("01-life", "start"))
    read = did(NOW - 9, "read", told_id(at_make), learner="ada")
    (ada,) = chart(wall(*told, away, read))["people"].values()
    assert (ada["given"], ada["told"]) == (["A word.", "Use -a."], 2)


def test_a_group_is_called_as_the_lesson_calls_its_mistake() -> None:
    (group,) = chart(wall(*twice("ada")), {SLIP: "started it without -a"})["groups"]
    assert (group["say"], group["label"]) == (SLIP, "started it without -a")


def test_who_has_no_engine_is_told_with_the_reason_and_no_longer_when_it_is_over() -> None:
    room, full = wall(*twice("ada"), of="ada ben"), failure(UserFacingError("All engines are in use."))
    before, after = chart(room), chart(room, failures={"ben": full})
    told = changes(before, after)
    assert told == {"engines": [{"say": "All engines are in use.", "learners": ["ben"]}]}
    assert merged(before, told) == after
    assert changes(after, before) == {"engines": []}


def test_only_who_has_moved_is_told_again() -> None:
    before = chart(wall(*twice("ada"), did(NOW - 9, "opened", learner="ben")))
    after = chart(wall(*twice("ada"), did(NOW - 9, "opened", learner="ben"), did(NOW, "command", "ls", learner="ben")))
    assert list(changes(before, after)) == ["people"]
    assert list(changes(before, after)["people"]) == ["ben"]
    assert changes(before, before) == {}


def test_who_has_gone_is_in_no_order() -> None:
    before, after = chart(wall(*twice("ada"), of="ada ben")), chart(wall(*twice("ada"), of="ben"))
    assert changes(before, after)["order"] == ["ben"]
    assert list(merged(before, changes(before, after))["people"]) == ["ben"]


def test_forty_people_are_a_small_message() -> None:
    room = [one for at in range(40) for one in twice(f"learner{at}")]
    assert len(json.dumps(chart(wall(*room)))) < 25_000
    moved = changes(chart(wall(*room)), chart(wall(*room, did(NOW, "command", "docker ps", learner="learner7"))))
    assert len(json.dumps(moved)) < 500


@given(deeds, deeds, st.sampled_from(["ada ben", "ben", "ben cem ada"]))
def test_whoever_has_heard_all_differences_knows_the_whole(
    first: list[Activity], rest: list[Activity], of: str
) -> None:
    both = fold([*first, *rest, *(Activity("ben", one.at, one.lesson, one.step, one.kind, one.text) for one in rest)])
    before = chart(dots([person("ada"), person("ben")], fold(first), {}, NOW))
    after = chart(dots([person(one) for one in of.split()], both, dict.fromkeys(of.split()), NOW + 300))
    assert merged(before, changes(before, after)) == after
    assert merged(NOTHING, changes(NOTHING, after)) == after
