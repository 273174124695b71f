"""The grammar of a lesson: from one Markdown file that reads well on GitHub.

Front matter (YAML), an introduction, one `## ` heading for each step, and in the steps fenced blocks that the lab
reads: `check`, `solution`, `way`, `mistake`, `meanwhile`, `hint`, `stage`, `notes`; at the end `remember` and
`question`. Everything else is the text that the learner sees. What is unknown or missing is an error with file, step
and the valid names; nothing is skipped. This module reads text that it is given; who reads the file is the business of
cli.py and app.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from slipway.core.lessons.checks import Check, Mistake, RuleCall, parse_rule_call
from slipway.core.lessons.lesson import CommonMistake, Lesson, Question, Step

RUNNABLE = ("console", "sh", "bash")
FENCES = ("check", "solution", "way", "mistake", "meanwhile", "hint", "stage", "notes", "remember", "question")
KEYS = ("title", "minutes", "scene", "lede")
SHORT = 60  # letters of a mistake's name on a wall


class LessonError(ValueError):
    """Something is wrong with a lesson file, and it is its author's turn."""


def parse(slug: str, text: str) -> Lesson:
    """The lesson in `text`, whose folder is `slug` (`NN-name`).

    Raises LessonError, saying where and what is valid instead.
    """
    match = re.fullmatch(r"(\d\d)-[a-z0-9-]+", slug)
    if match is None:
        raise LessonError(f"{slug}: a lesson's folder is called NN-name, such as 04-run-is-create-and-start")
    meta, body = _front_matter(slug, text)
    parts = _parts(body)
    intro, *steps = [_Part.of(slug, title, lines) for title, lines in parts]
    if not steps:
        raise LessonError(f"{slug}: no step; a step begins with a `## ` heading")
    parsed = tuple(_step(slug, number, part) for number, part in enumerate(steps, 1))
    _unique(slug, parsed)
    return Lesson(
        slug=slug,
        number=int(match[1]),
        title=str(meta["title"]),
        minutes=meta["minutes"],
        scene=str(meta["scene"]),
        lede=str(meta["lede"]),
        intro=intro.text,
        steps=_resolve(slug, parsed),
        remember="\n\n".join(one.strip() for part in steps for one in part.fences["remember"]),
        questions=tuple(_question(slug, one) for part in steps for one in part.fences["question"]),
        notes=_notes(intro),
    )


def script(block: str) -> str:
    """The commands of a block: `console` blocks lose their `$ ` and `> ` prompts and keep only what was typed."""
    lines = block.rstrip("\n").split("\n")
    if not any(line.startswith("$ ") for line in lines):
        return "\n".join(lines)
    return "\n".join(line[2:] for line in lines if line.startswith(("$ ", "> ")))


@dataclass(frozen=True)
class _Part:
    """One heading's worth of Markdown, its lab blocks taken out."""

    title: str
    text: str
    blocks: tuple[str, ...]
    fences: Mapping[str, list[str]] = field(default_factory=dict)

    @staticmethod
    def of(slug: str, title: str, lines: list[str]) -> _Part:
        fences: dict[str, list[str]] = {name: [] for name in FENCES}
        blocks: list[str] = []
        cut: set[int] = set()
        for token in _fences("\n".join(lines)):
            kind = (token.info.split() or [""])[0]
            if kind in FENCES:
                fences[kind].append(token.content)
                cut.update(range(*(token.map or (0, 0))))
            elif kind in RUNNABLE:
                blocks.append(script(token.content))
            elif kind not in ("", "text", "json", "dockerfile", "output"):
                raise LessonError(f"{slug}, {title or 'introduction'}: unknown block `{kind}`; valid: {_valid()}")
        kept = "\n".join(line for number, line in enumerate(lines) if number not in cut)
        return _Part(title, re.sub(r"\n{3,}", "\n\n", kept).strip(), tuple(blocks), fences)


def _valid() -> str:
    return ", ".join((*FENCES, *RUNNABLE, "text", "json", "dockerfile", "output"))


