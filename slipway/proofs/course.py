"""Reads the course from its folder: `lessons/NN-name/lesson.md`, in the order of the numbers."""

from __future__ import annotations

from pathlib import Path

from slipway.core.lessons.finding import LessonError
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.settings import ROOT

LESSONS = ROOT / "lessons"


def read(folder: Path = LESSONS) -> list[Lesson]:
    """Return all lessons of the course. Raises LessonError when one is invalid or there is none."""
    paths = sorted(path for path in folder.iterdir() if path.is_dir())
    if not paths:
        raise LessonError(f"no lesson in {folder.name}/")
    return [read_one(path) for path in paths]


def read_one(folder: Path) -> Lesson:
    """Return the lesson in one folder. Raises LessonError."""
    file = folder / "lesson.md"
    if not file.is_file():
        raise LessonError(f"{folder.name}: no lesson.md in it")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(f"{folder.name}: lesson.md is not UTF-8: {error.reason} at byte {error.start}") from None
    return parse(folder.name, text)
