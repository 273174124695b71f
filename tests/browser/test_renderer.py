"""The graphics card draws the terminal where there is one; when it goes away, the text stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserType, expect

from slipway.setup.machine_facts import find_chromium
from tests.browser.lab import LESSON, Lab
from tests.browser.learner import PATIENT, Learner, comes_to

pytestmark = pytest.mark.browser

IN_SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@pytest.fixture
def accelerated(lab: Lab, browser_type: BrowserType) -> Iterator[Learner]:
    browser = browser_type.launch(executable_path=find_chromium(), args=list(IN_SOFTWARE))
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENT)
    context.add_init_script(KEEP)
    yield Learner(context.new_page(), lab)
    browser.close()


def test_the_card_draws_and_when_it_is_lost_elements_do(accelerated: Learner) -> None:
    page = accelerated.page
    comes_to(page, accelerated.lab, f"/lessons/{LESSON}")
    terminal = page.locator("#terminal-1")
    expect(terminal).to_have_attribute("data-state", "live")
    expect(terminal).to_have_attribute("data-renderer", "webgl")
    page.locator("#terminal-1 textarea.xterm-helper-textarea").focus()
    page.keyboard.type("clear; echo drawn-$((1))\n")
    page.wait_for_function(WRITTEN_ON)

    page.evaluate("window.cards.map((card) => card.getExtension('WEBGL_lose_context')?.loseContext())")
    expect(terminal).to_have_attribute("data-renderer", "dom")
    accelerated.sees("drawn-1")
    accelerated.does("echo still-$((1))")
    accelerated.sees("still-1")


# Every WebGL context of the page in window.cards, each of which keeps what it has drawn, so that it can be read.
KEEP = """
window.cards = []
const { getContext } = HTMLCanvasElement.prototype
HTMLCanvasElement.prototype.getContext = function (kind, options) {
  const made = getContext.call(this, kind, kind === "webgl2" ? { ...options, preserveDrawingBuffer: true } : options)
  if (kind === "webgl2" && made && !window.cards.includes(made)) window.cards.push(made)
  return made
}
"""
# Whether there are letters on the largest of these canvases: more than a ground and a cursor.
WRITTEN_ON = """() => {
  const card = window.cards.toSorted((one, other) => other.canvas.width - one.canvas.width)[0]
  const [width, height] = [card.drawingBufferWidth, card.drawingBufferHeight]
  const pixels = new Uint8Array(width * height * 4)
  card.readPixels(0, 0, width, height, card.RGBA, card.UNSIGNED_BYTE, pixels)
  return new Set(new Uint32Array(pixels.buffer)).size > 4
}"""
