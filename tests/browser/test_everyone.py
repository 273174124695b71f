"""For everybody: no serious finding of axe, in light and dark, wide and narrow; nothing moves for who wants rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import is_for_everyone
from tests.browser.lab import LESSON, Lab
from tests.browser.learner import KILL, LISTEN, RUN, STEPS, STOP, Learner, comes_to

pytestmark = pytest.mark.browser

SIZES = ((1440, 900), (390, 844))
THEMES = ("light", "dark")


@pytest.fixture
def everyone(fresh: Lab, sit: Callable[..., Learner]) -> list[Learner]:
    """Four pages before the same seat: each size in each theme."""
    return [sit(*size, color_scheme=theme) for size, theme in product(SIZES, THEMES)]


def test_the_way_inis_for_everyone(lab: Lab, everyone: list[Learner]) -> None:
    for learner in everyone:
        page = learner.page
        page.goto(lab.base)
        expect(page.get_by_role("dialog")).to_be_visible()
        is_for_everyone(page, "the panel")
        page.goto(lab.url)
        expect(page.locator(".course-start")).to_be_visible()
        is_for_everyone(page, "the lessons")


def test_the_lessonis_for_everyone_from_beginning_to_end(lab: Lab, everyone: list[Learner]) -> None:
    for learner in everyone:
        comes_to(learner.page, lab, f"/lessons/{LESSON}")
        learner.sees_status("ready")
        for view in _views(learner.page):
            is_for_everyone(learner.page, f"the new lesson, {view}")

    wide = everyone[0]
    wide.is_ready()
    wide.does("docker run busybox echo wrong")  # a mistake is on the page, too
    wide.turns_to(RUN)
    wide.runs(RUN)
    wide.sees_passed(RUN)
    wide.sees_prompt()
    wide.types("docker stop clock")
    expect(wide.picture).to_contain_text("SIGTERM")
    for learner in everyone:
        learner.sees_passed(RUN)
        for view in _views(learner.page):
            is_for_everyone(learner.page, f"the lesson in the middle, {view}")

    wide.sees_passed(STOP)
    wide.sees_prompt()
    for slug in (LISTEN, KILL, *STEPS):
        if wide.step(slug).get_attribute("data-verdict") != "passed":
            wide.turns_to(slug)
            wide.runs(slug)
            wide.sees_passed(slug)
            wide.sees_prompt()
    for learner in everyone:
        for slug in STEPS:
            learner.sees_passed(slug)
        for view in _views(learner.page):
            is_for_everyone(learner.page, f"the finished lesson, {view}")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_who_wants_it_still(fresh: Lab, sit: Callable[..., Learner], motion: str) -> None:
    learner = sit(reduced_motion=motion)
    learner.open_lesson()
    learner.page.evaluate(WATCH_MOTION)
    learner.turns_to(RUN)
    learner.runs(RUN)
    learner.sees_passed(RUN)
    learner.sees_prompt()
    learner.types("docker stop -t 3 clock")
    expect(learner.picture).to_contain_text("SIGKILL")
    learner.sees_prompt()
    moved = learner.page.evaluate("window.moved")
    assert (moved == []) == (motion == "reduce"), moved


def _views(page: Page) -> Iterator[str]:
    """Each view that this page's width has: on a narrow page, one after the other."""
    tabs = page.locator("lab-views button:visible")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        yield tabs.nth(number).inner_text()
    if not tabs.count():
        yield "all of it"


WATCH_MOTION = """() => {
  window.moved = []
  const look = () => {
    for (const one of document.getAnimations()) {
      const time = one.effect?.getComputedTiming?.().duration ?? 0
      if (one.playState === "running" && time > 1) {
        const name = one.animationName ?? one.transitionProperty ?? "script"
        const said = `${name} on ${one.effect.target?.outerHTML.slice(0, 60)}`
        if (!window.moved.includes(said)) window.moved.push(said)
      }
    }
    requestAnimationFrame(look)
  }
  look()
}"""
