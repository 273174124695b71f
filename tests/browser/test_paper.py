"""On paper: every lesson with its picture, its steps and its answers, with an engine and without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from slipway.proofs.course import LESSONS
from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

SHEET: ViewportSize = {"width": 718, "height": 1040}  # A4 between its margins: narrower than any page with two columns
WORDS_OUTSIDE = """svg => {
  const sheet = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('text')].filter(text => {
    const { left, right, top, bottom } = text.getBoundingClientRect()
    return left < sheet.left - 2 || right > sheet.right + 2 || top < sheet.top - 2 || bottom > sheet.bottom + 2
  }).map(text => text.textContent)
}"""

NAMED_TWICE = "[...document.querySelectorAll('[id]')].map(one => one.id).filter((id, at, all) => all.indexOf(id) < at)"


def is_a_picture(scene: Locator) -> None:
    """It is there, as wide as the sheet allows, with words in it, and none of them beside it."""
    drawing = scene.locator("svg")
    expect(drawing).to_be_visible()
    box = drawing.bounding_box()
    assert box
    assert box["width"] > 500
    assert box["height"] > 200
    assert box["x"] + box["width"] <= SHEET["width"] + 1
    assert drawing.locator("text").count() >= 5
    assert drawing.evaluate(WORDS_OUTSIDE) == []


@pytest.mark.parametrize("lesson", sorted(one.name for one in LESSONS.iterdir()))
def test_a_lesson_without_an_engine_is_printed_with_its_picture(browser: Browser, folder: Path, lesson: str) -> None:
    context = browser.new_context(viewport=SHEET)
    page = context.new_page()
    page.goto((folder / "docker" / "course" / "lessons" / f"{lesson}.html").as_uri())
    expect(page.locator("lab-still svg")).to_be_attached()
    expect(page.locator("lab-still")).to_be_hidden()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    is_a_picture(page.locator("lab-still lab-scene"))
    expect(page.locator("lab-still > p")).to_contain_text("As it stood on a real engine when")
    expect(page.locator("lab-player")).to_be_hidden()
    for body in page.locator(".step-body, details.question .prose").all():
        expect(body).to_be_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(23, 33, 47)", "dark, on white paper"
    assert page.evaluate(NAMED_TWICE) == [], "a hidden drawing would lend its arrow heads"
    page.emulate_media(media="screen")
    expect(page.locator("details.question .prose").first).to_be_hidden()
    context.close()


def test_the_live_page_is_printed_with_its_picture_whatever_is_on_the_screen(sit: Callable[..., Learner]) -> None:
    learner = sit()
    learner.open_lesson()
    page = learner.page
    page.keyboard.press("d")
    expect(learner.picture.locator(".scene-canvas")).to_be_hidden()
    page.locator("header [data-toggle=api-calls]").click()
    page.set_viewport_size(SHEET)
    expect(learner.picture).to_be_hidden()
    page.emulate_media(media="print")
    is_a_picture(learner.picture)
    expect(page.locator("lab-api-calls")).to_be_hidden()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("header [data-toggle=api-calls]").click()
    expect(learner.picture.locator(".scene-text")).to_be_visible()


def test_without_a_script_a_lesson_says_what_is_missing(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "docker" / "course" / "lessons" / "01-the-life-of-a-container.html").as_uri())
    expect(page.get_by_text("need JavaScript")).to_be_visible()
    expect(page.locator(".step-body").last).to_be_visible()
    context.close()
