"""Who may have an engine when there are not enough: the queue, and when an idle engine is reclaimed.

Pure: the caller (slipway/sessions/manager.py) owns the clocks and the sandboxes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

IdleDecision = Literal["keep", "warn", "reclaim"]


@dataclass(frozen=True)
class WaitingList:
    """The learners who wait for an engine, first come first; and the `holders`, who have one or are being given one."""

    queue: tuple[str, ...] = ()
    holders: frozenset[str] = frozenset()

    def request(self, learner: str, capacity: int) -> tuple[WaitingList, int]:
        """Request one of `capacity` engines. Return 0 if the learner now holds one, else their position in the queue.

        Asking again returns the current position. Nobody overtakes: an engine that is free for the first in the queue
        is not given to the second.
        """
        if learner in self.holders:
            return self, 0
        queue = self.queue if learner in self.queue else (*self.queue, learner)
        position = queue.index(learner) + 1
        if position > capacity - len(self.holders):
            return replace(self, queue=queue), position
        return WaitingList(tuple(other for other in queue if other != learner), self.holders | {learner}), 0

    def remove(self, learner: str) -> WaitingList:
        """Remove the learner from the queue and from the holders."""
        return WaitingList(tuple(other for other in self.queue if other != learner), self.holders - {learner})


def position_message(position: int) -> str:
    """Return the sentence for a learner at this position in the queue."""
    if position == 1:
        return "No engine is free, and you are next in line. Yours starts by itself as soon as there is one."
    return f"No engine is free. You are number {position} in line; yours starts by itself when it is your turn."


def idle_decision(idle: float, allowed: float, notice: float, warned: float | None) -> IdleDecision:
    """Return what to do with an engine that has been idle for `idle` of `allowed` seconds.

    The learner is warned `notice` seconds before the engine is reclaimed; `warned` is how many seconds ago that was,
    None if it has not happened. A `notice` of 0 means that nobody is there to be warned.
    """
    if idle < allowed - notice:
        return "keep"
    if notice and warned is None:
        return "warn"
    return "reclaim" if idle >= allowed and (warned or 0.0) >= notice else "keep"
