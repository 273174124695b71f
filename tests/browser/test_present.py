"""The projector: a lesson given by a remote, or by a few keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import LESSON
from tests.browser.learner import CREATE, LISTEN, PATIENT, STEPS, STOP, WATCH, Learner
from tests.browser.presenter import Presenter

pytestmark = pytest.mark.browser


def test_a_whole_lesson_is_given_with_a_remote_alone(presenter: Presenter) -> None:
    """PageDown types what is shown, once, and then goes on; nothing else is pressed, and every step ticks."""
    presenter.idea("intro")
    for slug in STEPS:
        presenter.remotes_to(slug)
        presenter.remotes_through(slug)
    presenter.remotes_to("end")
    for slug in STEPS:
        presenter.ticks(slug)


def test_who_stops_a_remotes_typing_goes_on_without_it(presenter: Presenter) -> None:
    presenter.goes_to(CREATE)
    presenter.presses("PageDown")
    presenter.awaits(lambda screen: "$ dock" in screen)
    presenter.presses("PageDown")
    presenter.hand_is("free")
    presenter.presses("PageDown")
    expect(presenter.page.get_by_text("The long number is the container's id.")).to_be_visible()
    presenter.presses("PageDown")
    presenter.idea(WATCH)


def test_a_step_is_shown_typed_and_proved_with_the_keyboard(presenter: Presenter) -> None:
    page = presenter.page
    presenter.idea("intro")
    presenter.presses("n")
    presenter.idea(CREATE)
    presenter.presses("t")
    presenter.ticks(CREATE)
    presenter.hand_is("free")
    presenter.sees("docker create --name greeter busybox echo 'hi there'")

    # What has passed stays on the screen until its presenter goes on: first to the rest of it, then to the next step.
    presenter.idea(CREATE)
    presenter.presses("ArrowRight")
    presenter.idea(CREATE)
    expect(page.get_by_text("The long number is the container's id.")).to_be_visible()
    presenter.presses(" ")
    presenter.idea(WATCH)
    presenter.presses("p")
    presenter.idea(CREATE)
    presenter.presses("r")
    expect(page.get_by_text("How the lab knows")).to_be_visible()

    # Blank, and back by any key, which does nothing else.
    presenter.presses("b")
    expect(page.locator(".present-dark")).to_be_visible()
    presenter.presses("PageDown")
    expect(page.locator(".present-dark")).to_be_hidden()
    presenter.idea(CREATE)

    # A reload is found where it was.
    page.reload()
    presenter.is_up()
    presenter.idea(CREATE)
    presenter.ticks(CREATE)


def test_any_key_stops_the_typing_and_the_next_try_begins_anew(presenter: Presenter) -> None:
    presenter.goes_to(CREATE)
    presenter.presses("t")
    presenter.awaits(lambda screen: "$ dock" in screen)
    presenter.presses("x")
    presenter.hand_is("free")
    presenter.presses("Enter", *" # typed by hand")  # the echo of these keys comes after all that was typed before
    presenter.awaits(lambda screen: screen.endswith("# typed by hand"))
    half = presenter.screen.rpartition("$ ")[2].removesuffix(" # typed by hand")
    assert "docker create --name greeter busybox echo 'hi there'".startswith(half), presenter.screen
    assert "hi there" not in half
    presenter.presses("F6")
    presenter.idea(CREATE)
    presenter.presses("t")
    presenter.ticks(CREATE)


def test_the_stage_is_set_for_a_step_in_the_middle_and_its_clock_is_seen_in_the_last_row(presenter: Presenter) -> None:
    page = presenter.page
    presenter.goes_to(STOP)
    presenter.presses("g")
    presenter.hand_is("typing")
    presenter.hand_is("free")
    expect(page.locator("lab-scene g.card.alive")).to_have_count(1)
    expect(page.locator(f"lab-idea[name={STOP}]")).to_have_attribute("data-verdict", "not-yet")
    presenter.presses("t")
    expect(page.locator("lab-clock")).to_be_visible(timeout=PATIENT)
    number = page.locator(".clock-big").bounding_box()
    assert number
    assert number["height"] > 120
    presenter.ticks(STOP)
    expect(page.locator(".clock-small")).to_contain_text("137")
    presenter.goes_to(LISTEN)
    expect(page.locator("lab-clock")).to_be_hidden()


def test_in_the_terminal_letters_are_letters_and_f6_leads_out(presenter: Presenter) -> None:
    page = presenter.page
    presenter.goes_to(CREATE)
    presenter.presses("Enter")
    page.keyboard.type("echo bgt")
    presenter.presses("Enter")
    presenter.awaits(lambda screen: screen.count("bgt") == 2)
    presenter.idea(CREATE)
    expect(page.locator(".present-dark")).to_be_hidden()
    presenter.presses("F6", "n", "n")
    presenter.idea(WATCH)
    presenter.presses("Enter", "PageUp")  # a remote's keys lead out by themselves
    presenter.idea(CREATE)
    presenter.presses("n", "n")
    presenter.idea(WATCH)


def test_the_lesson_page_leads_there_and_back_by_key(learner: Learner) -> None:
    learner.page.locator("#lesson").focus()
    learner.page.keyboard.press("p")
    learner.page.wait_for_url(f"**/present/{LESSON}")
    learner.page.wait_for_selector("lab-status[data-state=ready]", state="attached", timeout=PATIENT)
    learner.page.keyboard.press("q")
    learner.page.wait_for_url(f"**/lessons/{LESSON}")
