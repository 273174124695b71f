"""Who is stuck, and on what: computed from progress, connections and the time."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.dashboard import (
    IDLE_AFTER,
    RECONNECT_GRACE,
    LearnerStatus,
    learner_groups,
    learner_statuses,
    mistake_label,
    passed_counts,
)
from slipway.core.classroom.members import Person
from slipway.core.classroom.progress import LearnerProgress, fold_activities
from tests.core.classroom.test_progress import MAKE, START, activity, activity_lists

MISTAKE = "It ran, but nobody was watching: without `-a` your terminal is not connected."
NOW = 1000.0


def person(learner: str) -> Person:
    return Person(learner, learner.title(), instructor=False)


def statuses(
    *history: Activity, now: float = NOW, disconnected: Mapping[str, float] | None = None, of: str = ""
) -> tuple[LearnerStatus, ...]:
    people = of.split() or list(dict.fromkeys(one.learner for one in history))
    presence = dict.fromkeys(people) | dict(disconnected or {})
    return learner_statuses([person(one) for one in people], fold_activities(history), presence, now)


def states(*history: Activity, **given: object) -> dict[str, str]:
    return {one.learner: one.state for one in statuses(*history, **given)}  # type: ignore[arg-type]


def same_mistake_twice(learner: str, text: str = MISTAKE, at: float = NOW - 50) -> list[Activity]:
    """A learner comes to the step and makes the same mistake twice."""
    return [
        activity(at, "opened", learner=learner),
        activity(at + 1, "mistake", text, learner=learner),
        activity(at + 10, "command", "docker start box", learner=learner),
        activity(at + 11, "mistake", text, learner=learner),
    ]


class TestStates:
    def test_active_learner_is_working(self) -> None:
        assert states(activity(NOW - 5, "opened")) == {"ada": "working"}

    def test_learner_who_has_not_begun_is_working(self) -> None:
        assert states(of="ada") == {"ada": "working"}

    def test_learner_with_nothing_left_to_do_has_passed(self) -> None:
        assert states(activity(NOW - 900, "opened", step=("01-life", ""))) == {"ada": "passed"}

    def test_learner_without_activity_is_idle(self) -> None:
        assert states(activity(NOW - IDLE_AFTER, "opened")) == {"ada": "working"}
        assert states(activity(NOW - IDLE_AFTER - 1, "opened")) == {"ada": "idle"}

    def test_same_mistake_twice_is_stuck_even_when_idle(self) -> None:
        assert states(*same_mistake_twice("ada")) == {"ada": "stuck"}
        assert states(*same_mistake_twice("ada"), now=NOW + 9999) == {"ada": "stuck"}

    def test_one_mistake_is_not_stuck(self) -> None:
        assert states(*same_mistake_twice("ada")[:2]) == {"ada": "working"}

    def test_lost_connection_comes_first_but_not_while_a_page_reloads(self) -> None:
        assert states(*same_mistake_twice("ada"), disconnected={"ada": NOW - RECONNECT_GRACE - 1}) == {"ada": "lost"}
        assert states(*same_mistake_twice("ada"), disconnected={"ada": NOW - RECONNECT_GRACE}) == {"ada": "stuck"}

    def test_learner_who_never_connected_is_lost(self) -> None:
        assert [one.state for one in learner_statuses([person("ada")], {}, {}, NOW)] == ["lost"]


class TestTime:
    others = tuple(
        one
        for learner in ("ben", "cem", "dai")
        for one in (activity(0, "opened", learner=learner), activity(100, "passed", learner=learner))
    )

    def test_twice_the_median_of_the_class_is_stuck(self) -> None:
        begun = activity(700, "opened"), activity(890, "command", "ls")
        late = statuses(*begun, *self.others, now=901)
        assert (late[0].state, late[0].slow) == ("stuck", True)
        assert statuses(*begun, *self.others, now=899)[0].state == "working"

    def test_nobody_is_slow_in_the_first_two_minutes(self) -> None:
        quick = [activity(5 if one.kind == "passed" else 0, one.kind, learner=one.learner) for one in self.others]
        assert statuses(activity(800, "opened"), *quick, now=920)[0].state == "working"
        assert statuses(activity(800, "opened"), *quick, now=921)[0].state == "stuck"

    def test_few_learners_have_no_median(self) -> None:
        assert statuses(activity(700, "opened"), *self.others[:4], now=930)[0].state == "working"

    def test_class_that_is_slow_together_is_not_stuck(self) -> None:
        history = [activity(700, "opened", learner=one) for one in "abcdef"]
        assert set(states(*history, now=930).values()) == {"working"}

    def test_disconnected_learners_do_not_lower_the_median(self) -> None:
        history = [activity(700, "opened", learner=one) for one in "abcd"]
        assert (
            states(*history, activity(929, "opened"), disconnected=dict.fromkeys("abc", 100.0), now=930)["ada"]
            == "working"
        )


class TestGroups:
    def test_same_mistake_is_one_group_and_the_largest_is_first(self) -> None:
        history = [
            *(one for who in ("ada", "ben", "cem") for one in same_mistake_twice(who)),
            activity(NOW - 9, "opened", learner="dai"),
            activity(NOW - 8, "mistake", MISTAKE, learner="dai"),
            activity(NOW - 9, "opened", learner="eve"),
            activity(NOW - 8, "mistake", "Another thing.", learner="eve"),
            activity(NOW - IDLE_AFTER - 9, "opened", learner="fay"),
            activity(NOW - 9, "opened", learner="gil"),
            activity(NOW - 9, "opened", learner="hal", step=("01-life", "")),
        ]
        groups = learner_groups(statuses(*history))
        assert [(one.kind, one.message, one.learners, one.stuck) for one in groups] == [
            ("mistake", MISTAKE, ("ada", "ben", "cem", "dai"), 3),
            ("mistake", "Another thing.", ("eve",), 0),
            ("idle", "", ("fay",), 0),
        ]
        assert len({one.key for one in groups}) == 3

    def test_same_mistake_at_another_step_is_another_group(self) -> None:
        elsewhere = (
            activity(NOW - 9, "opened", step=START, learner="ben"),
            activity(NOW - 8, "mistake", MISTAKE, START, "ben"),
        )
        assert [one.step for one in learner_groups(statuses(*same_mistake_twice("ada"), *elsewhere))] == [
            "make",
            "start",
        ]

    def test_slow_learners_have_their_own_group(self) -> None:
        slow = statuses(activity(700, "opened"), activity(950, "command", "ls"), *TestTime.others)
        assert [(one.kind, one.learners, one.stuck) for one in learner_groups(slow)] == [("slow", ("ada",), 1)]

    def test_disconnected_learners_are_in_no_group(self) -> None:
        assert learner_groups(statuses(*same_mistake_twice("ada"), disconnected={"ada": 1.0})) == ()

    def test_passed_counts_per_step(self) -> None:
        assert passed_counts(statuses(*TestTime.others, activity(1, "passed", step=START, learner="ben"))) == {
            MAKE: 3,
            START: 1,
        }


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (MISTAKE, "It ran, but nobody was watching"),
        ("`docker rm -f x: y. z` went wrong. Do it again.", "`docker rm -f x: y. z` went wrong"),
        ("With exit code 0.5 it ended", "With exit code 0.5 it ended"),
        ("That is it!", "That is it"),
        ("word " * 30, f"{'word ' * 13}word…"),
        ("", ""),
    ],
)
def test_label_is_the_first_clause_of_the_message(message: str, expected: str) -> None:
    assert mistake_label(message) == expected


def test_label_is_the_lessons_own_short_name_if_there_is_one() -> None:
    assert mistake_label(MISTAKE, "started it without `-a`") == "started it without `-a`"


@given(activity_lists, st.floats(0, 20_000), st.none() | st.floats(0, 20_000))
def test_every_learner_has_one_status_and_is_in_at_most_one_group(
    activities: list[Activity], now: float, disconnected: float | None
) -> None:
    history = [*activities, *(Activity("ben", one.at, one.lesson, one.step, one.kind, one.text) for one in activities)]
    found = learner_statuses(
        [person("ada"), person("ben"), person("new")],
        fold_activities(history),
        {"ada": disconnected, "ben": None},
        now,
    )
    assert [one.learner for one in found] == ["ada", "ben", "new"]
    grouped = [learner for group in learner_groups(found) for learner in group.learners]
    assert len(grouped) == len(set(grouped))
    assert {one.learner for one in found if one.state == "stuck"} <= set(grouped)
    assert activities or found[2].progress == LearnerProgress()
