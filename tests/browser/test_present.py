"""The projector: a lesson given by a remote and two keys, from two windows that stay in step; nothing private on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, LISTEN, PATIENT, STEPS, STOP, WATCH, Learner

pytestmark = pytest.mark.browser

LETTERS = "one => parseFloat(getComputedStyle(one).fontSize)"
HALL = {"width": 1920, "height": 1080}


class Presenter(Learner):
    """Somebody at the lectern, who never touches the mouse."""

    def presents(self) -> None:
        self.page.goto(self.lab.url)
        expect(self.page.locator(".course-start")).to_be_visible(timeout=PATIENT)
        self.page.goto(f"{self.lab.base}/present/{LESSON}")
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
        raise AssertionError(f"{name} never came")

    def remotes_to(self, name: str) -> None:
        """Go on with a remote's one key until this idea is in view: what has passed is not typed again."""
        for _ in range(20):
            if self.page.locator(f"lab-idea[name={name}]").is_visible():
                return
            self.presses("PageDown")
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{name} never came")

    def remotes_through(self, name: str) -> None:
        """The same key, each time what was typed has run, until the step ticks."""
        idea = self.page.locator(f"lab-idea[name={name}]")
        for _ in range(20):
            if idea.get_attribute("data-verdict") == "passed":
                return
            assert idea.is_visible(), f"{name} was left behind"
            self.presses("PageDown")
            self.page.wait_for_timeout(500)
            self.hand_rests()
            self.sees_prompt()
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{name} never passed")

    def hand_rests(self) -> None:
        """Nothing is being typed, and what was has ended."""
        self.page.wait_for_selector("lab-present-keys:is(:not([data-hand]), [data-hand=free])", state="attached")

    def hand_is(self, state: str) -> None:
        expect(self.page.locator("lab-present-keys")).to_have_attribute("data-hand", state, timeout=PATIENT)

    def ticks(self, name: str) -> None:
        expect(self.page.locator(f"lab-idea[name={name}]")).to_have_attribute("data-verdict", "passed", timeout=PATIENT)


@pytest.fixture
def presenter(fresh: Lab, sit: Callable[..., Learner]) -> Presenter:
    presenter = Presenter(sit(**HALL).page, fresh)
    presenter.presents()
    return presenter


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
    presenter.page.wait_for_timeout(600)  # the echo of the last key is on its way
    half = presenter.screen
    presenter.page.wait_for_timeout(1000)
    assert presenter.screen == half
    assert "hi there" not in half
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


def test_the_last_row_can_read_it_and_the_size_is_remembered(presenter: Presenter) -> None:
    terminal = presenter.page.locator("lab-terminal")
    presenter.goes_to(CREATE)
    before = int(terminal.get_attribute("size") or 0)
    assert before >= 28
    presenter.presses("+", "+")
    larger = int(terminal.get_attribute("size") or 0)
    assert larger > before
    presenter.page.reload()
    presenter.is_up()
    expect(terminal).to_have_attribute("size", str(larger))
    presenter.presses("0")
    expect(terminal).to_have_attribute("size", str(before))


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
    _no_serious_finding(notes)


def test_controls_vanish_and_nothing_private_is_on_the_screen(presenter: Presenter) -> None:
    page = presenter.page
    presenter.goes_to(CREATE)
    page.mouse.move(300, 300)
    controls = page.locator(".present-controls")
    expect(controls).to_have_css("opacity", "1")
    expect(controls).to_have_css("opacity", "0")
    assert presenter.lab.token not in page.content()
    assert presenter.lab.token not in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_serious_to_say(lab: Lab, sit: Callable[..., Learner], theme: str) -> None:
    presenter = Presenter(sit(1440, 900, color_scheme=theme).page, lab)
    presenter.presents()
    _no_serious_finding(presenter.page)
    presenter.goes_to(CREATE)
    presenter.presses("r")
    _no_serious_finding(presenter.page)
    presenter.presses("?")
    _no_serious_finding(presenter.page)


def test_the_lesson_page_leads_there_and_back_by_key(learner: Learner) -> None:
    learner.page.locator("#lesson").focus()
    learner.page.keyboard.press("p")
    learner.page.wait_for_url(f"**/present/{LESSON}")
    learner.page.wait_for_selector("lab-status[data-state=ready]", state="attached", timeout=PATIENT)
    learner.page.keyboard.press("q")
    learner.page.wait_for_url(f"**/lessons/{LESSON}")


def _no_serious_finding(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["target"]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []


def test_the_recorded_proof_stands_in_for_a_dead_engine(presenter: Presenter) -> None:
    page, lab = presenter.page, presenter.lab
    presenter.goes_to(STOP)
    with closing(lab.docker) as client:
        lab.engine(client).pause()
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
            lab.engine(client).unpause()
    presenter.presses("n")
    presenter.is_up()


def test_a_dead_engine_says_so_and_what_to_press(presenter: Presenter) -> None:
    presenter.goes_to(STOP)
    with closing(presenter.lab.docker) as client:
        presenter.lab.engine(client).exec_run(["pkill", "-KILL", "-x", "dockerd"])
    expect(presenter.page.locator(".present-say")).to_contain_text("Press m for the recording")
    presenter.is_up()


def test_the_presenters_own_window_spares_the_hall_what_the_lab_says(presenter: Presenter) -> None:
    page = presenter.page
    with page.context.expect_page() as opening:
        presenter.presses("s")
    notes = opening.value
    expect(notes.locator(".notes-here")).not_to_be_empty()
    page.wait_for_timeout(500)
    page.bring_to_front()
    presenter.presses("t")  # there is nothing to type in the introduction
    expect(notes.locator(".present-say")).to_contain_text("Go to a step first")
    expect(page.locator(".present-say")).to_be_hidden()
    notes.close()
    presenter.presses("t")
    expect(page.locator(".present-say")).to_contain_text("Go to a step first")


@pytest.mark.parametrize("height", [1080, 940])
def test_the_last_row_reads_the_terminal_whatever_bars_a_browser_has(
    fresh: Lab, sit: Callable[..., Learner], height: int
) -> None:
    presenter = Presenter(sit(1920, height).page, fresh)
    presenter.presents()
    presenter.goes_to(CREATE)
    letters = presenter.page.locator("lab-terminal .xterm-rows").evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert letters >= 28
