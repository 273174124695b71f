"""The waiting list: nobody overtakes, nobody is forgotten, and idle learners are warned first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.core.waiting_list import WaitingList, idle_decision, position_message


def test_third_learner_waits_for_one_of_two_engines() -> None:
    waiting, first = WaitingList().request("ann", 2)
    waiting, second = waiting.request("bob", 2)
    waiting, third = waiting.request("cem", 2)
    waiting, fourth = waiting.request("dot", 2)
    assert (first, second, third, fourth) == (0, 0, 1, 2)
    waiting = waiting.remove("ann")
    assert waiting.request("dot", 2)[1] == 2  # an engine is free, but it is for cem
    waiting, position = waiting.request("cem", 2)
    assert position == 0
    assert waiting.request("dot", 2)[1] == 1


def test_holder_who_requests_again_keeps_their_engine() -> None:
    waiting, _ = WaitingList().request("ann", 1)
    waiting, _ = waiting.request("bob", 1)
    assert waiting.request("ann", 1) == (waiting, 0)


def test_removed_learner_shortens_the_queue() -> None:
    waiting = WaitingList(("ann", "bob"), frozenset({"cem"}))
    assert waiting.remove("ann").request("bob", 1)[1] == 1
    assert waiting.remove("nobody") == waiting


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=60), st.integers(0, 4))
def test_holders_never_exceed_capacity_and_order_is_kept(moves: list[tuple[str, bool]], capacity: int) -> None:
    waiting = WaitingList()
    for learner, comes in moves:
        before = waiting.queue
        waiting = waiting.request(learner, capacity)[0] if comes else waiting.remove(learner)
        assert len(waiting.holders) <= capacity
        assert not set(waiting.queue) & waiting.holders
        assert len(set(waiting.queue)) == len(waiting.queue)
        assert [one for one in before if one in waiting.queue] == [one for one in waiting.queue if one in before]


def test_position_is_a_sentence() -> None:
    assert "you are next in line" in position_message(1)
    assert "You are number 3 in line" in position_message(3)


@pytest.mark.parametrize(
    ("idle", "notice", "warned", "decision"),
    [
        (0, 60, None, "keep"),
        (899, 60, None, "keep"),
        (940, 60, None, "warn"),
        (2000, 60, None, "warn"),  # warned first, however long the machine slept
        (960, 60, 20.0, "keep"),
        (1000, 60, 60.0, "reclaim"),
        (2000, 60, 30.0, "keep"),
        (999, 0, None, "keep"),
        (1000, 0, None, "reclaim"),
    ],
)
def test_idle_engine_is_reclaimed_only_after_a_warning(
    idle: float, notice: float, warned: float | None, decision: str
) -> None:
    assert idle_decision(idle, 1000, notice, warned) == decision
