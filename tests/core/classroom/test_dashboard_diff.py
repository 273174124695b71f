"""What the dashboard page receives: everything once, then only the changes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.dashboard import learner_statuses
from slipway.core.classroom.dashboard_diff import EMPTY_DASHBOARD, Dashboard, apply_diff, build_dashboard, diff
from slipway.core.classroom.progress import fold_activities, message_id
from slipway.core.engine_failure import classify_failure
from slipway.core.errors import UserFacingError
from tests.core.classroom.test_dashboard import MISTAKE, NOW, person, same_mistake_twice, statuses
from tests.core.classroom.test_progress import START, activity, activity_lists


def dashboard(*history: Activity, of: str = "") -> Dashboard:
    return build_dashboard(statuses(*history, of=of))


def test_dashboard_has_every_learner_and_what_they_are_stuck_on() -> None:
    shown = dashboard(*same_mistake_twice("ada"), activity(NOW - 9, "passed", learner="ben"))
    assert shown["order"] == ["ada", "ben"]
    assert shown["people"]["ada"] == {
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
        "mistake": MISTAKE,
        "times": 2,
        "hand": 0.0,
        "seen": False,
        "told": 0,
        "given": [],
    }
    assert [(one["label"], one["learners"], one["stuck"]) for one in shown["groups"]] == [
        ("It ran, but nobody was watching", ["ada"], 1)
    ]
    assert shown["passed"] == {"01-life": {"make": 1}}


def test_sent_messages_are_listed_even_after_they_were_read() -> None:
    at_make = activity(NOW - 20, "told", "Use -a.")
    sent = [*same_mistake_twice("ada"), activity(NOW - 21, "told", "A word."), at_make]
    elsewhere = activity(NOW - 19, "told", "Elsewhere.", step=START)
    read = activity(NOW - 9, "read", message_id(at_make))
    (ada,) = dashboard(*sent, elsewhere, read)["people"].values()
    assert (ada["given"], ada["told"]) == (["A word.", "Use -a."], 2)


def test_group_is_named_by_the_lessons_short_name() -> None:
    shown = build_dashboard(statuses(*same_mistake_twice("ada")), {MISTAKE: "started it without -a"})
    (group,) = shown["groups"]
    assert (group["say"], group["label"]) == (MISTAKE, "started it without -a")


def test_engine_failures_are_shown_until_they_are_over() -> None:
    both = statuses(*same_mistake_twice("ada"), of="ada ben")
    full = classify_failure(UserFacingError("All engines are in use."))
    before, after = build_dashboard(both), build_dashboard(both, failures={"ben": full})
    change = diff(before, after)
    assert change == {"engines": [{"say": "All engines are in use.", "learners": ["ben"]}]}
    assert apply_diff(before, change) == after
    assert diff(after, before) == {"engines": []}


def test_diff_has_only_the_people_that_changed() -> None:
    history = [*same_mistake_twice("ada"), activity(NOW - 9, "opened", learner="ben")]
    before, after = dashboard(*history), dashboard(*history, activity(NOW, "command", "ls", learner="ben"))
    assert list(diff(before, after)) == ["people"]
    assert list(diff(before, after)["people"]) == ["ben"]
    assert diff(before, before) == {}


def test_person_who_has_gone_is_missing_from_the_order() -> None:
    history = same_mistake_twice("ada")
    before, after = dashboard(*history, of="ada ben"), dashboard(*history, of="ben")
    assert diff(before, after)["order"] == ["ben"]
    assert list(apply_diff(before, diff(before, after))["people"]) == ["ben"]


def test_forty_people_are_a_small_message() -> None:
    history = [one for at in range(40) for one in same_mistake_twice(f"learner{at}")]
    assert len(json.dumps(dashboard(*history))) < 25_000
    after = dashboard(*history, activity(NOW, "command", "docker ps", learner="learner7"))
    assert len(json.dumps(diff(dashboard(*history), after))) < 500


@given(activity_lists, activity_lists, st.sampled_from(["ada ben", "ben", "ben cem ada"]))
def test_applying_every_diff_gives_the_whole(first: list[Activity], rest: list[Activity], of: str) -> None:
    of_ben = (Activity("ben", one.at, one.lesson, one.step, one.kind, one.text) for one in rest)
    people, progress = [person(one) for one in of.split()], fold_activities([*first, *rest, *of_ben])
    before = build_dashboard(learner_statuses([person("ada"), person("ben")], fold_activities(first), {}, NOW))
    after = build_dashboard(learner_statuses(people, progress, dict.fromkeys(of.split()), NOW + 300))
    assert apply_diff(before, diff(before, after)) == after
    assert apply_diff(EMPTY_DASHBOARD, diff(EMPTY_DASHBOARD, after)) == after
