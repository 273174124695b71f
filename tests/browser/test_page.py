"""The lesson's page in use: click to run, copy, hints and solutions, the way on and back, the API calls."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.learner import CREATE, LISTEN, LOGS, RUN, WATCH, Learner

pytestmark = pytest.mark.browser


def test_a_block_is_typed_exactly_once_however_often_it_is_clicked(learner: Learner) -> None:
    learner.turns_to(LISTEN)
    learner.clears()
    block = learner.step(LISTEN).locator("lab-command").first
    text = (block.locator("code").text_content() or "").rstrip("\n")
    assert text.count("\n") == 3
    block.get_by_role("button", name=re.compile("^Run")).dblclick()
    learner.sees_passed(LISTEN)
    learner.sees_prompt()
    for line in text.splitlines():
        assert learner.whole_screen.count(line) == text.count(line), learner.screen
    learner.does("docker ps -a --format '{{.Names}} was made'")
    learner.sees("tidy was made")
    learner.sees("tidying up\n")


def test_a_block_can_be_copied_as_it_stands(fresh: Lab, sit: Callable[..., Learner]) -> None:
    learner = sit(permissions=["clipboard-read", "clipboard-write"])
    learner.open_lesson()
    learner.turns_to(LOGS)
    block = learner.step(LOGS).locator("lab-command").first
    block.get_by_role("button", name=re.compile("^Copy")).click()
    expect(block.locator(".copy")).to_have_text("Copied")
    assert learner.page.evaluate("navigator.clipboard.readText()") == "docker start greeter\ndocker logs greeter"


def test_help_comes_piece_by_piece_and_only_when_it_is_asked_for(learner: Learner) -> None:
    step = learner.step(CREATE)
    hint = step.locator(".step-hint")
    expect(step.locator(".help")).to_have_count(0)
    expect(hint).to_contain_text("2 left")
    hint.click()
    expect(step.locator(".help.hint")).to_have_count(1)
    expect(step.locator(".help.hint")).to_contain_text("The order matters")
    expect(hint).to_contain_text("1 left")
    hint.click()
    expect(step.locator(".help.hint")).to_have_count(2)
    expect(hint).to_be_hidden()
    step.locator(".step-solution").click()
    solution = step.locator(".help.solution")
    expect(solution).to_contain_text("docker create --name greeter busybox echo 'hi there'")
    learner.sees_not_passed(CREATE)
    solution.get_by_role("button", name=re.compile("^Run")).click()
    learner.sees_passed(CREATE)


def test_the_way_on_is_never_locked_and_what_is_skipped_says_so(learner: Learner) -> None:
    page = learner.page
    page.get_by_role("button", name="Next step").click()
    expect(learner.step(WATCH)).to_have_attribute("current", "")
    expect(learner.step(CREATE)).to_have_attribute("data-verdict", "skipped")
    page.get_by_role("button", name="Next step").click()
    page.get_by_role("button", name="Next step").click()
    expect(learner.step(RUN)).to_have_attribute("current", "")
    page.get_by_role("button", name="Previous step").click()
    expect(learner.step(LOGS)).to_have_attribute("current", "")

    learner.reload()
    expect(learner.step(CREATE)).to_have_attribute("data-verdict", "skipped")
    learner.turns_to(CREATE)
    learner.does("docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)


def test_the_api_calls_are_shown_and_the_picture_has_words(learner: Learner) -> None:
    page = learner.page
    learner.does("docker run -d --name clock busybox ping 127.0.0.1")
    page.get_by_role("button", name="In words").click()
    expect(learner.picture).to_contain_text(re.compile("clock.*run", re.I | re.S))
    page.get_by_role("button", name="API calls").first.click()
    calls = page.get_by_role("region", name="API calls")
    expect(calls).to_contain_text("containers/create")
    expect(calls).to_contain_text("/start")


def test_a_page_fetches_all_its_modules_from_the_start_and_each_once(learner: Learner) -> None:
    fetched = learner.page.evaluate(SCRIPTS)
    named = learner.page.locator("link[rel=modulepreload], script[src]").evaluate_all(
        "(all) => all.map((one) => one.href || one.src)"
    )
    assert len(named) > 50
    assert sorted(fetched) == sorted(named)


def test_the_borders_stay_where_they_were_put(typist: Learner) -> None:
    border = typist.page.get_by_role("separator", name="Width of the lesson")
    border.focus()
    for _ in range(5):
        typist.page.keyboard.press("ArrowRight")
    moved = border.get_attribute("aria-valuenow")
    typist.reload()
    expect(border).to_have_attribute("aria-valuenow", str(moved))
    assert moved != "38"


def test_the_lesson_can_be_done_once_more(learner: Learner) -> None:
    learner.runs(CREATE)
    learner.sees_passed(CREATE)
    learner.page.get_by_role("button", name="Do this lesson once more").click()
    learner.page.get_by_role("button", name="Yes, start over").click()
    expect(learner.step(CREATE)).to_have_attribute("data-verdict", "not-yet")
    expect(learner.page.locator(".dots-done")).to_have_text("0 of 7")


def test_who_only_types_always_has_the_next_step_in_view(learner: Learner) -> None:
    learner.does("docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)
    learner.does("docker start -a greeter")
    learner.sees_passed(WATCH)
    learner.does("docker start greeter; docker logs greeter")
    learner.sees_passed(LOGS)
    expect(learner.step(RUN)).to_have_attribute("current", "")
    expect(learner.step(LOGS)).to_have_attribute("open", "")
    expect(learner.step(CREATE)).not_to_have_attribute("open", "")
    expect(learner.step(WATCH)).not_to_have_attribute("open", "")
    expect(learner.step(RUN).locator(".step-head")).to_be_in_viewport()


# The addresses of all scripts that the page has fetched so far.
SCRIPTS = """() => performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => /\\.m?js$/.test(new URL(name).pathname))"""
