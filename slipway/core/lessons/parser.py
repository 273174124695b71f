"""Read a lesson from one Markdown file that reads well on GitHub.

Front matter (YAML), an introduction, one `## ` heading for each step, and in the steps fenced blocks that the lab reads
(`LAB_BLOCKS` in sections.py). Everything else is the text that the learner sees. What is unknown or missing is an error
with its place and the valid names; nothing is skipped. Works on text: proofs/course.py reads the files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import yaml

from slipway.core.lessons.checks import Check, Mistake, RuleCall, parse_rule_call
from slipway.core.lessons.finding import Finding, LessonError
from slipway.core.lessons.lesson import CommonMistake, Lesson, Question, Step
from slipway.core.lessons.sections import Block, Section, script, split_front_matter, split_sections

FRONT_MATTER_KEYS = ("title", "minutes", "scene", "lede")
MAX_SHORT = 60  # characters of a mistake's short name, which stands in a column of the class dashboard

T = TypeVar("T")


def parse(slug: str, text: str) -> Lesson:
    """Return the lesson in `text`, whose folder is `slug` (`NN-name`).

    Raises LessonError with everything that is wrong, where it stands and what is valid instead.
    """
    lesson, findings = parse_draft(slug, text)
    if findings:
        raise LessonError.of(slug, findings)
    return lesson


def parse_draft(slug: str, text: str) -> tuple[Lesson, tuple[Finding, ...]]:
    """Return as much of the lesson as can be read, and all errors; what an error is about is left empty."""
    draft = _Draft()
    lesson = draft.lesson(slug, text)
    return lesson, tuple(draft.findings)


class _Draft:
    """Reads one lesson and collects what is wrong with it instead of stopping at the first error."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def lesson(self, slug: str, text: str) -> Lesson:
        """Return the lesson in `text`, as far as it can be read; add what is wrong to `findings`."""
        number = self._attempt("", 0, partial(_number, slug), 0)
        block, body, offset = split_front_matter(text)
        nothing: Mapping[str, Any] = {}
        meta = self._attempt("front matter", 1, partial(_front_matter, block), nothing)
        intro, *sections = split_sections(body, offset)
        if not sections:
            self._add("", 0, "no step; a step begins with a `## ` heading")
        self._unclosed("introduction", intro)
        steps = tuple(self._step(number, section) for number, section in enumerate(sections, 1))
        self._unique(steps)
        return Lesson(
            slug=slug,
            number=number,
            title=str(meta.get("title", "")),
            minutes=meta.get("minutes", 0),
            scene=str(meta.get("scene", "")),
            lede=str(meta.get("lede", "")),
            intro=intro.text,
            steps=self._resolve(steps),
            remember="\n\n".join(block.text.strip() for part in sections for block in part.lab_blocks["remember"]),
            questions=tuple(self._question(block) for part in sections for block in part.lab_blocks["question"]),
            notes=_joined(intro, "notes"),
        )

    def _step(self, number: int, section: Section) -> Step:
        place = f"step {number} ({section.title})"
        self._unclosed(place, section)
        blocks = tuple(script(block.text) for block in section.runnable)
        solution = "\n".join(_texts(section, "solution") or blocks).strip()
        if not solution:
            self._add(place, section.line, "no `solution`, and no runnable block to take for one")
        stage = "\n".join(_texts(section, "stage")).strip() if section.lab_blocks["stage"] else None
        return Step(
            slug=re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-"),
            number=number,
            title=section.title,
            text=section.text,
            check=Check(self._attempt(place, section.line, partial(self._check, place, section), ())),
            hints=_texts(section, "hint"),
            solution=solution,
            ways=_texts(section, "way"),
            common_mistakes=tuple(self._mistake(place, block) for block in section.lab_blocks["mistake"]),
            meanwhile=tuple(self._meanwhile(place, block) for block in section.lab_blocks["meanwhile"]),
            stage=stage,
            notes=_joined(section, "notes"),
            blocks=blocks,
            line=section.line,
        )

    def _check(self, place: str, section: Section) -> tuple[RuleCall, ...]:
        found = section.lab_blocks["check"]
        if len(found) != 1:
            raise ValueError(f"a step has exactly one `check` block, this has {len(found)}")
        calls = self._attempt(f"{place}, check", found[0].line, lambda: _rule_calls(_yaml(found[0])), None)
        if calls is not None and all(call.never for call in calls):
            raise ValueError("a check needs at least one rule that is not `never`, or it passes before it begins")
        return calls or ()

    def _mistake(self, place: str, block: Block) -> CommonMistake:
        gap = CommonMistake(Mistake("", ()), "")
        return self._attempt(f"{place}, mistake", block.line, partial(_common_mistake, block), gap)

    def _meanwhile(self, place: str, block: Block) -> Mistake:
        return self._attempt(f"{place}, meanwhile", block.line, partial(_meanwhile, block), Mistake("", ()))

    def _question(self, block: Block) -> Question:
        return self._attempt("question", block.line, partial(_question, block), Question("", ""))

    def _unclosed(self, place: str, section: Section) -> None:
        for kind, block in section.unclosed:
            self._add(place, block.line, f"the block `{kind}` has no closing fence, so it runs to the end of the file")

    def _unique(self, steps: tuple[Step, ...]) -> None:
        slugs = [step.slug for step in steps]
        for step in steps:
            if not step.slug:
                self._add("", step.line, f"the title of step {step.number} needs a letter or a digit")
            elif step.slug in slugs[: step.number - 1]:
                self._add("", step.line, f"two steps are called the same: {step.slug}")

    def _resolve(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Return the steps, each check with the earlier rule calls that bind the names it uses."""
        bound: dict[str, RuleCall] = {}
        resolved = []
        complete = all(step.check.rule_calls for step in steps)  # else a name may be bound where nothing could be read
        for step in steps:
            unknown = _names_used(step) - bound.keys() - {call.binds for call in _all_calls(step)}
            if unknown and complete:
                names = ", ".join(f"${name}" for name in sorted(unknown))
                self._add(step.place, step.line, f"no step before this one binds {names} (write `as: name` there)")
            earlier = {name: bound[name] for name in sorted(_names_used(step) & bound.keys())}
            resolved.append(replace(step, check=replace(step.check, earlier=earlier)))
            for call in step.check.rule_calls:
                if call.binds and not call.uses:
                    bound.setdefault(call.binds, call)
        return tuple(resolved)

    def _attempt(self, place: str, line: int, read: Callable[[], T], gap: T) -> T:
        """Return what `read` returns, or `gap` after noting its ValueError."""
        try:
            return read()
        except ValueError as error:
            self._add(place, line, str(error))
            return gap

    def _add(self, place: str, line: int, sentence: str) -> None:
        self.findings.append(Finding(sentence, place, line))


def _number(slug: str) -> int:
    match = re.fullmatch(r"(\d\d)-[a-z0-9-]+", slug)
    if match is None:
        raise ValueError("a lesson's folder is called NN-name, such as 04-run-is-create-and-start")
    return int(match[1])


def _front_matter(block: Block | None) -> Mapping[str, Any]:
    if block is None:
        raise ValueError("the file begins with front matter between two lines of `---`")
    meta = _fields("the front matter", FRONT_MATTER_KEYS, _yaml(block))
    if type(meta["minutes"]) is not int or meta["minutes"] < 1:
        raise ValueError(f"minutes is a whole number, not {meta['minutes']!r}")
    return meta


def _texts(section: Section, kind: str) -> tuple[str, ...]:
    return tuple(block.text.strip() for block in section.lab_blocks[kind])


def _joined(section: Section, kind: str) -> str:
    return "\n\n".join(_texts(section, kind))


def _rule_calls(raw: Any) -> tuple[RuleCall, ...]:
    return tuple(parse_rule_call(entry) for entry in (raw if isinstance(raw, list) else [raw]))


def _common_mistake(block: Block) -> CommonMistake:
    raw = _fields("a mistake", ("say", "when", "try"), _yaml(block), optional=("short",))
    mistake = Mistake(str(raw["say"]).strip(), _rule_calls(raw["when"]), _short(str(raw.get("short", "")).strip()))
    return CommonMistake(mistake, str(raw["try"]).strip())


def _short(text: str) -> str:
    if len(text) > MAX_SHORT or text.endswith("."):
        raise ValueError(f"a mistake's short is at most {MAX_SHORT} characters long, without a full stop, not {text!r}")
    return text


def _meanwhile(block: Block) -> Mistake:
    raw = _fields("a meanwhile", ("say", "when"), _yaml(block))
    return Mistake(str(raw["say"]).strip(), _rule_calls(raw["when"]))


def _question(block: Block) -> Question:
    raw = _fields("a question", ("ask", "answer"), _yaml(block))
    return Question(str(raw["ask"]).strip(), str(raw["answer"]).strip())


def _fields(what: str, keys: tuple[str, ...], raw: Any, optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """Return `raw`, a mapping with all of `keys`, perhaps some of the `optional` ones, and a value for each."""
    besides = f", and may have {', '.join(optional)}" if optional else ""
    valid = f"{what} has exactly the keys {', '.join(keys)}{besides}"
    if not isinstance(raw, dict):
        raise ValueError(valid)
    unknown = [f"unknown: {key}" for key in raw if key not in (*keys, *optional)]
    missing = [f"missing: {key}" for key in keys if key not in raw]
    if unknown or missing:
        raise ValueError(f"{valid}; {', '.join((*unknown, *missing))}")
    empty = [key for key in raw if raw[key] in (None, "", [], {})]
    if empty:
        raise ValueError(f"{what} has nothing under {', '.join(empty)}")
    return raw


def _yaml(block: Block) -> Any:
    """Return the content of a block. `line + 1` is its first line: a fence or `---` stands before it."""
    try:
        return yaml.safe_load(block.text)
    except yaml.MarkedYAMLError as error:
        line = block.line + 1 + (error.problem_mark.line if error.problem_mark else 0)
        raise ValueError(f"not YAML: {error.problem} (line {line}); text with `: ` or `#` needs quotes") from None
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from None


def _all_calls(step: Step) -> tuple[RuleCall, ...]:
    return (*step.check.rule_calls, *(call for mistake in step.mistakes for call in mistake.when))


def _names_used(step: Step) -> set[str]:
    own = {call.binds for call in step.check.rule_calls if call.binds}
    return {name for call in _all_calls(step) for name in call.uses} - own
