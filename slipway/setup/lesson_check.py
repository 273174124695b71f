"""`./lab check`: reads the lessons as the lab would, and says all that is wrong with them. Needs no Docker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from slipway.core.lessons.parser import LessonError
from slipway.proofs import course
from slipway.setup.console import Console, StageFailed


def check(names: Sequence[str], console: Console, lessons: Path = course.LESSONS) -> bool:
    """Whether every lesson (or each one named) can be read. Raises StageFailed when a name is no lesson."""
    read = [_reads(folder, console) for folder in chosen(names, lessons)]  # all of them, not up to the first that fails
    return all(read)


def chosen(names: Sequence[str], lessons: Path = course.LESSONS) -> list[Path]:
    """The folders of these lessons, named in full, by their number, or by their path; all without a name.

    Raises StageFailed when a name is no lesson's.
    """
    there = sorted(folder for folder in lessons.iterdir() if folder.is_dir())
    if not names:
        return there
    return [_one(name, there) for name in names]


def _one(name: str, there: Sequence[Path]) -> Path:
    wanted = Path(name).parent.name if name.endswith("lesson.md") else Path(name).name
    for folder in there:
        if wanted in (folder.name, folder.name.partition("-")[0]):
            return folder
    raise StageFailed(f"There is no lesson {name}.", hint=f"There are: {', '.join(folder.name for folder in there)}")


def _reads(folder: Path, console: Console) -> bool:
    try:
        lesson = course.read_one(folder)
    except LessonError as error:
        console.print(f"✗ {error}")
        return False
    console.print(f"✓ {folder.name}: {lesson.title}, {len(lesson.steps)} steps")
    return True
