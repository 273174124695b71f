"""What learners do, one activity after another: the input of the class dashboard and of reports.

An activity is what an instructor who looks over a learner's shoulder would note. It is not the journal: of what happens
on an engine, only its meaning is kept (a step passed, a mistake was made). Pure values: the session records them
(slipway/sessions/activity_recorder.py), the store keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

ActivityKind: TypeAlias = Literal[
    "opened",  # opened a lesson; the step is the current one
    "turned",  # came to a step, by choice or because the previous one passed; step "" when all are done
    "command",  # typed a line at a prompt; the text is the line
    "mistake",  # made a mistake; the text is the lesson's message for it; recorded again when it is made again
    "mended",  # corrected the mistake
    "passed",  # passed a step; the text is the evidence
    "skipped",  # skipped a step
    "hint",  # requested a hint
    "solution",  # requested the solution
    "again",  # reset the lesson
    "afresh",  # replaced the sandbox by a new one
    "help",  # asked the instructor for help
    "seen",  # the instructor has seen the request for help
    "settled",  # the request for help is closed
    "told",  # the instructor sent a message; the text is the message
    "read",  # dismissed a message of the instructor; the text is its id (progress.py)
]
KINDS: tuple[str, ...] = get_args(ActivityKind)

MAX_TEXT_LENGTH = 500
"""Characters of a text that are kept, enough to recognize a pasted script."""


@dataclass(frozen=True)
class Activity:
    """One thing that `learner` did, or that was done for them, at `at` (seconds since the epoch).

    Commands and verdicts have the engine's time, requests the lab's; on one host that is the same clock. Two activities
    with the same learner, kind, time and text are the same activity, however often it is reported.
    """

    learner: str
    at: float
    lesson: str
    step: str
    kind: ActivityKind
    text: str = ""
