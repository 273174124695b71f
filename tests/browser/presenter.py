"""Somebody who gives a lesson from the projector's page: the keys of a keyboard and of a remote."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.lab import LESSON
from tests.browser.learner import PATIENT, Learner, comes_to

HALL = {"width": 1920, "height": 1080}


class Presenter(Learner):
    """Somebody at the lectern, who never touches the mouse."""

    def presents(self) -> None:
        comes_to(self.page, self.lab, f"/present/{LESSON}")
        self.is_up()

    def is_up(self) -> None:
        self.sees_status_hidden()
        expect(self.page.locator("lab-terminal")).to_have_attribute("data-state", "live", timeout=PATIENT)
        self.sees_prompt()

    def sees_status_hidden(self) -> None:
        self.page.wait_for_selector("lab-status[data-state=ready]", state="attached", timeout=PATIENT)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def idea(self, name: str) -> None:
        """This idea is on the screen, and no other."""
        expect(self.page.locator(f"lab-idea[name={name}]")).to_be_visible(timeout=PATIENT)
        expect(self.page.locator("lab-idea:visible")).to_have_count(1)

    def goes_to(self, name: str) -> None:
        for _ in range(40):
            if self.page.locator(f"lab-idea[name={name}]").is_visible():
                return
            self.presses("n")
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{name} never came, {self.shown} is shown")

    def remotes_to(self, name: str) -> None:
        """Go on with a remote's one key until this idea is in view: what has passed is not typed again."""
        for _ in range(20):
            if self.page.locator(f"lab-idea[name={name}]").is_visible():
                return
            self.presses("PageDown")
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{name} never came, {self.shown} is shown")

    @property
    def shown(self) -> list[str]:
        """The names of the ideas in view."""
        return [one.get_attribute("name") or "" for one in self.page.locator("lab-idea:visible").all()]

    def remotes_through(self, name: str) -> None:
        """The same key, each time what was typed has run, until the step ticks."""
        idea = self.page.locator(f"lab-idea[name={name}]")
        for _ in range(20):
            if idea.get_attribute("data-verdict") == "passed":
                return
            assert idea.is_visible(), f"{name} was left behind"
            before = self._looks(name)
            self.presses("PageDown")
            self._awaits_another_look(name, before)
            self.hand_rests()
            self.sees_prompt()
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{name} never passed, the terminal shows\n{self.screen}")

    def _looks(self, name: str) -> tuple[str, str]:
        """What a key can change: the terminal, and what is shown of the idea."""
        return self.screen, self.page.locator(f"lab-idea[name={name}]").inner_text()

    def _awaits_another_look(self, name: str, before: tuple[str, str]) -> None:
        for _ in range(PATIENT // 100):
            if self._looks(name) != before:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the key did nothing at {name}, the terminal shows\n{self.screen}")

    def hand_rests(self) -> None:
        """Nothing is being typed, and what was has ended."""
        self.page.wait_for_selector("lab-present-keys:is(:not([data-hand]), [data-hand=free])", state="attached")

    def hand_is(self, state: str) -> None:
        expect(self.page.locator("lab-present-keys")).to_have_attribute("data-hand", state, timeout=PATIENT)

    def ticks(self, name: str) -> None:
        expect(self.page.locator(f"lab-idea[name={name}]")).to_have_attribute("data-verdict", "passed", timeout=PATIENT)
