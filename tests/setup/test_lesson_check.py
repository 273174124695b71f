"""`./lab check`: every lesson is looked at, and what is wrong is said with its place."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from slipway.proofs import course
from slipway.setup import lesson_check
from slipway.setup.console import Console, StageFailed

BROKEN = """---
title: Broken
minutes: 1
scene: lifecycle
lede: Broken.
---

## One

```check
- no_such_rule: {}
```
"""


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    (tmp_path / "01-broken").mkdir()
    (tmp_path / "01-broken" / "lesson.md").write_text(BROKEN)
    (tmp_path / "02-empty").mkdir()
    return tmp_path


def test_the_course_can_be_read(log: io.StringIO) -> None:
    assert lesson_check.check([], Console(log))
    assert log.getvalue().count("✓") == len(course.read())


def test_all_that_is_wrong_is_said_in_one_run(lessons: Path, log: io.StringIO) -> None:
    assert not lesson_check.check([], Console(log), lessons)
    assert log.getvalue().count("✗") == 2
    assert "no_such_rule" in log.getvalue()
    assert "02-empty" in log.getvalue()


@pytest.mark.parametrize("name", ["02", "02-empty", "lessons/02-empty", "lessons/02-empty/", "x/02-empty/lesson.md"])
def test_a_lesson_is_named_as_people_name_it(lessons: Path, name: str) -> None:
    assert lesson_check.chosen([name], lessons) == [lessons / "02-empty"]


def test_a_name_that_is_no_lesson_is_answered_with_those_there_are(lessons: Path) -> None:
    with pytest.raises(StageFailed) as caught:
        lesson_check.chosen(["09"], lessons)
    assert "01-broken, 02-empty" in caught.value.hint
