"""Who is stuck, and on what: computed from places, connections and the time."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.dashboard import BLIP, IDLE, StepStatus, dots, groups, label, passed
from slipway.core.classroom.members import Person
from slipway.core.classroom.progress import LearnerProgress, fold
from tests.core.classroom.test_progress import MAKE, START, deeds, did

SLIP = "It ran, but nobody was watching: without `-a` your terminal is not connected."
NOW = 1000.0


def person(learner: str) -> Person:
    return Person(learner, learner.title(), instructor=False)


def wall(
    *all: Activity, now: float = NOW, gone: Mapping[str, float] | None = None, of: str = ""
) -> tuple[StepStatus, ...]:
    people = of.split() or list(dict.fromkeys(deed.learner for deed in all))
    present = dict.fromkeys(people) | dict(gone or {})
    return dots([person(one) for one in people], fold(all), present, now)


def states(*all: Activity, **given: object) -> dict[str, str]:
    return {one.learner: one.state for one in wall(*all, **given)}  # type: ignore[arg-type]


def twice(learner: str, say: str = SLIP, at: float = NOW - 50) -> list[Activity]:
    """Somebody comes to the step and makes the same mistake twice."""
    return [
        did(at, "opened", learner=learner),
        did(at + 1, "mistake", say, learner=learner),
        did(at + 10, "command", "docker start box", learner=learner),
        did(at + 11, "mistake", say, learner=learner),
    ]


class TestStates:
    def test_somebody_who_does_something_works(self) -> None:
        assert states(did(NOW - 5, "opened")) == {"ada": "working"}

    def test_somebody_who_has_not_begun_works_too(self) -> None:
        assert states(of="ada") == {"ada": "working"}

    def test_somebody_with_nothing_left_to_do_has_passed(self) -> None:
        assert states(did(NOW - 900, "opened", step=("01-life", ""))) == {"ada": "passed"}

    def test_somebody_silent_is_idle(self) -> None:
        assert states(did(NOW - IDLE, "opened")) == {"ada": "working"}
        assert states(did(NOW - IDLE - 1, "opened")) == {"ada": "idle"}

    def test_the_same_mistake_again_is_being_stuck_and_silence_does_not_hide_it(self) -> None:
        assert states(*twice("ada")) == {"ada": "stuck"}
        assert states(*twice("ada"), now=NOW + 9999) == {"ada": "stuck"}

    def test_one_mistake_is_work(self) -> None:
        assert states(*twice("ada")[:2]) == {"ada": "working"}

    def test_a_lost_connection_is_said_before_all_else_but_not_of_a_page_that_is_loaded_again(self) -> None:
        assert states(*twice("ada"), gone={"ada": NOW - BLIP - 1}) == {"ada": "lost"}
        assert states(*twice("ada"), gone={"ada": NOW - BLIP}) == {"ada": "stuck"}

    def test_who_was_never_here_is_not_connected(self) -> None:
        assert [one.state for one in dots([person("ada")], {}, {}, NOW)] == ["lost"]


class TestTime:
    others = tuple(
        one
        for learner in ("ben", "cem", "dai")
        for one in (did(0, "opened", learner=learner), did(100, "passed", learner=learner))
    )

    def test_twice_the_rooms_median_is_being_stuck(self) -> None:
        begun = did(700, "opened"), did(890, "command", "ls")
        late = wall(*begun, *self.others, now=901)
        assert (late[0].state, late[0].slow) == ("stuck", True)
        assert wall(*begun, *self.others, now=899)[0].state == "working"

    def test_nobody_is_slow_in_the_first_two_minutes(self) -> None:
        quick = [did(5 if one.kind == "passed" else 0, one.kind, learner=one.learner) for one in self.others]
        assert wall(did(800, "opened"), *quick, now=920)[0].state == "working"
        assert wall(did(800, "opened"), *quick, now=921)[0].state == "stuck"

    def test_of_few_there_is_no_median(self) -> None:
        assert wall(did(700, "opened"), *self.others[:4], now=930)[0].state == "working"

    def test_a_room_that_is_slow_together_is_not_stuck(self) -> None:
        room = [did(700, "opened", learner=one) for one in "abcdef"]
        assert set(states(*room, now=930).values()) == {"working"}

    def test_whoever_has_gone_does_not_make_the_others_look_fast(self) -> None:
        room = [did(700, "opened", learner=one) for one in "abcd"]
        assert states(*room, did(929, "opened"), gone=dict.fromkeys("abc", 100.0), now=930)["ada"] == "working"


class TestGroups:
    def test_those_with_the_same_mistake_are_together_the_largest_trouble_first(self) -> None:
        room = [
            *(one for who in ("ada", "ben", "cem") for one in twice(who)),
            did(NOW - 9, "opened", learner="dai"),
            did(NOW - 8, "mistake", SLIP, learner="dai"),
            did(NOW - 9, "opened", learner="eve"),
            did(NOW - 8, "mistake", "Another thing.", learner="eve"),
            did(NOW - IDLE - 9, "opened", learner="fay"),
            did(NOW - 9, "opened", learner="gil"),
            did(NOW - 9, "opened", learner="hal", step=("01-life", "")),
        ]
        made = groups(wall(*room))
        assert [(one.kind, one.say, one.learners, one.stuck) for one in made] == [
            ("mistake", SLIP, ("ada", "ben", "cem", "dai"), 3),
            ("mistake", "Another thing.", ("eve",), 0),
            ("idle", "", ("fay",), 0),
        ]
        assert len({one.key for one in made}) == 3

    def test_the_same_words_at_another_step_are_another_trouble(self) -> None:
        elsewhere = did(NOW - 9, "opened", step=START, learner="ben"), did(NOW - 8, "mistake", SLIP, START, "ben")
        assert [one.step for one in groups(wall(*twice("ada"), *elsewhere))] == ["make", "start"]

    def test_those_who_are_only_slow_have_a_group_of_their_own(self) -> None:
        room = wall(did(700, "opened"), did(950, "command", "ls"), *TestTime.others)
        assert [(one.kind, one.learners, one.stuck) for one in groups(room)] == [("slow", ("ada",), 1)]

    def test_who_is_not_connected_is_in_none(self) -> None:
        assert groups(wall(*twice("ada"), gone={"ada": 1.0})) == ()

    def test_how_many_have_passed_each_step(self) -> None:
        assert passed(wall(*TestTime.others, did(1, "passed", step=START, learner="ben"))) == {MAKE: 3, START: 1}


@pytest.mark.parametrize(
    ("say", "short"),
    [
        (SLIP, "It ran, but nobody was watching"),
        ("`docker rm -f x: y. z` went wrong. Do it again.", "`docker rm -f x: y. z` went wrong"),
        ("With exit code 0.5 it ended", "With exit code 0.5 it ended"),
        ("That is it!", "That is it"),
        ("word " * 30, f"{'word ' * 13}word…"),
        ("", ""),
    ],
)
def test_a_label_is_the_first_thing_that_the_sentence_says(say: str, short: str) -> None:
    assert label(say) == short


def test_a_label_is_what_the_lesson_calls_the_mistake_if_it_does() -> None:
    assert label(SLIP, "started it without `-a`") == "started it without `-a`"


@given(deeds, st.floats(0, 20_000), st.none() | st.floats(0, 20_000))
def test_every_learner_has_one_dot_and_is_in_one_group_at_most(
    all: list[Activity], now: float, gone: float | None
) -> None:
    room = [*all, *(Activity("ben", one.at, one.lesson, one.step, one.kind, one.text) for one in all)]
    made = dots([person("ada"), person("ben"), person("new")], fold(room), {"ada": gone, "ben": None}, now)
    assert [one.learner for one in made] == ["ada", "ben", "new"]
    together = [learner for group in groups(made) for learner in group.learners]
    assert len(together) == len(set(together))
    assert {one.learner for one in made if one.state == "stuck"} <= set(together)
    assert all or made[2].place == LearnerProgress()