def _fences(text: str) -> Iterable[Token]:
    return (token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence")


def _front_matter(slug: str, text: str) -> tuple[Mapping[str, Any], str]:
    match = re.match(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if match is None:
        raise LessonError(f"{slug}: the file begins with front matter between two lines of `---`")
    meta = _full(f"{slug}: the front matter", KEYS, _yaml(f"{slug}, front matter", match[1]))
    if not isinstance(meta["minutes"], int):
        raise LessonError(f"{slug}: minutes is a whole number, not {meta['minutes']!r}")
    return meta, match[2]


def _parts(body: str) -> list[tuple[str, list[str]]]:
    """The introduction and each step, split at level-two headings that are headings (not inside a fence)."""
    lines = body.split("\n")
    parts: list[tuple[str, list[str]]] = [("", [])]
    tokens = MarkdownIt("commonmark").parse(body)
    heads = {
        token.map[0]: tokens[at + 1].content
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup == "##" and token.level == 0 and token.map
    }
    for number, line in enumerate(lines):
        if number in heads:
            parts.append((heads[number], []))
        else:
            parts[-1][1].append(line)
    return parts


def _step(slug: str, number: int, part: _Part) -> Step:
    where = f"{slug}, step {number} ({part.title})"
    if len(part.fences["check"]) != 1:
        raise LessonError(f"{where}: a step has exactly one `check` block, this has {len(part.fences['check'])}")
    asks = _asks(f"{where}, check", _yaml(where, part.fences["check"][0]))
    if all(ask.never for ask in asks):
        raise LessonError(
            f"{where}: a check needs at least one rule that is not `never`, or it passes before it begins"
        )
    solution = "\n".join(part.fences["solution"] or part.blocks).strip()
    if not solution:
        raise LessonError(f"{where}: no `solution`, and no runnable block to take for one")
    return Step(
        slug=re.sub(r"[^a-z0-9]+", "-", part.title.lower()).strip("-"),
        number=number,
        title=part.title,
        text=part.text,
        check=Check(asks),
        hints=tuple(one.strip() for one in part.fences["hint"]),
        solution=solution,
        ways=tuple(one.strip() for one in part.fences["way"]),
        common_mistakes=tuple(_wrong(where, one) for one in part.fences["mistake"]),
        meanwhile=tuple(_meanwhile(where, one) for one in part.fences["meanwhile"]),
        stage="\n".join(part.fences["stage"]).strip() if part.fences["stage"] else None,
        notes=_notes(part),
        blocks=part.blocks,
    )


def _notes(part: _Part) -> str:
    return "\n\n".join(one.strip() for one in part.fences["notes"])


def _asks(where: str, raw: Any) -> tuple[RuleCall, ...]:
    listed = raw if isinstance(raw, list) else [raw]
    try:
        return tuple(parse_rule_call(one) for one in listed)
    except ValueError as error:
        raise LessonError(f"{where}: {error}") from None


def _wrong(where: str, text: str) -> CommonMistake:
    raw = _full(f"{where}: a mistake", ("say", "when", "try"), _yaml(f"{where}, mistake", text), may=("short",))
    asks = _asks(f"{where}, mistake", raw["when"])
    short = _short(where, str(raw.get("short", "")).strip())
    return CommonMistake(Mistake(str(raw["say"]).strip(), asks, short), str(raw["try"]).strip())


def _short(where: str, text: str) -> str:
    if len(text) > SHORT or text.endswith("."):
        raise LessonError(f"{where}: a mistake's short is at most {SHORT} letters, without a full stop, not {text!r}")
    return text


def _meanwhile(where: str, text: str) -> Mistake:
    raw = _yaml(f"{where}, meanwhile", text)
    if not isinstance(raw, dict) or set(raw) != {"say", "when"}:
        raise LessonError(f"{where}: a meanwhile has exactly the keys say, when")
    return Mistake(str(raw["say"]).strip(), _asks(f"{where}, meanwhile", raw["when"]))


def _question(slug: str, text: str) -> Question:
    raw = _full(f"{slug}: a question", ("ask", "answer"), _yaml(f"{slug}, question", text))
    return Question(str(raw["ask"]).strip(), str(raw["answer"]).strip())


def _full(what: str, keys: tuple[str, ...], raw: Any, may: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """`raw`, which has all of `keys`, perhaps some that it `may` have, and something under each."""
    if not isinstance(raw, dict) or not set(keys) <= set(raw) <= {*keys, *may}:
        besides = f", and may have {', '.join(may)}" if may else ""
        raise LessonError(f"{what} has exactly the keys {', '.join(keys)}{besides}")
    empty = [key for key in raw if raw[key] in (None, "", [], {})]
    if empty:
        raise LessonError(f"{what} has nothing under {', '.join(empty)}")
    return raw


def _yaml(where: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LessonError(f"{where}: not YAML: {error}") from None


def _unique(slug: str, steps: tuple[Step, ...]) -> None:
    slugs = [step.slug for step in steps]
    if "" in slugs:
        raise LessonError(f"{slug}: the title of step {slugs.index('') + 1} needs a letter or a digit")
    twice = {one for one in slugs if slugs.count(one) > 1}
    if twice:
        raise LessonError(f"{slug}: two steps are called the same: {', '.join(sorted(twice))}")


def _resolve(slug: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Give each check the earlier asks that bind the names it uses."""
    bound: dict[str, RuleCall] = {}
    resolved = []
    for step in steps:
        own = {ask.binds for ask in step.check.rule_calls if ask.binds}
        every = (*step.check.rule_calls, *(ask for mistake in step.mistakes for ask in mistake.when))
        used = {name for ask in every for name in ask.uses} - own
        unknown = used - bound.keys() - {ask.binds for ask in every}
        if unknown:
            names = ", ".join(f"${name}" for name in sorted(unknown))
            raise LessonError(f"{slug}, step {step.number}: nothing before this step gives {names} (`as: name`)")
        earlier = {name: bound[name] for name in sorted(used & bound.keys())}
        resolved.append(replace(step, check=replace(step.check, earlier=earlier)))
        for ask in step.check.rule_calls:
            if ask.binds and not ask.uses:
                bound.setdefault(ask.binds, ask)
    return tuple(resolved)
