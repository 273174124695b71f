"""Detects that the engine's clock was set back, which the checks of steps cannot know: for them time only moves on.

Until the clock has passed the newest event seen before, new events count as older than it, and steps do not pass; so
the learner is told why, and for how long. Reads no clock itself.
"""

from __future__ import annotations

from collections.abc import Callable

TOLERANCE = 30.0  # seconds; events from several sources at once are out of order by less
SET_BACK = "This machine's clock was set back. Steps count again in {when}; your progress is saved."


class ClockSkewDetector:
    """Calls `warn` with SET_BACK and the remaining time while the clock is behind, and with "" otherwise."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn

    def observe(self, at: float, newest: float) -> None:
        """Compare the time of an event with the newest time before it."""
        minutes = round((newest - at) / 60)
        when = "about a minute" if minutes <= 1 else f"about {minutes} minutes"
        self._warn(SET_BACK.format(when=when) if newest - at > TOLERANCE else "")
