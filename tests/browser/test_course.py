"""The whole course as a beginner walks it: lesson after lesson on one engine, each step done as its text says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from slipway.core.lessons.lesson import Lesson, Step
from slipway.proofs import course
from tests.browser.learner import PROMPT, Learner

pytestmark = pytest.mark.browser

# The first has tests of its own.
LESSONS = [lesson for lesson in course.read() if lesson.number != 1]
LOOKED_FOR = {"docker logs store": "Ready to accept connections"}  # by the text: asked again until it is there
ASKS = re.compile(r"(#|>|\[y/N\])$")  # a program that was started waits for a line
OVERFLOWING = """() => {
  const page = document.documentElement.scrollWidth > innerWidth ? ['the page'] : []
  const scene = document.querySelector('lab-stage lab-scene')
  const { left, right } = scene.getBoundingClientRect()
  return [...page, ...[...scene.querySelectorAll('svg text')].filter(text => {
    const box = text.getBoundingClientRect()
    return box.left < left - 1 || box.right > right + 1
  }).map(text => text.textContent)]
}"""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: str(lesson.slug))
def test_a_lesson_is_done_by_doing_what_it_says(lesson: Lesson, sit: Callable[..., Learner]) -> None:
    learner = sit()
    wrong: list[str] = []
    learner.page.on("pageerror", lambda error: wrong.append(str(error)))
    learner.open_lesson(lesson.slug)
    for step in lesson.steps:
        learner.turns_to(step.slug)
        do(learner, step)
        learner.sees_passed(step.slug)
        learner.sees_prompt()
        assert learner.picture.locator(".scene-text li").all_text_contents()
        assert learner.page.evaluate(OVERFLOWING) == [], step.slug
    expect(learner.page.locator(".lesson-done")).to_be_visible()
    assert wrong == []


def do(learner: Learner, step: Step) -> None:
    """Run the blocks of its text; what its solution has besides is typed."""
    lines = step.solution.splitlines()
    blocks = list(enumerate(block.splitlines() for block in step.blocks))
    while lines:
        if learner.step(step.slug).get_attribute("data-verdict") == "passed" and not lines[0].startswith("^"):
            return
        shell = [at for at, line in enumerate(lines) if not line.startswith("^")]
        block = shell[:1] == [0] and next(
            (one for one in blocks if one[1] == [lines[at] for at in shell[: len(one[1])]]), None
        )
        if block:
            blocks.remove(block)
            _run(learner, step.slug, *block)
            lines = lines[shell[len(block[1]) - 1] + 1 :]
        else:
            _type(learner, lines.pop(0))
        if not lines or not lines[0].startswith("^"):
            learner.awaits(_is_back)
            _hears(learner)


def _run(learner: Learner, slug: str, block: int, lines: list[str]) -> None:
    learner.sees_prompt()
    before = learner.screen
    learner.runs(slug, block)
    learner.awaits(lambda screen: screen != before and _rests(screen))
    _hears(learner)
    _looks_for(learner, lines[-1])


def _looks_for(learner: Learner, line: str) -> None:
    """A program that has just been started may still be silent when its log is read for the first time."""
    for _ in range(30):
        if LOOKED_FOR.get(line, "") in learner.screen:
            return
        learner.does(line)
    raise AssertionError(f"the log says\n{learner.screen}")


def _type(learner: Learner, line: str) -> None:
    if line == "^C":
        learner.awaits(lambda screen: "UTC" in _last(screen))
        learner.interrupts()
    elif line.startswith("^ "):
        learner.awaits(lambda screen: ASKS.search(screen) is not None)
        learner.tells(line[2:])
    else:
        learner.types(line)


def _hears(learner: Learner) -> None:
    """Most often the page has heard of it by then; if not, the rest of a step that has passed is done as well."""
    learner.page.wait_for_timeout(300)


def _last(screen: str) -> str:
    return screen.rpartition("\n")[2]


def _is_back(screen: str) -> bool:
    return PROMPT.search(screen) is not None


def _rests(screen: str) -> bool:
    """The prompt is back, or a program waits for a line, or speaks."""
    return _is_back(screen) or ASKS.search(screen) is not None or "UTC" in _last(screen)
