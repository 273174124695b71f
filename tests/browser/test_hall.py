"""What a hall sees of a lesson that is given: letters for the last row, nothing private, a recording when the engine is
dead; what only its presenter is to see is in a window of their own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress

import pytest
from docker.errors import APIError
from playwright.sync_api import expect

from tests.browser.axe import is_for_everyone
from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, LISTEN, PATIENT, STOP, Learner
from tests.browser.presenter import Presenter
from tests.containers import pause

pytestmark = pytest.mark.browser

# What the presenter's own window says of itself: window.here, window.left.
HEAR = """(lesson) => {
  window.line = new BroadcastChannel(`slipway.present.${lesson}`)
  window.line.addEventListener("message", ({ data }) => Object.assign(window, data))
}"""


def test_the_last_row_can_read_it_and_the_size_is_remembered(speaker: Presenter) -> None:
    terminal = speaker.page.locator("lab-terminal")
    speaker.goes_to(CREATE)
    before = int(terminal.get_attribute("size") or 0)
    assert before >= 28
    speaker.presses("+", "+")
    larger = int(terminal.get_attribute("size") or 0)
    assert larger > before
    speaker.page.reload()
    speaker.is_up()
    expect(terminal).to_have_attribute("size", str(larger))
    speaker.presses("0")
    expect(terminal).to_have_attribute("size", str(before))


@pytest.mark.parametrize("height", [1080, 940])
def test_the_last_row_reads_the_terminal_whatever_bars_a_browser_has(
    lab: Lab, sit: Callable[..., Learner], height: int
) -> None:
    presenter = Presenter(sit(1920, height).page, lab)
    presenter.presents()
    presenter.goes_to(CREATE)
    letters = presenter.page.locator("lab-terminal .xterm-rows").evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert letters >= 28


def test_controls_vanish_and_nothing_private_is_on_the_screen(speaker: Presenter) -> None:
    page = speaker.page
    speaker.goes_to(CREATE)
    page.mouse.move(300, 300)
    controls = page.locator(".present-controls")
    expect(controls).to_have_css("opacity", "1")
    expect(controls).to_have_css("opacity", "0")
    assert speaker.lab.token not in page.content()
    assert speaker.lab.token not in page.url


def test_the_presenters_window_stays_in_step_in_both_directions(presenter: Presenter) -> None:
    page = presenter.page
    presenter.goes_to(STOP)
    with page.context.expect_page() as opening:
        presenter.presses("s")
    notes = opening.value
    expect(notes.get_by_role("heading", name="Ask it to stop")).to_be_visible(timeout=PATIENT)
    expect(notes.locator(".notes-commands")).to_contain_text("docker stop clock", timeout=PATIENT)
    expect(notes.locator(".notes-mistakes li")).not_to_have_count(0)
    expect(notes.locator(".notes-after")).to_have_text("A process that listens")
    notes.keyboard.press("PageUp")
    expect(page.locator("lab-idea:visible")).not_to_have_attribute("name", STOP)
    presenter.goes_to(LISTEN)
    expect(notes.get_by_role("heading", name="A process that listens")).to_be_visible()
    presenter.presses("b")
    expect(notes.get_by_text("The screen is blank.")).to_be_visible()
    notes.reload()
    expect(notes.get_by_role("heading", name="A process that listens")).to_be_visible(timeout=PATIENT)
    is_for_everyone(notes, "the presenter's window")
    notes.set_viewport_size({"width": 390, "height": 844})
    words, wire = notes.locator(".notes-main").bounding_box(), notes.locator(".notes-side").bounding_box()
    assert words
    assert wire
    assert (words["width"], wire["width"]) == (390, 390)


def test_the_presenters_own_window_spares_the_hall_what_the_lab_says(speaker: Presenter) -> None:
    page = speaker.page
    page.evaluate(HEAR, LESSON)
    with page.context.expect_page() as opening:
        speaker.presses("s")
    notes = opening.value
    expect(notes.locator(".notes-here")).not_to_be_empty()
    page.wait_for_function("window.here")
    page.bring_to_front()
    speaker.presses("t")  # there is nothing to type in the introduction
    expect(notes.locator(".present-say")).to_contain_text("Go to a step first")
    expect(page.locator(".present-say")).to_be_hidden()
    notes.close()
    page.wait_for_function("window.left")
    speaker.presses("t")
    expect(page.locator(".present-say")).to_contain_text("Go to a step first")


def test_the_recorded_proof_stands_in_for_a_dead_engine(presenter: Presenter) -> None:
    page, lab = presenter.page, presenter.lab
    presenter.goes_to(STOP)
    with closing(lab.docker) as client:
        pause(lab.engine(client))
        try:
            presenter.presses("m")
            player = page.locator("lab-player")
            expect(player).to_be_visible()
            expect(player.locator(".player-badge")).to_have_text("Recording")
            expect(player.locator(".player-badge")).to_be_in_viewport()
            expect(player).to_have_attribute("playing", "")
            expect(player.locator("lab-scene")).to_contain_text("SIGTERM")
            presenter.presses(" ")  # the recording's own key: it waits
            expect(player).not_to_have_attribute("playing", "")
            presenter.idea(STOP)
            presenter.presses("m")
            expect(player).to_be_hidden()
        finally:
            with suppress(APIError):  # the house has let it go on already
                lab.engine(client).unpause()
    presenter.presses("n")
    presenter.is_up()


def test_the_recording_comes_from_the_presenters_own_window_and_a_remote_leads_out_of_it(presenter: Presenter) -> None:
    page, player = presenter.page, presenter.page.locator("lab-player")
    presenter.goes_to(CREATE)
    with page.context.expect_page() as opening:
        presenter.presses("s")
    notes = opening.value
    expect(notes.locator(".notes-commands")).to_contain_text("docker create", timeout=PATIENT)
    notes.keyboard.press("m")
    expect(player).to_be_visible()
    expect(player).to_have_attribute("playing", "")
    expect(notes.get_by_text("The hall sees the recording.")).to_be_visible()
    notes.keyboard.press("m")
    expect(player).to_be_hidden()
    page.bring_to_front()
    presenter.presses("m")
    expect(player).to_be_visible()
    presenter.presses("PageDown")
    expect(player).to_be_hidden()
    expect(page.get_by_text("The long number is the container's id.")).to_be_visible()
    expect(notes.get_by_text("The hall sees the recording.")).to_be_hidden()
    assert "docker create" not in presenter.screen


def test_a_remote_goes_on_where_the_terminal_takes_no_keys(presenter: Presenter) -> None:
    page = presenter.page
    presenter.goes_to(CREATE)
    presenter.presses("Enter", "Control+d")
    expect(page.locator("lab-terminal")).to_have_attribute("data-state", "ended")
    presenter.presses("PageDown")
    expect(page.locator(".present-say")).to_contain_text("does not accept input")
    presenter.presses("PageDown")
    expect(page.get_by_text("The long number is the container's id.")).to_be_visible()


def test_a_dead_engine_says_so_and_what_to_press(presenter: Presenter) -> None:
    presenter.goes_to(STOP)
    with closing(presenter.lab.docker) as client:
        presenter.lab.engine(client).exec_run(["pkill", "-KILL", "-x", "dockerd"])
    expect(presenter.page.locator(".present-say")).to_contain_text("Press m for the recording")
    presenter.is_up()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_serious_to_say(lab: Lab, sit: Callable[..., Learner], theme: str) -> None:
    presenter = Presenter(sit(1440, 900, color_scheme=theme).page, lab)
    presenter.presents()
    is_for_everyone(presenter.page, "the projector")
    presenter.goes_to(CREATE)
    presenter.presses("r")
    is_for_everyone(presenter.page, "the projector")
    presenter.presses("?")
    is_for_everyone(presenter.page, "the projector")
