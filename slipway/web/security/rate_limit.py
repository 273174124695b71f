"""How fast somebody may go on and on: a bucket that fills at a steady rate and holds a burst."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimit:
    """`rate` turns a second, and up to `burst` at once after a rest."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left, self._at = burst, clock()

    def take(self) -> float:
        """Take a turn: 0 when there was one, else (nothing is taken) the seconds until there will be."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0

    def give_back(self) -> None:
        """The turn came to nothing."""
        self._left = min(self._burst, self._left + 1)


class RateLimits:
    """A pace for each of many, of whom the longest unseen are forgotten first."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._known: OrderedDict[str, RateLimit] = OrderedDict()

    def take(self, who: str) -> float:
        """As `Pace.take`, of this one's."""
        pace = self._known.setdefault(who, RateLimit(self._rate, self._burst, self._clock))
        self._known.move_to_end(who)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return pace.take()

    def give_back(self, who: str) -> None:
        """As `Pace.give_back`, of this one's."""
        if who in self._known:
            self._known[who].give_back()


REMEMBERED = 1000
