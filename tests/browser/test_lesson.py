"""The whole first lesson, as somebody does it who has just opened the link; and what stays of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, KILL, LISTEN, LOGS, RUN, STEPS, STOP, WATCH, Learner

pytestmark = pytest.mark.browser


def test_a_stranger_completes_the_lesson_and_it_stays_done(fresh: Lab, sit: Callable[..., Learner]) -> None:
    stranger = sit()
    page = stranger.page

    # The link: its token is taken out of the address at once.
    page.goto(fresh.url)
    start = page.get_by_role("link", name=re.compile("Start with"))
    expect(start).to_be_visible()
    assert page.url == f"{fresh.base}/"
    start.click()
    page.wait_for_url(f"**/lessons/{LESSON}")
    stranger.is_ready()
    expect(stranger.step(CREATE)).to_have_attribute("current", "")

    # Some steps are typed, some are run by a click; nobody presses a "check" button.
    stranger.does("docker create --name greeter busybox echo 'hi there'")
    stranger.sees_passed(CREATE)
    stranger.runs(WATCH)
    stranger.sees_passed(WATCH)
    stranger.does("docker start greeter")
    stranger.sees_not_passed(LOGS)
    stranger.does("docker logs greeter")
    stranger.sees_passed(LOGS)
    stranger.runs(RUN)
    stranger.sees_passed(RUN)
    stranger.sees_prompt()
    stranger.does("docker stop clock")
    stranger.sees_passed(STOP)
    stranger.runs(LISTEN)
    stranger.sees_passed(LISTEN)
    stranger.sees_prompt()
    stranger.does("docker start clock && docker kill $(docker ps -q --filter name=clock)")
    stranger.sees_passed(KILL)

    # What it was judged by is one click away.
    evidence = stranger.step(STOP).locator(".step-evidence")
    evidence.locator("summary").click()
    expect(evidence.get_by_role("listitem").first).to_be_visible()
    expect(evidence).to_contain_text("SIGKILL")

    expect(page.locator(".lesson-done")).to_be_visible()
    expect(page.locator(".dots-done")).to_have_text("7 of 7")

    # A reload forgets nothing, and neither does an app that was killed.
    stranger.reload()
    expect(page.locator(".dots-done")).to_have_text("7 of 7")
    fresh.kill()
    stranger.sees_status("offline")
    assert "Connection lost" in stranger.status
    fresh.up()
    stranger.is_ready()
    for slug in STEPS:
        stranger.sees_passed(slug)
    page.goto(fresh.base)
    expect(page.locator(f"[data-lesson='{LESSON}'] .course-progress")).to_have_text("✓ Done")
