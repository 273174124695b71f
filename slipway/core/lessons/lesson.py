"""A lesson: what a learner does, step by step, and how each step is checked.

parser.py reads it from its file. Knows no learners: their progress belongs to the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from slipway.core.lessons.checks import Check, Mistake


@dataclass(frozen=True)
class CommonMistake:
    """A mistake and the commands that make it, for the proof."""

    mistake: Mistake
    commands: str


@dataclass(frozen=True)
class Step:
    """One thing to do. `text` is Markdown without the blocks that only the lab reads.

    `line` is where the heading stands in the lesson file, from 1; `blocks` are the commands of the runnable blocks.
    """

    slug: str
    number: int
    title: str
    text: str
    check: Check
    hints: tuple[str, ...] = ()
    solution: str = ""
    ways: tuple[str, ...] = ()
    common_mistakes: tuple[CommonMistake, ...] = ()
    meanwhile: tuple[Mistake, ...] = ()
    stage: str | None = None
    notes: str = ""
    blocks: tuple[str, ...] = ()
    line: int = 0

    @property
    def place(self) -> str:
        """Return how an author's error names the step."""
        return f"step {self.number} ({self.title})"

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Return what may explain a step that is not done: its common mistakes, and what is only in progress."""
        return (*(mistake.mistake for mistake in self.common_mistakes), *self.meanwhile)


@dataclass(frozen=True)
class Question:
    """A question at the end of a lesson, and its answer."""

    ask: str
    answer: str


@dataclass(frozen=True)
class Lesson:
    """One lesson; `slug` is the name of its folder."""

    slug: str
    number: int
    title: str
    minutes: int
    scene: str
    lede: str
    intro: str
    steps: tuple[Step, ...]
    remember: str = ""
    questions: tuple[Question, ...] = ()
    notes: str = ""

    @property
    def mistake_names(self) -> Mapping[str, str]:
        """Return the short name of each mistake by its sentence, such as `started it without -a`."""
        every = (mistake.mistake for step in self.steps for mistake in step.common_mistakes)
        return {mistake.say: mistake.short for mistake in every if mistake.short}

    def step(self, slug: str) -> Step | None:
        """Return the step with this slug, or None."""
        return next((step for step in self.steps if step.slug == slug), None)

    def block(self, id: str) -> str | None:
        """Return the commands of a block (`step.0`, `step.1`, … or `step.solution`), without prompts; None if unknown.

        A solution ends before its first line of input for a running program (`^…`): the learner types that.
        """
        slug, _, which = id.rpartition(".")
        step = self.step(slug)
        if step is None:
            return None
        if which == "solution":
            return "\n".join(takewhile(lambda line: not line.startswith("^"), step.solution.splitlines()))
        return step.blocks[int(which)] if which.isdecimal() and int(which) < len(step.blocks) else None

    def stage_commands(self, step: Step) -> str:
        """Return the commands that bring a new sandbox to where `step` begins."""
        if step.stage is not None:
            return step.stage
        if step.number == 1:
            return ""
        before = self.steps[step.number - 2]
        return "\n".join(filter(None, (self.stage_commands(before), before.solution)))
