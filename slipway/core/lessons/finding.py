"""Findings: what is wrong with a lesson file, where, and what is valid instead. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing for the author to mend.

    `place` is the part of the lesson, such as `step 2 (Start it)`, or "" for the lesson as a whole. `line` counts from
    1 in `lesson.md`; 0 where there is none. `code` names the rule as in docs/lessons.md; "" for an error in the format.
    A warning does not fail the check.
    """

    sentence: str
    place: str = ""
    line: int = 0
    is_warning: bool = False
    code: str = ""

    def __str__(self) -> str:
        sentence = f"{self.sentence} [{self.code}]" if self.code else self.sentence
        return f"{self.place}: {sentence}" if self.place else sentence

    def at(self, file: str) -> str:
        """Return the finding with its file and line, in the form that editors turn into a link."""
        return f"{file}:{self.line}: {self}" if self.line else f"{file}: {self}"


class LessonError(ValueError):
    """A lesson cannot be read; the author has to mend it."""

    @classmethod
    def of(cls, slug: str, findings: Sequence[Finding]) -> LessonError:
        """Return the error that lists `findings`, one on each line."""
        return cls("\n".join(finding.at(f"{slug}/lesson.md") for finding in findings))
