"""Notices when the engine's clock was set back, which no step can know of: to a step, time only goes on.

Until the clock has passed the newest thing that was heard before, what happens counts for older than that; so whoever
waits for a step is told why, and for how long. Knows no clock of its own.
"""

from __future__ import annotations

from collections.abc import Callable

BACK = 30.0  # seconds; what comes from several sources at once is out of order by less
SET_BACK = "This machine's clock was set back. Steps count again in {when}; what you have passed is kept."


class ClockSkewDetector:
    """`told` is given SET_BACK, with the time that is left, while the clock is behind, and "" once it has caught up."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told

    def observe(self, at: float, newest: float) -> None:
        """Something happened at `at`, and the newest thing before it at `newest`."""
        minutes = round((newest - at) / 60)
        when = "about a minute" if minutes <= 1 else f"about {minutes} minutes"
        self._told(SET_BACK.format(when=when) if newest - at > BACK else "")
