"""The rules that every lesson keeps besides its format, each a function from a lesson to its findings.

`./lab check` runs them, and one test runs them over the real course. To add a rule, write a function and name it in
`LESSON_RULES` and in docs/lessons.md. Rules about what the page can show are in markdown_lint.py, those about proofs in
recordings/proof_lint.py. What a rule needs besides the lesson is handed in as a value: nothing here reads files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from slipway.core.lessons.finding import Finding
from slipway.core.lessons.lesson import Lesson, Step

MIN_MISTAKES = 3
MIN_WAYS = 2

_CONTAINER_NAME = re.compile(r"--name[ =](\S+)|docker (?:container )?rename \S+ (\S+)")


@dataclass(frozen=True)
class LintContext:
    """What the rules need besides the lesson.

    `scenes` are the names of the scenes, `others` the other lessons of the course, and `proof` the files of the
    lesson's `proof/` folder, by name: the text of a `.jsonl`, and "" for any other.
    """

    scenes: tuple[str, ...]
    others: tuple[Lesson, ...] = ()
    proof: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class LintRule(Protocol):
    """A function from a lesson to what breaks one rule; its name is the rule's."""

    __name__: str

    def __call__(self, lesson: Lesson, context: LintContext, /) -> Iterable[Finding]:
        """Return what breaks the rule in this lesson."""
        ...


def lint(lesson: Lesson, context: LintContext, rules: Iterable[LintRule]) -> list[Finding]:
    """Return what breaks any of `rules`, in the order of the lesson file."""
    found = [replace(finding, code=code(rule)) for rule in rules for finding in rule(lesson, context)]
    return sorted(found, key=lambda finding: finding.line)


def code(rule: LintRule) -> str:
    """Return the name of a rule as it is printed and documented, such as `missing-hint`."""
    return rule.__name__.replace("_", "-")


def about(step: Step, sentence: str, is_warning: bool = False) -> Finding:
    """Return a finding about one step."""
    return Finding(sentence, step.place, step.line, is_warning)


def unknown_scene(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """The scene of the lesson exists."""
    if lesson.scene and lesson.scene not in context.scenes:  # it is empty where the front matter cannot be read
        scenes = ", ".join(sorted(context.scenes))
        yield Finding(f"unknown scene {lesson.scene!r}; the scenes are {scenes}", "front matter", 1)


def taken_number(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """No two lessons have the same number: commands and transcripts are named by it."""
    for other in context.others:
        if other.number == lesson.number:
            yield Finding(f"{other.slug} has the number {lesson.number:02d} too; rename one of the two folders")


def missing_remember(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A lesson ends with something to remember."""
    if not lesson.remember:
        yield Finding("no `remember` block; write one at the end of the last step, with the one thing to keep in mind")


def one_question(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A lesson ends with one question to think about."""
    if len(lesson.questions) != 1:
        count = len(lesson.questions)
        yield Finding(f"a lesson has exactly one `question` block (with `ask` and `answer`), this has {count}")


def taken_container_name(lesson: Lesson, context: LintContext) -> Iterator[Finding]:
    """No two lessons give a container the same name: containers stay when the next lesson begins."""
    taken = {name: other.slug for other in context.others for step in other.steps for name in container_names(step)}
    for step in lesson.steps:
        for name in sorted(container_names(step) & taken.keys()):
            yield about(step, f"{taken[name]} calls a container `{name}` too; choose a name that no other lesson uses")


def container_names(step: Step) -> set[str]:
    """Return the names that the text and the solution of a step give to containers."""
    commands = "\n".join((*step.blocks, step.solution))
    return {made or renamed for made, renamed in _CONTAINER_NAME.findall(commands)}


def too_few_mistakes(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A step explains at least MIN_MISTAKES common mistakes."""
    for step in lesson.steps:
        count = len(step.common_mistakes)
        if count < MIN_MISTAKES:
            sentence = f"a step has at least {MIN_MISTAKES} `mistake` blocks (with `say`, `short`, `when` and `try`)"
            yield about(step, f"{sentence}, this has {count}")


def too_few_ways(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A step has at least MIN_WAYS other right ways: a check must accept them, not only the solution."""
    for step in lesson.steps:
        count = len(step.ways)
        if count < MIN_WAYS:
            sentence = f"a step has at least {MIN_WAYS} `way` blocks (commands that are also right)"
            yield about(step, f"{sentence}, this has {count}")


def missing_hint(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A step has at least one hint."""
    for step in lesson.steps:
        if not step.hints:
            yield about(step, "no `hint` block; a step has at least one")


def missing_notes(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """A step has notes for its presenter."""
    for step in lesson.steps:
        if not step.notes:
            yield about(step, "no `notes` block; write what a presenter says or asks at this step")


def empty_block(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """No hint and no way is empty."""
    for step in lesson.steps:
        for kind, texts in (("hint", step.hints), ("way", step.ways)):
            if "" in texts:
                yield about(step, f"an empty `{kind}` block")


def missing_short(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """Each mistake has a short name, by which the class dashboard groups learners."""
    for step in lesson.steps:
        for mistake in (common.mistake for common in step.common_mistakes):
            if mistake.say and not mistake.short:  # `say` is empty where the block cannot be read
                sentence = "has no `short`: what the learner did, such as `short: started it without -a`"
                yield about(step, f"the mistake {_beginning(mistake.say)} {sentence}")


def repeated_short(lesson: Lesson, _context: LintContext) -> Iterator[Finding]:
    """The mistakes of a step have different short names on the class dashboard."""
    for step in lesson.steps:
        shorts = [common.mistake.short for common in step.common_mistakes if common.mistake.short]
        for short in sorted({short for short in shorts if shorts.count(short) > 1}):
            yield about(step, f"two mistakes have the `short` {short!r}; give each its own")


def _beginning(text: str) -> str:
    return f"“{text}”" if len(text) <= 40 else f"“{text[:40].rstrip()}…”"


LESSON_RULES: tuple[LintRule, ...] = (
    unknown_scene,
    taken_number,
    missing_remember,
    one_question,
    taken_container_name,
    too_few_mistakes,
    too_few_ways,
    missing_hint,
    missing_notes,
    empty_block,
    missing_short,
    repeated_short,
)
