"""Reports: who did which step, how long it took, and what went wrong on the way."""

from __future__ import annotations

from slipway.core.classroom.activity import Activity, ActivityKind
from slipway.core.classroom.report import ReportRow, report_rows


def activity(at: float, step: str, kind: ActivityKind, text: str = "", learner: str = "ada") -> Activity:
    return Activity(learner, at, "01-life", step, kind, text)


ADA = [
    activity(10, "create", "opened"),
    activity(14, "create", "command", "docker run busybox"),
    activity(15, "create", "mistake", "That one runs already."),
    activity(20, "create", "hint"),
    activity(30, "create", "command", "docker create busybox"),
    activity(31, "create", "passed", "created it"),
    activity(55, "start", "command", "docker start -a x"),
    activity(56, "start", "passed", "started it"),
    activity(60, "stop", "skipped"),
]


def row(rows: list[ReportRow], step: str, learner: str = "ada") -> ReportRow:
    return next(one for one in rows if (one.learner, one.step) == (learner, step))


def test_row_has_the_activities_of_its_step() -> None:
    create = row(report_rows(ADA), "create")
    assert (create.began, create.passed_at, create.seconds, create.state) == (10, 31, 21, "passed")
    assert create.texts("command") == ["docker run busybox", "docker create busybox"]
    assert create.texts("mistake") == ["That one runs already."]
    assert (create.count("hint"), create.count("solution")) == (1, 0)


def test_mistake_seen_while_the_right_command_runs_is_left_out() -> None:
    pulls = activity(14.5, "create", "mistake", "You only named an image.")
    right = [
        ADA[0],
        activity(14, "create", "command", "docker create busybox"),
        pulls,
        activity(15, "create", "passed"),
    ]
    assert row(report_rows(right), "create").texts("mistake") == []
    assert row(report_rows(right[:-1]), "create").texts("mistake") == ["You only named an image."]
    again = [*right, activity(20, "create", "mistake", "You removed it.")]
    assert row(report_rows(again), "create").texts("mistake") == ["You removed it."]


def test_step_begins_when_the_previous_one_passed() -> None:
    assert row(report_rows(ADA), "start").seconds == 25


def test_unfinished_step_has_no_duration() -> None:
    found = report_rows([*ADA, activity(61, "kill", "command", "docker ps")])
    assert (row(found, "kill").state, row(found, "kill").seconds) == ("begun", None)
    assert row(found, "stop").state == "skipped"


def test_learner_who_comes_back_later_begins_then() -> None:
    found = report_rows([*ADA[:6], activity(5000, "start", "opened"), activity(5005, "start", "passed", "started it")])
    assert row(found, "start").seconds == 5


def test_passing_again_keeps_the_first_time() -> None:
    assert row(report_rows([*ADA, activity(99, "create", "passed", "created it")]), "create").passed_at == 31


def test_each_learner_has_rows_and_activities_without_a_step_have_none() -> None:
    found = report_rows([*ADA, activity(12, "create", "passed", learner="bo"), activity(13, "", "afresh")])
    assert [(one.learner, one.step) for one in found] == [
        ("ada", "create"),
        ("ada", "start"),
        ("ada", "stop"),
        ("bo", "create"),
    ]
    assert row(found, "create", "bo").seconds == 0
