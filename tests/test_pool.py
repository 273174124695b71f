"""Warm sandboxes: how many there are, and which one somebody gets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slipway.pool import Pool
from tests.beds import SMALL, Beds


def test_no_more_are_warmed_than_nobody_else_is_promised() -> None:
    beds = Beds()
    Pool(beds, replace(SMALL, sandboxes=3, warm=3), lambda: 2).fill()
    assert len(beds.there) == 1


def test_no_more_are_warmed_than_there_is_room_for_beside_those_that_go(caplog: pytest.LogCaptureFixture) -> None:
    beds = Beds("leaving", "going")
    Pool(beds, replace(SMALL, sandboxes=3, warm=3), lambda: 0).fill()
    assert len(beds.there) == 3
    assert not caplog.records, "nor was one tried"


def test_none_is_warmed_while_memory_is_short() -> None:
    beds = Beds()
    pool = Pool(beds, replace(SMALL, sandboxes=3, warm=1), lambda: 0)
    beds.free = SMALL.kept_free - 1
    pool.look_at_memory()
    pool.fill()
    assert (beds.there, pool.most()) == ([], 0)
    beds.free = SMALL.kept_free
    pool.look_at_memory()
    pool.fill()
    assert (len(beds.there), pool.most()) == (1, 3)


def test_a_warm_one_that_died_is_given_to_nobody() -> None:
    beds = Beds("lives")
    lives, dead = beds.there[0], Beds("died").there[0]
    pool = Pool(beds, replace(SMALL, sandboxes=2), lambda: 0)
    pool.begin([dead, lives])
    assert pool.take() is lives
    assert pool.take().key == "bed1"
