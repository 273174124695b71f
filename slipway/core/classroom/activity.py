"""What learners did, one deed after the other: what the wall folds, and what reports tell.

A deed is what an instructor at somebody's shoulder would note. It is not the journal: of what an engine did there is
only what it meant (passed, or a mistake's sentence). Pure values; the seat tells them, the store keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

ActivityKind: TypeAlias = Literal[
    "opened",  # a lesson; the step is the one at hand
    "turned",  # to a step: by their own wish, or because the one before has passed; to none when all is done
    "command",  # typed at a prompt; the text is the line
    "mistake",  # the text is the lesson's sentence for it; told again when it is made again
    "mended",  # the mistake is no longer what is wrong
    "passed",  # a step; the text is the evidence
    "skipped",  # a step
    "hint",  # asked for
    "solution",  # asked for
    "again",  # the lesson's ticks were cleared
    "afresh",  # left the sandbox for a new one
    "help",  # asked the instructor
    "seen",  # the instructor has seen that they asked
    "settled",  # they need no help any more
    "told",  # by the instructor; the text is the sentence
    "read",  # put away what they were told; the text is its id (place.py)
]
KINDS: tuple[str, ...] = get_args(ActivityKind)

LONGEST = 500
"""Characters of a text that are kept: a pasted script is known by its beginning."""


@dataclass(frozen=True)
class Activity:
    """One thing that `learner` did, or that was done for them, at `at` (seconds since the epoch).

    A command's and a verdict's time is the engine's, that of a wish is the lab's: on one host they are the same clock.
    The same learner, kind, time and text are the same deed, however often it is told.
    """

    learner: str
    at: float
    lesson: str
    step: str
    kind: ActivityKind
    text: str = ""
