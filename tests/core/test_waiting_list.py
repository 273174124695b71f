"""The line in front of a full house: nobody overtakes, nobody is forgotten, and who is idle is told before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.waiting_list import WaitingList, in_words, patience


def test_the_third_of_two_waits_and_moves_by_itself() -> None:
    house, first = WaitingList().ask("ann", 2)
    house, second = house.ask("bob", 2)
    house, third = house.ask("cem", 2)
    house, fourth = house.ask("dot", 2)
    assert (first, second, third, fourth) == (0, 0, 1, 2)
    house = house.leave("ann")
    assert house.ask("dot", 2)[1] == 2  # a place is free, but it is cem's
    house, place = house.ask("cem", 2)
    assert place == 0
    assert house.ask("dot", 2)[1] == 1


def test_who_has_an_engine_keeps_the_right_to_one_while_it_is_renewed() -> None:
    house, _ = WaitingList().ask("ann", 1)
    house, _ = house.ask("bob", 1)
    assert house.ask("ann", 1) == (house, 0)


def test_who_leaves_the_line_makes_it_shorter() -> None:
    house = WaitingList(("ann", "bob"), frozenset({"cem"}))
    assert house.leave("ann").ask("bob", 1)[1] == 1
    assert house.leave("nobody") == house


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=60), st.integers(0, 4))
def test_there_are_never_more_than_there_are_engines_and_nobody_is_in_two_places(
    moves: list[tuple[str, bool]], most: int
) -> None:
    house = WaitingList()
    for learner, comes in moves:
        before = house.line
        house = house.ask(learner, most)[0] if comes else house.leave(learner)
        assert len(house.seated) <= most
        assert not set(house.line) & house.seated
        assert len(set(house.line)) == len(house.line)
        assert [one for one in before if one in house.line] == [one for one in house.line if one in before]


def test_a_place_is_told_as_a_person_would() -> None:
    assert "you are next in line" in in_words(1)
    assert "You are number 3 in line" in in_words(3)


@pytest.mark.parametrize(
    ("idle", "notice", "warned", "verdict"),
    [
        (0, 60, None, "keep"),
        (899, 60, None, "keep"),
        (940, 60, None, "warn"),
        (2000, 60, None, "warn"),  # nobody is surprised, however long the clock slept
        (960, 60, 20.0, "keep"),
        (1000, 60, 60.0, "take"),
        (2000, 60, 30.0, "keep"),
        (999, 0, None, "keep"),
        (1000, 0, None, "take"),
    ],
)
def test_who_is_idle_is_told_before_it_is_taken(idle: float, notice: float, warned: float | None, verdict: str) -> None:
    assert patience(idle, 1000, notice, warned) == verdict
