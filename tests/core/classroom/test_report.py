"""A room's deeds, read afterwards: who did which step, how long it took, and what went wrong on the way."""

from __future__ import annotations

from slipway.core.classroom.activity import Activity, ActivityKind
from slipway.core.classroom.report import ReportRow, lines


def deed(at: float, step: str, kind: ActivityKind, text: str = "", learner: str = "ada") -> Activity:
    return Activity(learner, at, "01-life", step, kind, text)


ADA = [
    deed(10, "create", "opened"),
    deed(14, "create", "command", "docker run busybox"),
    deed(15, "create", "mistake", "That one runs already."),
    deed(20, "create", "hint"),
    deed(30, "create", "command", "docker create busybox"),
    deed(31, "create", "passed", "created it"),
    deed(55, "start", "command", "docker start -a x"),
    deed(56, "start", "passed", "started it"),
    deed(60, "stop", "skipped"),
]


def line(of: list[ReportRow], step: str, learner: str = "ada") -> ReportRow:
    return next(one for one in of if (one.learner, one.step) == (learner, step))


def test_a_step_tells_what_was_done_at_it() -> None:
    create = line(lines(ADA), "create")
    assert (create.began, create.passed_at, create.seconds, create.state) == (10, 31, 21, "passed")
    assert create.texts("command") == ["docker run busybox", "docker create busybox"]
    assert create.texts("mistake") == ["That one runs already."]
    assert (create.count("hint"), create.count("solution")) == (1, 0)


def test_what_looks_like_a_mistake_while_the_right_command_is_under_way_is_none() -> None:
    pulls = deed(14.5, "create", "mistake", "You only named an image.")
    right = [ADA[0], deed(14, "create", "command", "docker create busybox"), pulls, deed(15, "create", "passed")]
    assert line(lines(right), "create").texts("mistake") == []
    assert line(lines(right[:-1]), "create").texts("mistake") == ["You only named an image."]
    again = [*right, deed(20, "create", "mistake", "You removed it.")]
    assert line(lines(again), "create").texts("mistake") == ["You removed it."]


def test_a_step_begins_when_the_one_before_it_passed() -> None:
    assert line(lines(ADA), "start").seconds == 25


def test_a_step_that_was_left_open_has_no_time() -> None:
    found = lines([*ADA, deed(61, "kill", "command", "docker ps")])
    assert (line(found, "kill").state, line(found, "kill").seconds) == ("begun", None)
    assert line(found, "stop").state == "skipped"


def test_who_comes_back_another_day_begins_then() -> None:
    found = lines([*ADA[:6], deed(5000, "start", "opened"), deed(5005, "start", "passed", "started it")])
    assert line(found, "start").seconds == 5


def test_passing_again_does_not_change_when_it_passed() -> None:
    assert line(lines([*ADA, deed(99, "create", "passed", "created it")]), "create").passed_at == 31


def test_everybody_has_lines_of_their_own_and_what_was_done_nowhere_has_none() -> None:
    found = lines([*ADA, deed(12, "create", "passed", learner="bo"), deed(13, "", "afresh")])
    assert [(one.learner, one.step) for one in found] == [
        ("ada", "create"),
        ("ada", "start"),
        ("ada", "stop"),
        ("bo", "create"),
    ]
    assert line(found, "create", "bo").seconds == 0
