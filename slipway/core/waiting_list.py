"""Who may have an engine when there are not enough: the line, one's place in it, and how long somebody may be idle.

Pure. The house asks; clocks and sandboxes are its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

IdleDecision = Literal["keep", "warn", "take"]


@dataclass(frozen=True)
class WaitingList:
    """Learners without an engine, first come first; and those who have one, or are just being given one."""

    line: tuple[str, ...] = ()
    seated: frozenset[str] = frozenset()

    def ask(self, learner: str, most: int) -> tuple[WaitingList, int]:
        """The learner wants an engine, of which there are `most`: 0 when they have one now, else their place in line.

        To ask again is to ask after one's place; nobody overtakes, also not while a place is free for somebody else.
        """
        if learner in self.seated:
            return self, 0
        line = self.line if learner in self.line else (*self.line, learner)
        place = line.index(learner) + 1
        if place > most - len(self.seated):
            return replace(self, line=line), place
        return WaitingList(tuple(other for other in line if other != learner), self.seated | {learner}), 0

    def leave(self, learner: str) -> WaitingList:
        """The learner needs neither an engine nor a place any more."""
        return WaitingList(tuple(other for other in self.line if other != learner), self.seated - {learner})


def in_words(place: int) -> str:
    """What somebody in line is told."""
    if place == 1:
        return "No engine is free, and you are next in line. Yours starts by itself as soon as there is one."
    return f"No engine is free. You are number {place} in line; yours starts by itself when it is your turn."


def patience(idle: float, allowed: float, notice: float, warned: float | None) -> IdleDecision:
    """What becomes of an engine that nobody has used for `idle` seconds, of `allowed` ones.

    Whoever might see it is told `notice` seconds before it is taken: `warned` says how long ago that was, None if it
    was not. With `notice` 0 nobody is there to be told. All in seconds.
    """
    if idle < allowed - notice:
        return "keep"
    if notice and warned is None:
        return "warn"
    return "take" if idle >= allowed and (warned or 0.0) >= notice else "keep"
