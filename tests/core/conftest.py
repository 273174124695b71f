"""Fixtures of the core's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.core import events as e
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from tests.core.docker_events import ScriptedEngine

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def clock(engine: ScriptedEngine) -> e.Target:
    return engine.run_detached("clock", "ping")


@pytest.fixture(scope="session")
def life() -> Lesson:
    folder = LESSONS / "01-the-life-of-a-container"
    return parse(folder.name, (folder / "lesson.md").read_text())
