"""`./lab bench browser`: a real lab in a real browser, whose processor is made four times slower.

How long from Ctrl-C in a flood until the prompt is drawn (not only received), and from the click on a lesson to its
first prompt: with a sandbox that waited (warm), and where one has to be made first (cold). Medians of five.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from slipway.setup.machine_facts import find_chromium
from tests.browser.lab import Lab
from tests.browser.learner import PATIENT

START = ".course-start:not([hidden])"
FLOODS = {
    "cat of a large file": "while :; do cat big; done",
    "yes": "yes 'the quick brown fox jumps over the lazy dog'",
}
LOOKS = 2000  # milliseconds in front of the list, before the click
MOMENTS = {"in its first second": 700, "after four seconds": 4000}


def main() -> int:
    """Measure, and print a line for each figure."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as place, _browser() as browser:
        warm = Lab(Path(place) / "warm", Path(place) / "warm.log")
        with _up(warm):
            _tell("click to prompt, warm", [_click_to_prompt(browser, warm) for _ in range(given.rounds)])
            page = _seated(browser, warm)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": given.slower})
            for name, line in FLOODS.items():
                for moment, milliseconds in MOMENTS.items():
                    found = [_interrupt(page, line, milliseconds) for _ in range(given.rounds)]
                    _tell(f"Ctrl-C to prompt, {name}, {moment}, {given.slower} times slower", found)
        _tell("click to prompt, cold", [_cold(browser, Path(place) / f"cold-{one}") for one in range(given.rounds)])
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab bench browser --")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slower", type=int, default=4, help="how much the processor is throttled")
    return parser.parse_args()


def _tell(name: str, milliseconds: list[float]) -> None:
    each = " ".join(f"{one:.0f}" for one in milliseconds)
    print(f"{name}: {statistics.median(milliseconds):.0f} ms (of {each}; load {os.getloadavg()[0]:.1f})", flush=True)


@contextmanager
def _up(lab: Lab) -> Iterator[None]:
    try:
        lab.up()
        yield
    finally:
        lab.stop()


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
        yield playwright.chromium.launch(executable_path=find_chromium(), args=options)


def _seated(browser: Browser, lab: Lab) -> Page:
    """Somebody at the prompt of the first lesson."""
    page = _at_home(browser, lab)
    page.locator(START).click()
    page.wait_for_function("() => window.promptAt")
    page.locator("#terminal-1 textarea.xterm-helper-textarea").focus()
    page.keyboard.type("seq -f 'line %g of a large file' 500000 > big; clear\n")
    page.wait_for_timeout(3000)
    return page


def _at_home(browser: Browser, lab: Lab) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENT)
    context.add_init_script(WATCH_PROMPT)
    page = context.new_page()
    page.goto(lab.url)
    page.locator(START).wait_for()
    return page


def _click_to_prompt(browser: Browser, lab: Lab) -> float:
    """Milliseconds from the click, for somebody whose sandbox is there, and who has looked at the list of lessons."""
    page = _at_home(browser, lab)
    page.wait_for_timeout(LOOKS)
    return _clicked(page)


def _cold(browser: Browser, state: Path) -> float:
    """The same for the first visitor of a lab that keeps none ready: two containers are made, and an engine starts."""
    lab = Lab(state, state.with_suffix(".log"), '{"warm": 0}')
    with _up(lab):
        return _clicked(_at_home(browser, lab))


def _clicked(page: Page) -> float:
    page.locator(START).click()
    page.wait_for_function("() => window.promptAt")
    found = float(page.evaluate("window.promptAt"))
    page.context.close()
    return found


def _interrupt(page: Page, line: str, after: float) -> float:
    """Milliseconds from the key to the prompt that is drawn."""
    page.keyboard.type(line + "\n")
    page.wait_for_timeout(after)
    page.evaluate(WATCH_INTERRUPT)
    page.keyboard.press("Control+c")
    page.wait_for_function("() => window.interrupted")
    found = float(page.evaluate("window.interrupted"))
    page.keyboard.type("clear\n")
    page.wait_for_timeout(1500)
    return found


# When the first prompt is drawn, in milliseconds since the click that led to this page.
WATCH_PROMPT = r"""
window.lastLine = () => [...document.querySelectorAll("#terminal-1 .xterm-rows > div")]
  .map((row) => row.textContent.replaceAll("\u00a0", " ").trim()).filter(Boolean).at(-1) ?? ""
const look = () => {
  if (/^learner@slipway:.*\$$/.test(window.lastLine())) window.promptAt = performance.now()
  else requestAnimationFrame(look)
}
requestAnimationFrame(look)
"""
# From the key's event on, which the page may get late: its own time stamp is that of the press.
WATCH_INTERRUPT = r"""() => {
  window.interrupted = 0
  addEventListener("keydown", function pressed(event) {
    if (event.key !== "c" || !event.ctrlKey) return
    removeEventListener("keydown", pressed, true)
    const look = () => {
      if (/learner@slipway:.*\$$/.test(window.lastLine())) window.interrupted = performance.now() - event.timeStamp
      else requestAnimationFrame(look)
    }
    look()
  }, true)
}"""

if __name__ == "__main__":
    sys.exit(main())
