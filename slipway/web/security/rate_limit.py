"""Rate limits: a token bucket that fills at a steady rate and holds a burst."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MAX_REMEMBERED = 1000


class RateLimit:
    """`rate` tokens a second, and up to `burst` at once after a pause."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._updated = burst, clock()

    def take(self) -> float:
        """Consume a token. Returns 0.0, or the seconds to wait (nothing consumed)."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate)
        self._updated = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0

    def refund(self) -> None:
        """Return a token that was consumed for nothing."""
        self._tokens = min(self._burst, self._tokens + 1)


class RateLimits:
    """A rate limit for each key; of more than MAX_REMEMBERED the least recently used is forgotten."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._limits: OrderedDict[str, RateLimit] = OrderedDict()

    def take(self, key: str) -> float:
        """Consume a token of this key's. Returns 0.0, or the seconds to wait (nothing consumed)."""
        limit = self._limits.setdefault(key, RateLimit(self._rate, self._burst, self._clock))
        self._limits.move_to_end(key)
        while len(self._limits) > MAX_REMEMBERED:
            self._limits.popitem(last=False)
        return limit.take()

    def refund(self, key: str) -> None:
        """Return a token of this key's that was consumed for nothing."""
        if key in self._limits:
            self._limits[key].refund()
