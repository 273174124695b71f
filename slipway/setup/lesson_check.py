"""`./lab check`: read the lessons as the lab does, and list everything that breaks a rule. Needs no Docker.

Reads the files for the rules, which are pure: core/lessons/parser.py, lint.py and markdown_lint.py, and
core/recordings/proof_lint.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slipway.core.lessons.finding import Finding
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.lint import LESSON_RULES, LintContext, lint
from slipway.core.lessons.markdown_lint import MARKDOWN_RULES
from slipway.core.lessons.parser import parse_draft
from slipway.core.recordings.proof_lint import PROOF_RULES
from slipway.proofs import course
from slipway.settings import ROOT
from slipway.setup.console import Console, StageFailed

SCENES = ROOT / "static" / "js" / "scenes" / "scenes.js"
RULES = (*LESSON_RULES, *MARKDOWN_RULES, *PROOF_RULES)


@dataclass(frozen=True)
class Draft:
    """A lesson's folder as far as it can be read, and the errors of its format."""

    folder: Path
    lesson: Lesson | None
    errors: tuple[Finding, ...]


def check(names: Sequence[str], console: Console, lessons: Path = course.LESSONS) -> bool:
    """Return whether no lesson (or none of those named) has an error, after printing all findings.

    Raises StageFailed when a name is no lesson.
    """
    drafts = {folder.name: _read(folder) for folder in chosen([], lessons)}
    folders = chosen(names, lessons)
    findings = [finding for folder in folders for finding in _report(drafts[folder.name], drafts, console)]
    errors = sum(not finding.is_warning for finding in findings)
    console.print(_summary(len(folders), errors, len(findings) - errors))
    return not errors


def chosen(names: Sequence[str], lessons: Path = course.LESSONS) -> list[Path]:
    """Return the folders of these lessons, named in full, by their number, or by their path; all without a name.

    Raises StageFailed when a name is no lesson.
    """
    folders = sorted(folder for folder in lessons.iterdir() if folder.is_dir())
    return [_one(name, folders) for name in names] if names else folders


def context(lesson: Lesson, others: Sequence[Lesson], lessons: Path = course.LESSONS) -> LintContext:
    """Return what the rules need besides the lesson, read from the files."""
    rest = tuple(other for other in others if other.slug != lesson.slug)
    return LintContext(scene_names(SCENES.read_text(encoding="utf-8")), rest, _proof(lessons / lesson.slug / "proof"))


def scene_names(source: str) -> tuple[str, ...]:
    """Return the names in the table `SCENES` of scenes.js, which is the one list of the scenes.

    Raises ValueError when the table is not there.
    """
    table = re.search(r"^export const SCENES = \{\n(.*?)^\}", source, re.DOTALL | re.MULTILINE)
    if table is None:
        raise ValueError("scenes.js has no `export const SCENES = {…}`")
    return tuple(re.findall(r"^  (\w+)(?=:|,$)", table[1], re.MULTILINE))


def _one(name: str, folders: Sequence[Path]) -> Path:
    wanted = Path(name).parent.name if name.endswith("lesson.md") else Path(name).name
    for folder in folders:
        if wanted in (folder.name, folder.name.partition("-")[0]):
            return folder
    raise StageFailed(f"There is no lesson {name}.", hint=f"There are: {', '.join(folder.name for folder in folders)}")


def _read(folder: Path) -> Draft:
    try:
        text = (folder / "lesson.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        return Draft(folder, None, (Finding("this file is missing; copy one of another lesson"),))
    except UnicodeDecodeError as error:
        return Draft(folder, None, (Finding(f"this file is not UTF-8: {error.reason} at byte {error.start}"),))
    return Draft(folder, *parse_draft(folder.name, text))


def _proof(folder: Path) -> Mapping[str, str]:
    files = [file for file in folder.iterdir() if not file.name.startswith(".")] if folder.is_dir() else ()
    return {
        file.name: file.read_text(encoding="utf-8", errors="replace") if file.suffix == ".jsonl" else ""
        for file in files
    }


def _report(draft: Draft, drafts: Mapping[str, Draft], console: Console) -> list[Finding]:
    """Print one lesson's findings, and return them."""
    findings = _findings(draft, [other.lesson for other in drafts.values() if other.lesson])
    failed = any(not finding.is_warning for finding in findings)
    console.print(f"{'✗' if failed else '✓'} {draft.folder.name}{_subject(draft.lesson)}")
    file = f"{draft.folder.parent.name}/{draft.folder.name}/lesson.md"
    for finding in findings:
        console.print(f"  {'warning' if finding.is_warning else 'error'}: {finding.at(file)}")
    return findings


def _findings(draft: Draft, lessons: Sequence[Lesson]) -> list[Finding]:
    """Return what is wrong with a lesson. While its format has errors, its proofs are not looked at."""
    if draft.lesson is None:
        return list(draft.errors)
    rules = (*LESSON_RULES, *MARKDOWN_RULES) if draft.errors else RULES
    found = lint(draft.lesson, context(draft.lesson, lessons, draft.folder.parent), rules)
    return sorted((*draft.errors, *found), key=lambda finding: finding.line)


def _subject(lesson: Lesson | None) -> str:
    return f": {lesson.title}, {_count(len(lesson.steps), 'step')}" if lesson and lesson.title else ""


def _summary(lessons: int, errors: int, warnings: int) -> str:
    return f"{_count(lessons, 'lesson')}, {_count(errors, 'error')}, {_count(warnings, 'warning')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
