"""A learner's progress, as it follows from their activities."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.activity import KINDS, Activity, ActivityKind
from slipway.core.classroom.progress import MAX_UNREAD, LearnerProgress, apply_activity, fold_activities, message_id

MAKE, START = ("01-life", "make"), ("01-life", "start")


def activity(
    at: float, kind: ActivityKind, text: str = "", step: tuple[str, str] = MAKE, learner: str = "ada"
) -> Activity:
    return Activity(learner, at, *step, kind, text)


def progress(*activities: Activity) -> LearnerProgress:
    found = fold_activities(activities)
    assert set(found) <= {"ada"}
    return found.get("ada", LearnerProgress())


class TestMoving:
    def test_coming_to_a_step_leaves_the_mistake_behind(self) -> None:
        here = progress(activity(1, "opened"), activity(2, "mistake", "A slip."), activity(9, "turned", step=START))
        assert (here.step_key, here.arrived_at, here.active_at, here.mistake, here.mistake_count) == (
            START,
            9,
            9,
            "",
            0,
        )

    def test_reloading_the_page_is_not_a_new_visit(self) -> None:
        here = progress(activity(1, "opened"), activity(2, "mistake", "A slip."), activity(9, "opened"))
        assert (here.arrived_at, here.active_at, here.mistake) == (1, 9, "A slip.")

    def test_absence_does_not_count_as_time_at_the_step(self) -> None:
        here = progress(
            activity(0, "opened"), activity(100, "command", "docker ps"), activity(4000, "command", "docker ps")
        )
        assert 4000 - here.arrived_at == 100

    def test_learner_without_a_current_step_is_done(self) -> None:
        assert not LearnerProgress().done
        assert progress(activity(1, "opened", step=("01-life", ""))).done

    def test_learner_at_a_passed_step_is_done(self) -> None:
        passed = progress(activity(1, "opened"), activity(5, "passed"))
        assert passed.done
        assert not progress(activity(1, "opened"), activity(5, "passed"), activity(5, "turned", step=START)).done

    def test_command_is_the_last_one_typed(self) -> None:
        here = progress(activity(1, "opened"), activity(2, "command", "docker ps"), activity(3, "hint"))
        assert (here.command, here.command_at, here.active_at) == ("docker ps", 2, 3)

    def test_hints_are_counted_per_visit(self) -> None:
        here = progress(
            activity(1, "opened"), activity(2, "hint"), activity(3, "hint"), activity(4, "hint", step=START)
        )
        assert here.hint_count == 2
        assert apply_activity(here, activity(3, "hint")).hint_count == 2
        assert apply_activity(here, activity(9, "turned", step=START)).hint_count == 0


class TestPassing:
    def test_duration_is_the_time_at_the_step(self) -> None:
        here = progress(
            activity(10, "opened"),
            activity(70, "passed"),
            activity(70, "turned", step=START),
            activity(90, "passed", step=START),
        )
        assert dict(here.durations) == {MAKE: 60, START: 20}
        assert here.passed == {MAKE, START}

    def test_passing_another_step_has_no_duration_and_keeps_the_mistake(self) -> None:
        here = progress(activity(1, "opened"), activity(2, "mistake", "A slip."), activity(3, "passed", step=START))
        assert not here.durations
        assert here.passed == {START}
        assert here.mistake == "A slip."
        assert (here.last_passed, here.last_passed_at) == (START, 3)

    def test_passing_clears_the_mistake(self) -> None:
        assert progress(activity(1, "opened"), activity(2, "mistake", "A slip."), activity(3, "passed")).mistake == ""

    def test_resetting_a_lesson_clears_only_its_own_steps(self) -> None:
        other = ("02-hub", "pull")
        here = progress(
            activity(1, "passed", step=other), activity(2, "opened"), activity(3, "passed"), activity(4, "again")
        )
        assert here.passed == {other}


class TestMistakes:
    def test_same_mistake_after_another_try_is_counted(self) -> None:
        here = progress(
            activity(1, "opened"),
            activity(2, "command", "docker start box"),
            activity(2.1, "mistake", "Without -a."),
            activity(20, "command", "docker start box"),
            activity(20.1, "mistake", "Without -a."),
        )
        assert (here.mistake, here.mistake_count) == ("Without -a.", 2)

    def test_same_mistake_without_another_try_is_not_counted(self) -> None:
        first = (activity(1, "opened"), activity(2, "command", "x"), activity(2.1, "mistake", "A slip."))
        assert progress(*first, activity(60, "mistake", "A slip.")).mistake_count == 1
        assert progress(*first, activity(2.5, "command", "y"), activity(3, "mistake", "A slip.")).mistake_count == 1

    def test_corrected_mistake_made_again_is_counted(self) -> None:
        mended = (activity(1, "opened"), activity(2, "mistake", "A slip."), activity(9, "mended"))
        assert progress(*mended).mistake == ""
        again = progress(*mended, activity(10, "command", "x"), activity(11, "mistake", "A slip."))
        assert (again.mistake, again.mistake_count) == ("A slip.", 2)

    def test_newer_mistake_replaces_the_older(self) -> None:
        here = progress(activity(1, "opened"), activity(2, "mistake", "A slip."), activity(3, "mistake", "Another."))
        assert (here.mistake, here.mistake_count) == ("Another.", 1)

    def test_mistake_at_another_step_is_ignored(self) -> None:
        here = progress(
            activity(1, "opened"), activity(2, "mistake", "A slip.", START), activity(3, "mended", step=START)
        )
        assert (here.mistake, here.active_at) == ("", 3)
        kept = progress(activity(1, "opened"), activity(2, "mistake", "A slip."), activity(3, "mended", step=START))
        assert kept.mistake == "A slip."


class TestHelp:
    def test_help_is_requested_seen_and_settled(self) -> None:
        raised = progress(activity(1, "opened"), activity(5, "help"), activity(9, "help"))
        assert (raised.help_requested_at, raised.help_seen) == (5, False)
        seen = apply_activity(raised, activity(10, "seen"))
        assert (seen.help_requested_at, seen.help_seen, seen.active_at) == (5, True, 9)
        assert not apply_activity(seen, activity(11, "settled")).help_requested_at

    def test_seen_after_settled_changes_nothing(self) -> None:
        assert not progress(activity(1, "help"), activity(2, "settled"), activity(3, "seen")).help_seen

    @pytest.mark.parametrize("kind", ["skipped", "solution", "afresh"])
    def test_other_activities_only_show_that_the_learner_is_at_work(self, kind: ActivityKind) -> None:
        here = progress(activity(1, "opened"))
        assert apply_activity(here, activity(2, kind)) == replace(here, active_at=2)

    def test_message_stays_until_it_is_read(self) -> None:
        message = activity(7, "told", "Look at -a.", START)
        here = progress(activity(1, "opened"), message, message)
        assert [(one.text, one.lesson, one.step) for one in here.messages] == [("Look at -a.", *START)]
        assert here.sent_texts == {(START, "Look at -a.")}
        assert apply_activity(here, activity(8, "again", step=("02-other", ""))).sent_texts == here.sent_texts
        assert apply_activity(here, activity(8, "again", step=START)).sent_texts == frozenset()
        assert here.active_at == 1
        assert not apply_activity(here, activity(9, "read", message_id(message))).messages
        assert apply_activity(here, activity(9, "read", "another")) == here

    def test_only_the_newest_unread_messages_are_kept(self) -> None:
        here = progress(*(activity(at, "told", str(at)) for at in range(9)))
        assert [one.text for one in here.messages] == [str(at) for at in range(9)][-MAX_UNREAD:]


activity_lists = st.lists(
    st.builds(
        Activity,
        learner=st.just("ada"),
        at=st.floats(0, 10_000),
        lesson=st.sampled_from(["01-life", "02-hub"]),
        step=st.sampled_from(["make", "start", ""]),
        kind=st.sampled_from(KINDS),
        text=st.sampled_from(["A slip.", "Another.", "1.000000"]),
    ),
    max_size=30,
)


class TestAnyActivities:
    @given(activity_lists)
    def test_duplicate_activities_change_nothing(self, activities: list[Activity]) -> None:
        once, twice = progress(*activities), progress(*(copy for one in activities for copy in (one, one)))
        assert once == twice

    @given(activity_lists)
    def test_current_mistake_was_counted(self, activities: list[Activity]) -> None:
        here = progress(*activities)
        assert not here.mistake or here.mistake_count > 0

    @given(activity_lists)
    def test_times_are_plausible(self, activities: list[Activity]) -> None:
        here = progress(*activities)
        assert activities == [] or here.active_at <= max(one.at for one in activities)
        assert activities == [] or min(here.durations.values(), default=0.0) >= 0.0

    @given(activity_lists, activity_lists)
    def test_folding_in_two_parts_is_folding_the_whole(self, first: list[Activity], rest: list[Activity]) -> None:
        half = progress(*first)
        for one in rest:
            half = apply_activity(half, one)
        assert half == progress(*first, *rest)
