"""One learner's place, as it follows from what they did."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.classroom.activity import KINDS, Activity, ActivityKind
from slipway.core.classroom.progress import KEPT, LearnerProgress, apply, fold, told_id

MAKE, START = ("01-life", "make"), ("01-life", "start")


def did(at: float, kind: ActivityKind, text: str = "", step: tuple[str, str] = MAKE, learner: str = "ada") -> Activity:
    return Activity(learner, at, *step, kind, text)


def place(*deeds: Activity) -> LearnerProgress:
    found = fold(deeds)
    assert set(found) <= {"ada"}
    return found.get("ada", LearnerProgress())


class TestMoving:
    def test_one_comes_to_a_step_and_what_was_wrong_elsewhere_is_left_there(self) -> None:
        here = place(did(1, "opened"), did(2, "mistake", "A slip."), did(9, "turned", step=START))
        assert (here.at, here.since, here.last, here.mistake, here.times) == (START, 9, 9, "", 0)

    def test_a_page_that_is_loaded_again_is_no_new_visit(self) -> None:
        here = place(did(1, "opened"), did(2, "mistake", "A slip."), did(9, "opened"))
        assert (here.since, here.last, here.mistake) == (1, 9, "A slip.")

    def test_a_lunch_is_no_time_at_the_step(self) -> None:
        here = place(did(0, "opened"), did(100, "command", "docker ps"), did(4000, "command", "docker ps"))
        assert 4000 - here.since == 100

    def test_who_has_nothing_at_hand_is_done(self) -> None:
        assert not LearnerProgress().done
        assert place(did(1, "opened", step=("01-life", ""))).done

    def test_who_looks_back_at_what_has_passed_is_done_there(self) -> None:
        passed = place(did(1, "opened"), did(5, "passed"))
        assert passed.done
        assert not place(did(1, "opened"), did(5, "passed"), did(5, "turned", step=START)).done

    def test_what_they_did_last_is_what_they_typed_last(self) -> None:
        here = place(did(1, "opened"), did(2, "command", "docker ps"), did(3, "hint"))
        assert (here.command, here.typed, here.last) == ("docker ps", 2, 3)

    def test_hints_are_counted_for_one_visit_to_a_step(self) -> None:
        here = place(did(1, "opened"), did(2, "hint"), did(3, "hint"), did(4, "hint", step=START))
        assert here.hints == 2
        assert apply(here, did(9, "turned", step=START)).hints == 0


class TestPassing:
    def test_a_step_took_as_long_as_one_was_at_it(self) -> None:
        here = place(did(10, "opened"), did(70, "passed"), did(70, "turned", step=START), did(90, "passed", step=START))
        assert dict(here.took) == {MAKE: 60, START: 20}
        assert here.passed == {MAKE, START}

    def test_a_step_that_passes_elsewhere_has_no_time_and_leaves_the_mistake_where_it_is(self) -> None:
        here = place(did(1, "opened"), did(2, "mistake", "A slip."), did(3, "passed", step=START))
        assert not here.took
        assert (here.passed, here.mistake) == ({START}, "A slip.")
        assert (here.latest, here.latest_at) == (START, 3)

    def test_a_step_that_passes_is_no_mistake_any_more(self) -> None:
        assert place(did(1, "opened"), did(2, "mistake", "A slip."), did(3, "passed")).mistake == ""

    def test_doing_a_lesson_once_more_forgets_its_ticks_and_no_others(self) -> None:
        other = ("02-hub", "pull")
        here = place(did(1, "passed", step=other), did(2, "opened"), did(3, "passed"), did(4, "again"))
        assert here.passed == {other}


class TestMistakes:
    def test_the_same_again_after_another_try_is_counted(self) -> None:
        here = place(
            did(1, "opened"),
            did(2, "command", "docker start box"),
            did(2.1, "mistake", "Without -a."),
            did(20, "command", "docker start box"),
            did(20.1, "mistake", "Without -a."),
        )
        assert (here.mistake, here.times) == ("Without -a.", 2)

    def test_what_is_judged_again_without_another_try_is_the_same_mistake(self) -> None:
        first = (did(1, "opened"), did(2, "command", "x"), did(2.1, "mistake", "A slip."))
        assert place(*first, did(60, "mistake", "A slip.")).times == 1
        assert place(*first, did(2.5, "command", "y"), did(3, "mistake", "A slip.")).times == 1

    def test_one_that_is_mended_and_made_again_counts_on(self) -> None:
        mended = (did(1, "opened"), did(2, "mistake", "A slip."), did(9, "mended"))
        assert place(*mended).mistake == ""
        again = place(*mended, did(10, "command", "x"), did(11, "mistake", "A slip."))
        assert (again.mistake, again.times) == ("A slip.", 2)

    def test_another_one_takes_its_place(self) -> None:
        here = place(did(1, "opened"), did(2, "mistake", "A slip."), did(3, "mistake", "Another."))
        assert (here.mistake, here.times) == ("Another.", 1)

    def test_one_at_another_step_is_not_what_they_are_stuck_on(self) -> None:
        here = place(did(1, "opened"), did(2, "mistake", "A slip.", START), did(3, "mended", step=START))
        assert (here.mistake, here.last) == ("", 3)
        kept = place(did(1, "opened"), did(2, "mistake", "A slip."), did(3, "mended", step=START))
        assert kept.mistake == "A slip."


class TestHelp:
    def test_a_hand_is_raised_seen_and_taken_down(self) -> None:
        raised = place(did(1, "opened"), did(5, "help"), did(9, "help"))
        assert (raised.hand, raised.seen) == (5, False)
        seen = apply(raised, did(10, "seen"))
        assert (seen.hand, seen.seen, seen.last) == (5, True, 9)
        assert not apply(seen, did(11, "settled")).hand

    def test_what_was_seen_late_is_no_hand(self) -> None:
        assert not place(did(1, "help"), did(2, "settled"), did(3, "seen")).seen

    @pytest.mark.parametrize("kind", ["skipped", "solution", "afresh"])
    def test_what_moves_nobody_only_shows_that_they_are_at_work(self, kind: ActivityKind) -> None:
        here = place(did(1, "opened"))
        assert apply(here, did(2, kind)) == replace(here, last=2)

    def test_what_they_are_told_stays_until_it_is_read(self) -> None:
        told = did(7, "told", "Look at -a.", START)
        here = place(did(1, "opened"), told, told)
        assert [(one.text, one.lesson, one.step) for one in here.told] == [("Look at -a.", *START)]
        assert here.given == {(START, "Look at -a.")}
        assert apply(here, did(8, "again", step=("02-other", ""))).given == here.given
        assert apply(here, did(8, "again", step=START)).given == frozenset()
        assert here.last == 1
        assert not apply(here, did(9, "read", told_id(told))).told
        assert apply(here, did(9, "read", "another")) == here

    def test_of_what_nobody_reads_only_the_newest_is_kept(self) -> None:
        here = place(*(did(at, "told", str(at)) for at in range(9)))
        assert [one.text for one in here.told] == [str(at) for at in range(9)][-KEPT:]


deeds = st.lists(
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


class TestWhateverHappens:
    @given(deeds)
    def test_a_deed_that_is_told_twice_changes_nothing_but_once(self, all: list[Activity]) -> None:
        once, twice = place(*all), place(*(one for deed in all for one in (deed, deed)))
        assert once == twice

    @given(deeds)
    def test_a_mistake_that_is_shown_was_made_here(self, all: list[Activity]) -> None:
        here = place(*all)
        assert not here.mistake or here.times > 0

    @given(deeds)
    def test_times_are_times(self, all: list[Activity]) -> None:
        here = place(*all)
        assert all == [] or here.last <= max(deed.at for deed in all)
        assert all == [] or min(here.took.values(), default=0.0) >= 0.0

    @given(deeds, deeds)
    def test_it_is_a_fold(self, first: list[Activity], rest: list[Activity]) -> None:
        half = place(*first)
        for deed in rest:
            half = apply(half, deed)
        assert half == place(*first, *rest)
