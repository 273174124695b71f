"""Which ways of a proof are tried twice, and what is said of them. The real plays are `./lab test`'s last checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.core.lessons.lesson import Lesson, Step
from slipway.core.recordings.proof import ProofRecord
from slipway.proofs import course, run
from slipway.proofs.prover import ProofOutcome, Way

LESSON = next(lesson for lesson in course.read() if lesson.number == 1)


class ScriptedProver:
    """Returns these problems one after the other, then none."""

    engine_version = "26.1"

    def __init__(self, *problems: str) -> None:
        self.problems = list(problems)

    def try_way(self, _lesson: Lesson, step: Step, way: Way) -> ProofOutcome:
        record = ProofRecord(step.slug, way.kind, way.commands, (), "passed", "")
        return ProofOutcome(record, self._next())

    def walk(self, lesson: Lesson, *, slow: bool) -> Iterator[tuple[Step, str]]:
        for step in lesson.steps:
            yield step, self._next()

    def _next(self) -> str:
        return self.problems.pop(0) if self.problems else ""


def prove(problems: tuple[str, ...], flaky: list[str] | None, folder: Path) -> int:
    report = run.ProofReport(lambda _line: None, flaky)
    return run._prove_lesson(ScriptedProver(*problems), LESSON, report, folder)  # type: ignore[arg-type]


def walk(problems: tuple[str, ...], flaky: list[str] | None) -> int:
    report = run.ProofReport(lambda _line: None, flaky)
    return run._walk_lesson(ScriptedProver(*problems), LESSON, report, slow=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(("problems", "failed", "flaky"), [((), 0, 0), (("late",), 0, 1), (("late", "late"), 1, 0)])
def test_way_that_goes_wrong_is_tried_once_more(
    problems: tuple[str, ...], failed: int, flaky: int, tmp_path: Path
) -> None:
    names: list[str] = []
    assert prove(problems, names, tmp_path) == failed
    assert len(names) == flaky
    assert all(name.startswith(f"{LESSON.slug}, step 1, solution: docker create") for name in names)


def test_way_counts_the_first_time_without_a_list(tmp_path: Path) -> None:
    assert prove(("late",), None, tmp_path) == 1


def test_lesson_is_walked_once_more_from_the_beginning() -> None:
    names: list[str] = []
    assert walk(("late",), names) == 0
    assert names == [LESSON.slug]
    assert walk(("late",) * (len(LESSON.steps) + 1), names) == 1
    assert walk(("late",), None) == 1
