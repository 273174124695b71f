"""The keyboard alone: from opening the page to a step that has passed, seeing at each moment where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, WATCH, Learner

pytestmark = pytest.mark.browser


def test_a_step_is_done_without_a_mouse(fresh: Lab, sit: Callable[..., Learner]) -> None:
    learner = sit()
    page, keys = learner.page, learner.page.keyboard
    page.goto(fresh.url)
    start = page.locator(".course-start")
    expect(start).to_be_visible()
    _tab_to(page, ".course-start")
    keys.press("Enter")
    page.wait_for_url(f"**/lessons/{LESSON}")
    learner.is_ready()

    # The skip links come first: into the terminal at once.
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the lesson")).to_be_focused()
    keys.press("Tab")
    skip = page.get_by_role("link", name="Skip to the terminal")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    keys.press("F6")
    keys.press("Shift+F6")
    keys.type("docker create --name greeter busybox echo 'hi there'")
    keys.press("Enter")
    learner.sees_passed(CREATE)

    # Tab belongs to the shell; F6 is the way out, and the letters are keys again.
    learner.sees_prompt()
    keys.press("Tab")
    assert page.evaluate("document.activeElement.closest('lab-terminal') !== null")
    keys.press("F6")
    expect(page.locator("#lesson")).to_be_focused()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(learner.step(WATCH)).to_have_attribute("current", "")
    keys.press("h")
    expect(learner.step(WATCH).locator(".help.hint")).to_be_focused()
    keys.press("r")
    learner.sees_passed(WATCH)
    keys.press("n")
    keys.press("b")
    keys.press("t")
    assert page.evaluate("document.activeElement.closest('lab-terminal') !== null")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_whatever_has_the_focus_can_be_seen_to_have_it(lab: Lab, sit: Callable[..., Learner], theme: str) -> None:
    learner = sit(color_scheme=theme)
    learner.open_lesson()
    page = learner.page
    page.locator("body").press("Tab")
    met = []
    for _ in range(60):
        found = page.evaluate(FOCUS)
        if found["name"] in ("body", "terminal"):
            break
        met.append(found["name"])
        assert found["shown"], found
        page.keyboard.press("Tab")
    assert len(met) > 15, met


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


# What has the focus, and whether an outline, a shadow or (on the borders) a bright line shows it.
FOCUS = """async () => {
  const at = document.activeElement
  const style = getComputedStyle(at)
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
  const line = getComputedStyle(at, "::after")
  const fading = at.getAnimations({ subtree: true }).map((one) => one.finished)
  if (!outlined) await Promise.all(fading)
  const lit = line.content !== "none" && line.opacity === "1"
  const box = at.getBoundingClientRect()
  const inTerminal = at.closest("lab-terminal") && at.matches("textarea")
  const name = inTerminal ? "terminal" : at === document.body ? "body" : at.outerHTML.slice(0, 120)
  return { name, shown: (outlined || lit || style.boxShadow !== "none") && box.width > 0 && box.height > 0 }
}"""
