"""The real course keeps every rule that `./lab check` has."""

from __future__ import annotations

from functools import cache

import pytest

from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.lint import LintContext, LintRule, code, lint
from slipway.proofs import course
from slipway.setup.lesson_check import RULES, context

COURSE = course.read()


@cache
def context_of(slug: str) -> LintContext:
    """Read the proofs of a lesson once, not once for each rule."""
    return context(next(lesson for lesson in COURSE if lesson.slug == slug), COURSE)


@pytest.mark.parametrize("rule", RULES, ids=code)
@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.slug)
def test_lesson_keeps_the_rule(lesson: Lesson, rule: LintRule) -> None:
    findings = lint(lesson, context_of(lesson.slug), (rule,))
    assert not findings, "\n".join(finding.at(f"lessons/{lesson.slug}/lesson.md") for finding in findings)
