"""Somebody in front of the page: what they type, click and read. Tests are written in these words.

Knows the page by what a person or a screen reader finds there, and the steps by their slugs.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import LESSON, Lab

CREATE = "create-but-do-not-start"
WATCH = "start-it-and-watch"
LOGS = "start-it-without-watching-then-read-its-logs"
RUN = "start-something-that-never-ends"
STOP = "ask-it-to-stop"
LISTEN = "a-process-that-listens"
KILL = "force-it"
STEPS = (CREATE, WATCH, LOGS, RUN, STOP, LISTEN, KILL)
PROMPT = re.compile(r"learner@slipway:\S*\$ *$")
PATIENT = 90_000  # milliseconds; a busy machine is slow, and no test is about speed


def comes_to(page: Page, lab: Lab, path: str) -> None:
    """By the printed link, and on when it has let the page in: who leaves before has to give the link again."""
    page.goto(lab.url)
    expect(page.locator(".course-start")).to_be_visible(timeout=PATIENT)
    page.goto(lab.base + path)


class Learner:
    """One page of one person."""

    def __init__(self, page: Page, lab: Lab) -> None:
        self.page, self.lab = page, lab

    # Going somewhere

    def open_lesson(self, lesson: str = LESSON) -> None:
        """Come by the printed link, go to the lesson, and wait for the engine and the prompt."""
        comes_to(self.page, self.lab, f"/lessons/{lesson}")
        self.is_ready()

    def reload(self) -> None:
        self.page.reload()
        self.is_ready()

    def is_ready(self) -> None:
        """The engine is there, and so is the shell."""
        self.sees_status("ready")
        expect(self.page.locator("lab-terminal:not([hidden])")).to_have_attribute("data-state", "live")
        self.sees_prompt()

    # Steps

    def step(self, slug: str) -> Locator:
        return self.page.locator(f"#step-{slug}")

    def runs(self, slug: str, block: int = 0) -> None:
        """Click Run beside the step's first (or other) block."""
        self.step(slug).get_by_role("button", name=re.compile("^Run: ")).nth(block).click()

    def sees_passed(self, slug: str) -> None:
        self.page.wait_for_selector(f"#step-{slug}[data-verdict=passed]", state="attached")

    def sees_not_passed(self, slug: str) -> None:
        expect(self.step(slug)).not_to_have_attribute("data-verdict", "passed")

    def sees_why(self, slug: str, words: str) -> None:
        """The step says in words what is missing, or what was done instead."""
        expect(self.step(slug).locator(".step-why-words")).to_contain_text(words)

    def turns_to(self, slug: str) -> None:
        """Make another step the one at hand, by its dot in the header."""
        self.page.locator(f'.dots a[data-step="{slug}"]').click()
        expect(self.step(slug)).to_have_attribute("current", "")

    # The picture

    @property
    def picture(self) -> Locator:
        """The learner's own: in a class somebody else's may lie beside it."""
        return self.page.locator("lab-stage lab-scene")

    # The terminal

    @property
    def screen(self) -> str:
        """The terminal's lines in view, without what is right of the text."""
        rows = self.page.locator("lab-terminal:not([hidden]) .xterm-rows > div").all_inner_texts()
        return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows).rstrip()

    @property
    def whole_screen(self) -> str:
        """The same, with lines that were too long for the terminal put together again."""
        wide = self.page.locator("lab-terminal:not([hidden]) .xterm-rows > div").all_inner_texts()
        return "".join(row.replace("\xa0", " ").rstrip(" ") for row in wide)

    def interrupts(self) -> None:
        """Ctrl-C, in the terminal."""
        self._goes_to_the_terminal()
        self.page.keyboard.press("Control+c")

    def tells(self, line: str) -> None:
        """A line for the program that runs in the terminal, which may or may not echo it."""
        self._goes_to_the_terminal()
        self.page.keyboard.type(line + "\n")

    def _goes_to_the_terminal(self) -> None:
        self.page.locator("lab-terminal:not([hidden]) textarea.xterm-helper-textarea").focus()

    def types(self, line: str) -> None:
        """Type a line into the terminal, key by key, and Enter once it stands there."""
        self._goes_to_the_terminal()
        self.page.keyboard.type(line)
        self.awaits(lambda screen: _bare(screen).endswith(_bare(line)))
        self.page.keyboard.press("Enter")

    def does(self, line: str) -> None:
        """Type a line, and wait until the prompt is back."""
        self.types(line)
        self.sees_prompt()

    def clears(self) -> None:
        """An empty screen with a prompt, and nothing above it."""
        self.does("clear")
        self.awaits(lambda screen: screen.count("\n") == 0 and PROMPT.search(screen) is not None)

    def sees(self, text: str, times: int = 1) -> None:
        """The terminal shows the text exactly so many times."""
        self.awaits(lambda screen: screen.count(text) == times)

    def sees_prompt(self) -> None:
        """The last line is a prompt, with nothing typed behind it."""
        self.awaits(lambda screen: PROMPT.search(screen) is not None)

    def awaits(self, true: Callable[[str], bool]) -> None:
        """Until something is true of what the terminal shows."""
        for _ in range(PATIENT // 100):
            if true(self.screen):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the terminal shows\n{self.screen}")

    # The bar above the picture

    def sees_status(self, state: str) -> None:
        self.page.wait_for_selector(f"lab-status[data-state={state}]", state="attached")

    @property
    def status(self) -> str:
        return self.page.locator("lab-status .status-words").inner_text()

    def remembers(self) -> None:
        """Keep all that the status and the step at hand say from now on: some of it stands there only for a moment."""
        self.page.evaluate(REMEMBER)

    def awaits_words(self, words: str) -> None:
        """The page says so, or has said so since `remembers`."""
        for _ in range(PATIENT // 100):
            said = self.page.evaluate("window.said")
            if any(words in one for one in said):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the page said only {said}")


def _bare(text: str) -> str:
    """Without white space, for a long line is broken where the terminal ends."""
    return "".join(text.split())


# What the status and the step at hand say, in window.said, from now on.
REMEMBER = """() => {
  window.said = []
  const places = ["lab-status .status-words", "lab-step[current] .step-why", "lab-step[current] .step-state"]
  const note = () => {
    const text = [...document.querySelectorAll(places.join(", "))].map((one) => one.textContent).join(" | ")
    if (window.said.at(-1) !== text) window.said.push(text)
  }
  const all = { subtree: true, childList: true, characterData: true, attributes: true }
  new MutationObserver(note).observe(document.body, all)
  note()
}"""
