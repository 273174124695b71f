"""A class in several browsers at once: follow me, watch me, type with me, show me; and the network that goes away."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, expect

from tests.browser.classroom import ClassLab
from tests.browser.lab import LESSON
from tests.browser.learner import CREATE, LOGS, PATIENT, RUN, Learner

pytestmark = pytest.mark.browser

Seat = Callable[..., "Pupil"]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassLab]:
    place = tmp_path_factory.mktemp("class")
    room = ClassLab(place / "state", place / "lab.log")
    try:
        room.up()
        yield room
    finally:
        room.stop()


class Pupil(Learner):
    """Somebody of a class, the instructor included, on a page of their own."""

    room: ClassLab

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def goes_to_lesson(self) -> None:
        self.page.goto(f"{self.room.base}/lessons/{LESSON}")
        self.is_ready()
        # Only now does the page know that there is a class, and what F8 is to do in it.
        expect(self.page.locator("[data-follow], lab-lead button").filter(visible=True).first).to_be_visible()

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)

    def shown(self, text: str) -> None:
        """What is shown of somebody else's terminal holds the text."""
        expect(self.page.locator("lab-remote-terminal .xterm-rows").first).to_contain_text(text)

    def places(self) -> list[FloatRect | None]:
        """Where the lesson, the own terminal and the header are."""
        return [self.page.locator(one).first.bounding_box() for one in ("#lesson", "lab-terminal", "header.top")]

    def says_yes(self) -> None:
        self.page.locator(".consent-ask .primary").click()

    @property
    def sign(self) -> str:
        return self.page.locator(".consent-words").inner_text()


@pytest.fixture
def sit(classroom: ClassLab, browser: Browser) -> Iterator[Seat]:
    contexts: list[BrowserContext] = []

    def seat(name: str = "", width: int = 1440, height: int = 900) -> Pupil:
        secret = classroom.people[name]["secret"] if name else classroom.token
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(PATIENT)
        context.add_init_script(f"localStorage.setItem('slipway.secret', '{secret}')")
        contexts.append(context)
        pupil = Pupil(context.new_page(), classroom.lab)
        pupil.room = classroom
        return pupil

    yield seat
    for context in contexts:
        context.close()


@pytest.fixture
def teacher(sit: Seat) -> Pupil:
    teacher = sit()
    teacher.goes_to_lesson()
    if teacher.page.locator("lab-lead button").get_attribute("aria-pressed") == "true":
        teacher.presses("F8")
    expect(teacher.page.locator("lab-lead button")).to_have_text("Lead")
    return teacher


@pytest.fixture
def anna(sit: Seat) -> Pupil:
    anna = sit("Anna")
    anna.goes_to_lesson()
    return anna


def panel(pupil: Pupil) -> Locator:
    return pupil.page.locator(".follow-panel")


def test_a_learner_follows_turns_with_the_instructor_and_steps_out_and_nothing_jumps(
    teacher: Pupil, anna: Pupil, sit: Seat
) -> None:
    teacher.presses("F8")
    before = anna.places()
    anna.page.locator("lab-terminal textarea").focus()
    anna.presses("F8")  # also from within the terminal
    expect(panel(anna)).to_be_visible()
    assert anna.places() == before
    teacher.does("echo front-$((1))")
    anna.shown("front-1")
    teacher.turns_to(LOGS)
    expect(anna.step(LOGS)).to_have_attribute("current", "")
    anna.does("echo mine-$((1))")  # the own terminal is one's own all the time
    anna.sees("mine-1")
    expect(teacher.page.locator("lab-lead button")).to_have_text("Leading 1")

    ben = sit("Ben")  # late
    ben.goes_to_lesson()
    ben.presses("F8")
    ben.shown("front-1")
    expect(ben.step(LOGS)).to_have_attribute("current", "")

    anna.presses("F8")
    expect(panel(anna)).to_be_hidden()
    teacher.turns_to(RUN)
    expect(ben.step(RUN)).to_have_attribute("current", "")
    expect(anna.step(LOGS)).to_have_attribute("current", "")
    assert "front-2" not in anna.screen


def test_who_presents_leads_the_class_from_the_projector(classroom: ClassLab, teacher: Pupil, anna: Pupil) -> None:
    page = teacher.page
    page.goto(f"{classroom.base}/present/{LESSON}")
    page.wait_for_selector("lab-status[data-state=ready]", state="attached")
    expect(page.locator("lab-terminal")).to_have_attribute("data-state", "live")
    teacher.presses("F8")
    anna.presses("F8")
    expect(panel(anna)).to_be_visible()
    while not page.locator(f"lab-idea[name={CREATE}]").is_visible():
        teacher.presses("n")
    expect(anna.step(CREATE)).to_have_attribute("current", "")
    teacher.presses("t")
    anna.shown("docker create --name greeter")
    expect(page.locator(f"lab-idea[name={CREATE}]")).to_have_attribute("data-verdict", "passed")
    anna.sees_not_passed(CREATE)  # what is seen is not what is done
    assert "Anna" not in page.content()
    assert classroom.token not in page.content()


