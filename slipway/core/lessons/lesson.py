"""A lesson: what a learner is asked to do, step by step, and what each step is checked by.

Where it is read from is grammar.py. A lesson knows nothing of learners: who has done what is the session's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from slipway.core.lessons.checks import Check, Mistake


@dataclass(frozen=True)
class CommonMistake:
    """A mistake with the commands that make it, for the proof."""

    mistake: Mistake
    commands: str


@dataclass(frozen=True)
class Step:
    """One thing to do. `text` is Markdown without the blocks that only the lab reads."""

    slug: str
    number: int
    title: str
    text: str
    check: Check
    hints: tuple[str, ...] = ()
    solution: str = ""
    ways: tuple[str, ...] = ()
    wrongs: tuple[CommonMistake, ...] = ()
    meanwhile: tuple[Mistake, ...] = ()
    stage: str | None = None
    notes: str = ""
    blocks: tuple[str, ...] = ()

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What explains a step that is not done yet: the mistakes, and what is only under way."""
        return (*(wrong.mistake for wrong in self.wrongs), *self.meanwhile)


@dataclass(frozen=True)
class Question:
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
    def shorts(self) -> Mapping[str, str]:
        """Each mistake's sentence, and what somebody who made it did, in a few words: `started it without -a`."""
        every = (wrong.mistake for step in self.steps for wrong in step.wrongs)
        return {mistake.say: mistake.short for mistake in every if mistake.short}

    def step(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

    def block(self, id: str) -> str | None:
        """The text of a runnable block (`step.0`, `step.1`, … or `step.solution`), without prompts; None for none.

        A solution goes as far as its first key that is for a running program (`^…`): that is the learner's to press.
        """
        slug, _, which = id.rpartition(".")
        step = self.step(slug)
        if step is None:
            return None
        if which == "solution":
            return "\n".join(takewhile(lambda line: not line.startswith("^"), step.solution.splitlines()))
        return step.blocks[int(which)] if which.isdecimal() and int(which) < len(step.blocks) else None

    def stage(self, step: Step) -> str:
        """The commands that bring a fresh sandbox to where `step` begins."""
        if step.stage is not None:
            return step.stage
        if step.number == 1:
            return ""
        before = self.steps[step.number - 2]
        return "\n".join(filter(None, (self.stage(before), before.solution)))
