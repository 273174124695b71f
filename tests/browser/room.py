"""A class in its browsers: the instructor's, and one for each learner. Knows the pages that they meet on."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import PATIENT, Learner, comes_to


def joins(page: Page, name: str, code: str = "") -> None:
    page.get_by_label("Your name").fill(name)
    if code:
        page.get_by_label("The class’s code").fill(code)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.locator(".join-done")).to_be_visible()


class Room:
    """The class: the real lab, its instructor's wall, and everybody's pages."""

    def __init__(self, lab: Lab, browser: Browser) -> None:
        self.lab, self._browser = lab, browser
        self.pupils: dict[str, Learner] = {}
        self.contexts: list[BrowserContext] = []
        self.teacher = self.page()
        comes_to(self.teacher, lab, "/invite")
        expect(self.teacher.locator(".invite-code")).to_have_text(re.compile(r"\w{3}-\w{3}"))
        self.place = self.teacher.locator(".invite-place").inner_text()
        self.code = self.teacher.locator(".invite-code").inner_text()
        self.link = next(line.split()[-1] for line in lab.log.read_text().splitlines() if "As a link" in line)

    def page(self, width: int = 1440, height: int = 900, theme: str = "light") -> Page:
        context = self._browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENT)
        self.contexts.append(context)
        return context.new_page()

    def beside(self, page: Page, width: int, height: int, theme: str) -> Page:
        """Another browser of the same person."""
        other = self.page(width, height, theme)
        secret = page.evaluate("localStorage.getItem('slipway.secret')")
        other.context.add_init_script(f"localStorage.setItem('slipway.secret', '{secret}')")
        return other

    def comes(self, name: str, page: Page) -> Learner:
        """Somebody who has joined goes to the lesson."""
        page.goto(f"http://{self.place}/lessons/{LESSON}")
        self.pupils[name] = pupil = Learner(page, self.lab)
        pupil.is_ready()
        return pupil

    @property
    def stuck(self) -> list[Learner]:
        return [self.pupils[name] for name in ("Anna", "Ben", "Cem")]

    def wall(self) -> Page:
        if not self.teacher.url.endswith("/wall"):
            self.teacher.goto(f"{self.lab.base}/wall")
        return self.teacher

    def dot(self, name: str) -> Locator:
        return self.wall().locator(f'.dashboard-board .dot[aria-label^="{name},"]')
