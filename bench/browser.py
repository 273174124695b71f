"""`./lab bench browser`: a real lab in a real browser, with the processor throttled four times.

Measures the time from Ctrl-C in a flood until the prompt is drawn (not only received), and from the click on a lesson
to its first prompt: with a prepared sandbox (warm), and without (cold). Medians of five.
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
READING_TIME = 2000  # milliseconds on the list of lessons, before the click
MOMENTS = {"in its first second": 700, "after four seconds": 4000}


def main() -> int:
    """Measure and print a line for each figure."""
    args = _arguments()
    with tempfile.TemporaryDirectory() as folder, _browser() as browser:
        warm = Lab(Path(folder) / "warm", Path(folder) / "warm.log")
        with _running(warm):
            _print("click to prompt, warm", [_click_to_prompt(browser, warm) for _ in range(args.rounds)])
            page = _at_prompt(browser, warm)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": args.slower})
            for name, line in FLOODS.items():
                for moment, milliseconds in MOMENTS.items():
                    found = [_interrupt(page, line, milliseconds) for _ in range(args.rounds)]
                    _print(f"Ctrl-C to prompt, {name}, {moment}, {args.slower} times slower", found)
        _print("click to prompt, cold", [_cold(browser, Path(folder) / f"cold-{one}") for one in range(args.rounds)])
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab bench browser --")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slower", type=int, default=4, help="how much the processor is throttled")
    return parser.parse_args()


def _print(name: str, milliseconds: list[float]) -> None:
    each = " ".join(f"{one:.0f}" for one in milliseconds)
    print(f"{name}: {statistics.median(milliseconds):.0f} ms (of {each}; load {os.getloadavg()[0]:.1f})", flush=True)


@contextmanager
def _running(lab: Lab) -> Iterator[None]:
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


def _at_prompt(browser: Browser, lab: Lab) -> Page:
    """Open the first lesson and wait for its prompt."""
    page = _open_list(browser, lab)
    page.locator(START).click()
    page.wait_for_function("() => window.promptAt")
    page.locator("#terminal-1 textarea.xterm-helper-textarea").focus()
    page.keyboard.type("seq -f 'line %g of a large file' 500000 > big; clear\n")
    page.wait_for_timeout(3000)
    return page


def _open_list(browser: Browser, lab: Lab) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENT)
    context.add_init_script(WATCH_PROMPT)
    page = context.new_page()
    page.goto(lab.url)
    page.locator(START).wait_for()
    return page


def _click_to_prompt(browser: Browser, lab: Lab) -> float:
    """Return the milliseconds from the click to the prompt, with a sandbox that is ready by then."""
    page = _open_list(browser, lab)
    page.wait_for_timeout(READING_TIME)
    return _time_to_prompt(page)


def _cold(browser: Browser, state: Path) -> float:
    """Return the same for a lab that prepares no sandbox: two containers are created, and an engine starts."""
    lab = Lab(state, state.with_suffix(".log"), '{"warm": 0}')
    with _running(lab):
        return _time_to_prompt(_open_list(browser, lab))


def _time_to_prompt(page: Page) -> float:
    page.locator(START).click()
    page.wait_for_function("() => window.promptAt")
    found = float(page.evaluate("window.promptAt"))
    page.context.close()
    return found


def _interrupt(page: Page, line: str, after: float) -> float:
    """Return the milliseconds from Ctrl-C until the prompt is drawn."""
    page.keyboard.type(line + "\n")
    page.wait_for_timeout(after)
    page.evaluate(WATCH_INTERRUPT)
    page.keyboard.press("Control+c")
    page.wait_for_function("() => window.interrupted")
    found = float(page.evaluate("window.interrupted"))
    page.keyboard.type("clear\n")
    page.wait_for_timeout(1500)
    return found


# Records when the first prompt is drawn, in milliseconds since the click that led to this page.
WATCH_PROMPT = r"""
window.lastLine = () => [...document.querySelectorAll("#terminal-1 .xterm-rows > div")]
  .map((row) => row.textContent.replaceAll("\u00a0", " ").trim()).filter(Boolean).at(-1) ?? ""
const look = () => {
  if (/^learner@slipway:.*\$$/.test(window.lastLine())) window.promptAt = performance.now()
  else requestAnimationFrame(look)
}
requestAnimationFrame(look)
"""
# Counts from the time stamp of the key event: the page may get the event late, the stamp is that of the press.
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
