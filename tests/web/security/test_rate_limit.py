"""A burst is free; after it, the rate is steady."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slipway.web.security.rate_limit import MAX_REMEMBERED, RateLimit, RateLimits


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_the_burst_one_waits_for_a_token() -> None:
    clock = Clock()
    limit = RateLimit(rate=10, burst=3, clock=clock)
    assert [limit.take() for _ in range(4)] == [0, 0, 0, 0.1]
    clock.now = 0.1
    assert [limit.take(), limit.take() > 0] == [0, True]


@given(st.lists(st.floats(0, 2), max_size=60), st.integers(1, 20), st.integers(1, 10))
def test_rate_and_one_burst_are_never_exceeded(rests: list[float], rate: int, burst: int) -> None:
    clock = Clock()
    limit, taken = RateLimit(rate, burst, clock), 0
    for rest in rests:
        clock.now += rest
        taken += limit.take() == 0
        assert taken <= burst + clock.now * rate + 1e-6


def test_keys_are_limited_separately_and_the_least_recent_is_forgotten() -> None:
    limits = RateLimits(rate=10, burst=1, clock=Clock())
    assert [limits.take("a"), limits.take("b"), limits.take("a")] == [0, 0, 0.1]
    for number in range(MAX_REMEMBERED - 1):
        limits.take(str(number))
    assert [limits.take("a") > 0, limits.take("b")] == [True, 0]
