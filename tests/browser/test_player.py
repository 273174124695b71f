"""Show me: a step's recording in the page, over a lab that is alive beneath it and hears nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import LESSON
from tests.browser.learner import CREATE, STOP, Learner, comes_to

pytestmark = pytest.mark.browser

PLAYER = "lab-player"
QUIET = re.compile(r"^[0-9]$|^2(/pty,)?\[\"(parsed|resize)\"|^42/pty,\[\"parsed\"")
"""What a page sends by itself: pongs, and how far the terminal was drawn."""


def shows(learner: Learner, slug: str) -> None:
    learner.step(slug).get_by_role("button", name=re.compile("^Show me")).click()
    expect(learner.page.locator(PLAYER)).to_be_visible()
    expect(learner.page.locator(f"{PLAYER} .xterm-rows")).to_be_visible()


def seeks(page: Page, share: float) -> None:
    page.evaluate(
        "share => { const p = document.querySelector('lab-player'); p.pause(); p.seek(share * p.length) }", share
    )


def recorded_screen(page: Page) -> str:
    rows = page.locator(f"{PLAYER} .xterm-rows > div").all_inner_texts()
    return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows).rstrip()


def picture(page: Page, within: str) -> str:
    return " ".join(page.locator(f"{within} lab-scene .scene-text li").all_text_contents())


def test_a_recording_plays_to_its_end_and_counts_for_nothing(learner: Learner) -> None:
    page = learner.page
    shows(learner, CREATE)
    expect(page.locator(PLAYER).get_by_text("Recording", exact=True)).to_be_visible()
    expect(page.locator(".player-verdict")).to_contain_text("✓ Passed")
    expect(page.get_by_role("button", name="Once more")).to_be_visible()
    assert "docker create" in recorded_screen(page)
    learner.sees_not_passed(CREATE)
    verdict = page.request.get(
        f"{learner.lab.base}/api/progress", headers={"Authorization": f"Bearer {learner.lab.token}"}
    ).json()["lessons"]["01-the-life-of-a-container"][CREATE]["verdict"]
    assert verdict == "not-yet"


def test_the_lab_hears_nothing_and_everything_is_there_again(fresh: object, sit: Callable[..., Learner]) -> None:
    learner = sit()
    sent: list[str] = []
    learner.page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data))))
    learner.open_lesson()
    learner.does("docker create --name mine busybox")
    page = learner.page
    expect(page.locator("#stage lab-stage .scene-text")).to_contain_text("mine")
    before = (learner.screen, picture(page, "#stage lab-stage"), page.locator("#terminal").bounding_box())
    sent.clear()
    shows(learner, CREATE)
    for share in (0.9, 0.1, 1.0):
        seeks(page, share)
    page.keyboard.type("lsdk")
    assert "mine" not in picture(page, PLAYER)
    page.keyboard.press("Escape")
    expect(page.locator(PLAYER)).to_be_hidden()
    assert (learner.screen, picture(page, "#stage lab-stage"), page.locator("#terminal").bounding_box()) == before
    assert [frame for frame in sent if not QUIET.match(frame)] == []
    assert page.evaluate("document.activeElement.className").endswith("step-show")
    learner.does("echo still here")
    learner.sees("still here", times=2)


def test_what_happens_meanwhile_is_not_missed(learner: Learner) -> None:
    page = learner.page
    learner.types("sleep 4; docker create --name late busybox")
    shows(learner, CREATE)
    expect(page.locator("#stage lab-stage .scene-text")).to_contain_text("late")
    assert "late" not in picture(page, PLAYER)
    page.get_by_role("button", name="Back to your own").click()
    learner.sees_prompt()


def test_any_moment_can_be_looked_at_and_the_ten_seconds_are_all_there(learner: Learner) -> None:
    page = learner.page
    learner.turns_to(STOP)
    shows(learner, STOP)
    marks = page.evaluate("document.querySelector('lab-player').marks")
    assert [mark["passed"] for mark in marks][-1]
    seeks(page, 0.6)
    expect(page.locator(f"{PLAYER} .scene-text")).to_contain_text("was asked to stop")
    asked = picture(page, PLAYER)
    page.keyboard.press("End")
    expect(page.locator(".player-verdict")).to_contain_text("Passed")
    expect(page.locator(f"{PLAYER} .scene-text")).to_contain_text("137")
    seeks(page, 0.6)
    expect(page.locator(".player-verdict")).to_contain_text("Not yet")
    expect(page.locator(f"{PLAYER} .scene-text")).to_contain_text("was asked to stop")
    assert picture(page, PLAYER) == asked
    assert page.evaluate("document.querySelector('lab-player').length") > 10


def test_the_keyboard_is_enough(learner: Learner) -> None:
    page = learner.page
    page.locator("#lesson").focus()
    page.keyboard.press("m")
    expect(page.locator(PLAYER)).to_be_focused()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_role("button", name="4 times as fast")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    page.keyboard.press("[")
    expect(page.get_by_role("slider", name="Position in the recording")).to_have_attribute(
        "aria-valuetext", re.compile("passed: ")
    )
    page.keyboard.press("F6")
    expect(page.locator("#lesson")).to_be_focused()
    page.keyboard.press("F6")
    expect(page.locator(PLAYER)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(PLAYER)).to_be_hidden()


def test_who_prefers_stillness_starts_it_themselves(fresh: object, sit: Callable[..., Learner]) -> None:
    learner = sit(reduced_motion="reduce")
    learner.open_lesson()
    shows(learner, CREATE)
    expect(learner.page.locator("#announcements")).to_contain_text("The recording waits.")
    expect(learner.page.locator(PLAYER)).not_to_have_attribute("playing", "")
    assert learner.page.evaluate("document.querySelector('lab-player').position") == 0
    learner.page.get_by_role("button", name="Play", exact=True).click()
    expect(learner.page.locator(".player-verdict")).to_contain_text("✓ Passed")


def test_on_a_phone_it_has_the_page_and_the_views_lead_out(fresh: object, sit: Callable[..., Learner]) -> None:
    learner = sit(390, 844)
    comes_to(learner.page, learner.lab, f"/lessons/{LESSON}")
    learner.sees_status("ready")
    shows(learner, CREATE)
    assert learner.page.evaluate("document.documentElement.scrollWidth") <= 390
    learner.page.get_by_role("button", name="Terminal", exact=True).click()
    expect(learner.page.locator(PLAYER)).to_be_hidden()
    learner.sees_prompt()
