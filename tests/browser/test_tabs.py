"""One terminal, several eyes, and a line that breaks: nothing is lost, nothing comes twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserType, expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, PATIENT, Learner
from tests.browser.network import Network

pytestmark = pytest.mark.browser

COUNTING = 'for n in $(seq 12); do echo "count $n."; sleep 1; done; echo counted'


@pytest.fixture
def network(lab: Lab) -> Iterator[Network]:
    with Network(lab.port) as network:
        yield network


@pytest.fixture
def distant(
    fresh: Lab, network: Network, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Learner]:
    """Somebody in front of the lesson, whose browser finds the lab at the other end of that network."""
    launch = browser_type_launch_args
    detour = f"--host-resolver-rules=MAP 127.0.0.1:{fresh.port} 127.0.0.1:{network.port}"
    browser = browser_type.launch(**launch | {"args": [*launch["args"], detour]})
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENT)
    learner = Learner(context.new_page(), fresh)
    learner.open_lesson()
    assert network.used, "the browser went another way"
    yield learner
    browser.close()


def test_two_tabs_are_one_terminal(learner: Learner) -> None:
    other = Learner(learner.page.context.new_page(), learner.lab)
    other.page.goto(f"{learner.lab.base}/lessons/{LESSON}")
    other.is_ready()

    learner.types("echo from the first tab")
    other.sees("from the first tab", times=2)
    other.types("echo from the other tab")
    learner.sees("from the other tab", times=2)
    assert other.screen == learner.screen
    expect(learner.page.locator("lab-terminal")).to_contain_text("Open in 2 places")

    other.does("docker create --name greeter busybox echo 'hi there'")
    learner.sees_passed(CREATE)


def test_a_mirror_is_drawn_at_the_size_of_the_page_in_use(learner: Learner) -> None:
    learner.clears()
    small = Learner(learner.page.context.new_page(), learner.lab)
    small.page.set_viewport_size({"width": 1000, "height": 640})
    small.page.goto(f"{learner.lab.base}/lessons/{LESSON}")
    small.is_ready()
    small.does("clear; stty size")
    here, there = learner.page.locator("#terminal-1"), small.page.locator("#terminal-1")
    expect(here).to_have_attribute("mirror", "")
    expect(there).not_to_have_attribute("mirror", "")
    rows, _ = (int(number) for number in small.screen.splitlines()[0].split())
    expect(here.locator(".xterm-rows > div")).to_have_count(rows)
    expect(there.locator(".xterm-rows > div")).to_have_count(rows)
    learner.awaits(lambda screen: screen == small.screen)

    here.locator(".xterm-screen").click()
    expect(there).to_have_attribute("mirror", "")
    expect(here).not_to_have_attribute("mirror", "")
    learner.does("clear; stty size")
    taller, _ = (int(number) for number in learner.screen.splitlines()[0].split())
    assert taller > rows
    expect(there.locator(".xterm-rows > div")).to_have_count(taller)
    assert small.page.evaluate(FITS)


def test_a_mirror_whose_window_changed_is_as_large_as_its_shell_once_it_is_used(learner: Learner) -> None:
    learner.clears()
    small = Learner(learner.page.context.new_page(), learner.lab)
    small.page.set_viewport_size({"width": 1000, "height": 640})
    small.page.goto(f"{learner.lab.base}/lessons/{LESSON}")
    small.is_ready()
    small.does("clear; stty size")
    size = small.screen.splitlines()[0]
    here = learner.page.locator("#terminal-1")
    expect(here).to_have_attribute("mirror", "")
    # To the size of the page in use: nothing changes on the screen as the mirror is turned to.
    learner.page.set_viewport_size({"width": 1000, "height": 640})
    here.locator(".xterm-screen").click()
    expect(here).not_to_have_attribute("mirror", "")
    learner.does("clear; stty size")
    expect(here.locator(".xterm-rows > div")).to_have_count(int(size.split()[0]))
    assert learner.screen.splitlines()[0] == size


def test_a_reload_goes_on_where_it_was(learner: Learner) -> None:
    learner.clears()
    learner.types(COUNTING)
    learner.sees("count 2.")
    learner.page.reload()
    learner.sees("counted\n")
    for number in range(1, 13):
        learner.sees(f"count {number}.")


def test_the_network_goes_away_and_comes_back(fresh: Lab, sit: Callable[..., Learner]) -> None:
    learner = sit()
    learner.open_lesson()
    learner.clears()
    learner.types(COUNTING)
    learner.sees("count 2.")
    learner.page.context.set_offline(True)
    learner.sees_status("offline")
    learner.page.wait_for_timeout(10_000)
    learner.page.context.set_offline(False)
    learner.sees_status("ready")
    learner.sees("counted\n")
    for number in range(1, 13):
        learner.sees(f"count {number}.")


def test_a_network_that_falls_silent_is_noticed_and_everything_is_there_afterwards(
    distant: Learner, network: Network
) -> None:
    distant.clears()
    distant.types(COUNTING.replace("12", "60"))
    distant.sees("count 2.")
    distant.page.evaluate(LISTEN)
    network.cut()
    distant.sees_status("offline")
    terminal = distant.page.locator("#terminal-1")
    expect(terminal.get_by_role("status").filter(has_text="is lost")).to_have_text(LOST)
    expect(terminal.locator(".terminal-retry")).to_have_text(re.compile(r"Trying again(…| in \d+ s)"))
    distant.page.wait_for_timeout(30_000)
    network.mend()
    distant.sees_status("ready")
    expect(terminal.locator(".terminal-retry")).to_have_text("")
    distant.sees("counted\n")
    for heard in distant.page.evaluate("[window.told, window.shown]"):
        assert sum(LOST in words for words in heard) == 1, heard
    distant.page.set_viewport_size({"width": 1440, "height": 3600})
    distant.awaits(lambda screen: _counted(screen) == list(range(1, 61)))


def test_what_is_typed_as_a_machine_wakes_is_not_kept_for_later(learner: Learner) -> None:
    learner.clears()
    terminal = learner.page.locator("#terminal-1")
    terminal.locator("textarea.xterm-helper-textarea").focus()
    learner.page.evaluate(SLEEP)
    learner.page.keyboard.press("x")
    learner.page.wait_for_function("window.lost")
    learner.is_ready()
    learner.does("echo awake")
    learner.sees("awake", times=2)
    assert "xecho" not in learner.screen


def test_a_click_whose_answer_is_lost_is_typed_once(distant: Learner, network: Network) -> None:
    distant.clears()
    network.deafen()
    run = distant.step(CREATE).locator("lab-command .run").first
    run.click()
    expect(run).to_have_text("Sending…")
    distant.page.wait_for_timeout(1000)
    network.mend()
    distant.sees_status("ready")
    distant.sees_passed(CREATE)  # the click was heard
    distant.page.locator(f'.dots a[data-step="{CREATE}"]').click()  # what passed in the dark is folded
    expect(run).to_be_enabled()
    run.click()
    expect(run).to_have_text("Run")
    distant.page.wait_for_timeout(1500)
    assert distant.whole_screen.count("docker create") == 1, distant.screen


def _counted(screen: str) -> list[int]:
    return [int(number) for number in re.findall(r"count (\d+)\.", screen)]


LOST = "The connection to the lab is lost."
# All that people who listen hear of the first terminal from now on, in window.told (the page's live region) and
# window.shown (the terminal's own).
LISTEN = """() => {
  const keep = (said, place) => {
    const words = ({ addedNodes }) => [...addedNodes].map((one) => one.textContent)
    const note = (changes) => said.push(...changes.flatMap(words))
    new MutationObserver(note).observe(document.querySelector(place), { childList: true })
    return said
  }
  window.told = keep([], "#announcements")
  window.shown = keep([], "#terminal-1 .terminal-say")
}"""
# The machine slept for an hour; and window.lost, once the page knows that its connection did not outlive that.
SLEEP = """() => {
  const { now } = Date
  Date.now = () => now() + 3_600_000
  document.querySelector("#terminal-1").addEventListener("lab-terminal-state", ({ detail }) => {
    if (detail.state === "lost") window.lost = true
  })
}"""
# Whether all rows are in view.
FITS = """() => {
  const bottom = (name) => document.querySelector(`#terminal-1 ${name}`).getBoundingClientRect().bottom
  return bottom(".xterm-rows") <= bottom(".terminal-screen") + 1
}"""
