"""A token bucket: bounds a rate. Knows nothing of what it counts."""

from __future__ import annotations

from collections.abc import Callable


class TokenBucket:
    """Allow `rate` events per second on average and `burst` at once. `clock` returns seconds."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._updated = clock()

    def take(self) -> bool:
        """Consume a token. Return False, and consume nothing, if there is none."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate)
        self._updated = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