def test_the_network_goes_away_and_comes_back(teacher: Pupil, anna: Pupil) -> None:
    teacher.presses("F8")
    anna.presses("F8")
    teacher.does("echo before-$((1))")
    anna.shown("before-1")
    anna.context.set_offline(True)
    expect(anna.page.locator("lab-follow")).to_have_attribute("lost", "")
    teacher.does("echo meanwhile-$((1))")
    teacher.turns_to(RUN)
    anna.context.set_offline(False)
    anna.shown("meanwhile-1")
    expect(anna.step(RUN)).to_have_attribute("current", "")


def test_who_follows_follows_again_after_a_reload_and_the_lab_may_be_killed(
    classroom: ClassLab, teacher: Pupil, anna: Pupil
) -> None:
    teacher.presses("F8")
    anna.presses("F8")
    expect(panel(anna)).to_be_visible()
    anna.page.reload()
    expect(panel(anna)).to_be_visible()
    classroom.kill()
    classroom.begin()
    teacher.is_ready()
    expect(teacher.page.locator("lab-lead button")).to_have_attribute("aria-pressed", "true")
    teacher.does("echo again-$((1))")
    anna.shown("again-1")


def test_a_learner_is_asked_watched_helped_shown_and_ends_it(sit: Seat, teacher: Pupil, anna: Pupil) -> None:
    window: Page = teacher.context.new_page()
    window.goto(f"{anna.room.base}/watch/{anna.room.people['Anna']['learner']}")
    expect(window.locator(".watch-say")).to_contain_text("Waiting for Anna to agree")
    before = anna.places()
    anna.says_yes()
    expect(anna.page.locator(".consent-sign")).to_be_visible()
    assert anna.places() == before
    anna.does("echo hers-$((1))")
    expect(window.locator("lab-remote-terminal .xterm-rows")).to_contain_text("hers-1")
    window.locator("lab-remote-terminal .xterm-screen").click()
    window.keyboard.type("echo no\n")  # not agreed to: it goes nowhere
    window.get_by_role("button", name="Ask to type together").click()
    anna.says_yes()
    expect(window.locator("lab-watch")).to_have_attribute("data-state", "typing")
    assert "can type" in anna.sign
    window.locator("lab-remote-terminal textarea").focus()
    window.keyboard.type("echo helped-$((1))\n")
    anna.sees("helped-1")
    assert "echo no" not in anna.screen

    window.get_by_role("button", name="Ask for the projector").click()
    anna.says_yes()
    projector = sit(width=1920, height=1080)
    projector.page.goto(f"{anna.room.base}/present/{LESSON}")
    projector.shown("helped-1")
    assert "Anna" not in projector.page.locator("body").inner_text()

    anna.page.get_by_role("button", name="Stop watching and all of it").click()
    expect(anna.page.locator(".consent-sign")).to_have_count(0)
    expect(projector.page.locator("lab-shared-terminal")).to_be_hidden()
    expect(window.locator(".watch-say")).to_contain_text("not watched any more")
    window.keyboard.type("echo late\n")
    anna.does("echo alone-$((1))")
    anna.sees("alone-1")
    assert "late" not in anna.screen
    assert "alone-1" not in window.locator("body").inner_text()


def test_a_no_is_told_and_shows_nothing(teacher: Pupil, anna: Pupil) -> None:
    window: Page = teacher.context.new_page()
    window.goto(f"{anna.room.base}/watch/{anna.room.people['Anna']['learner']}")
    anna.page.get_by_role("button", name="Not now").click()
    expect(window.locator(".watch-say")).to_contain_text("would rather not be watched")
    expect(window.locator("lab-remote-terminal")).to_be_hidden()


def test_a_window_on_a_learner_does_not_turn_the_class_to_another_terminal(teacher: Pupil, anna: Pupil) -> None:
    teacher.presses("F8")
    anna.presses("F8")
    teacher.page.get_by_role("button", name="Another terminal").click()
    teacher.is_ready()
    teacher.does("echo second-$((1))")
    anna.shown("second-1")
    window: Page = teacher.context.new_page()
    window.goto(f"{anna.room.base}/watch/{anna.room.people['Anna']['learner']}")
    expect(window.locator(".watch-say")).to_contain_text("Waiting for Anna to agree")
    teacher.does("echo still-$((1))")
    anna.shown("still-1")
