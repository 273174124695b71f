"""One terminal, several eyes, and a line that breaks: nothing is lost, nothing comes twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserType, ViewportSize, expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, PATIENT, Learner
from tests.browser.network import Network

pytestmark = pytest.mark.browser

# Counts from 1 to 60, and waits for Enter after 20 and after 40.
COUNTING = 'for n in $(seq 60); do echo "count $n."; case $n in 20|40) read;; esac; sleep 0.05; done; echo counted-$n'
TALL: ViewportSize = {"width": 1440, "height": 3600}  # all that is counted fits the screen


@pytest.fixture
def network(lab: Lab) -> Iterator[Network]:
    with Network(lab.port) as network:
        yield network


@pytest.fixture
def distant(
    lab: Lab, network: Network, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Learner]:
    """Somebody in front of the lesson, whose browser finds the lab at the other end of that network."""
    launch = browser_type_launch_args
    detour = f"--host-resolver-rules=MAP 127.0.0.1:{lab.port} 127.0.0.1:{network.port}"
    browser = browser_type.launch(**launch | {"args": [*launch["args"], detour]})
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENT)
    context.clock.install()  # it goes on by itself, and can be put forward
    learner = Learner(context.new_page(), lab)
    learner.open_lesson()
    assert network.used, "the browser went another way"
    yield learner
    browser.close()


@pytest.fixture
def witness(lab: Lab, sit: Callable[..., Learner]) -> Learner:
    """A second page of the same person, which no broken network is in the way of."""
    witness = sit()
    witness.open_lesson()
    return witness


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


def test_a_mirror_is_drawn_at_the_size_of_the_page_in_use(typist: Learner) -> None:
    small = Learner(typist.page.context.new_page(), typist.lab)
    small.page.set_viewport_size({"width": 1000, "height": 640})
    small.page.goto(f"{typist.lab.base}/lessons/{LESSON}")
    small.is_ready()
    small.does("clear; stty size")
    here, there = typist.page.locator("#terminal-1"), small.page.locator("#terminal-1")
    expect(here).to_have_attribute("mirror", "")
    expect(there).not_to_have_attribute("mirror", "")
    rows, _ = (int(number) for number in small.screen.splitlines()[0].split())
    expect(here.locator(".xterm-rows > div")).to_have_count(rows)
    expect(there.locator(".xterm-rows > div")).to_have_count(rows)
    typist.awaits(lambda screen: screen == small.screen)

    here.locator(".xterm-screen").click()
    expect(there).to_have_attribute("mirror", "")
    expect(here).not_to_have_attribute("mirror", "")
    typist.does("clear; stty size")
    taller, _ = (int(number) for number in typist.screen.splitlines()[0].split())
    assert taller > rows
    expect(there.locator(".xterm-rows > div")).to_have_count(taller)
    assert small.page.evaluate(FITS)


def test_a_mirror_whose_window_changed_is_as_large_as_its_shell_once_it_is_used(typist: Learner) -> None:
    small = Learner(typist.page.context.new_page(), typist.lab)
    small.page.set_viewport_size({"width": 1000, "height": 640})
    small.page.goto(f"{typist.lab.base}/lessons/{LESSON}")
    small.is_ready()
    small.does("clear; stty size")
    size = small.screen.splitlines()[0]
    here = typist.page.locator("#terminal-1")
    expect(here).to_have_attribute("mirror", "")
    # To the size of the page in use: nothing changes on the screen as the mirror is turned to.
    typist.page.set_viewport_size({"width": 1000, "height": 640})
    here.locator(".xterm-screen").click()
    expect(here).not_to_have_attribute("mirror", "")
    typist.does("clear; stty size")
    expect(here.locator(".xterm-rows > div")).to_have_count(int(size.split()[0]))
    assert typist.screen.splitlines()[0] == size


def test_a_reload_goes_on_where_it_was(typist: Learner) -> None:
    typist.page.set_viewport_size(TALL)
    typist.types(COUNTING)
    typist.sees("count 20.")
    typist.tells("")
    typist.page.reload()
    typist.sees("count 40.")
    typist.tells("")
    typist.sees("counted-60")
    assert _counted(typist.screen) == list(range(1, 61))


def test_the_network_goes_away_and_comes_back(typist: Learner, witness: Learner) -> None:
    for one in (witness, typist):
        one.page.set_viewport_size(TALL)
    typist.types(COUNTING)
    typist.sees("count 20.")
    typist.page.context.set_offline(True)
    typist.sees_status("offline")
    _counts_on(witness)
    assert "count 40." not in typist.screen
    typist.page.context.set_offline(False)
    typist.sees_status("ready")
    typist.sees("count 40.")
    typist.tells("")
    typist.sees("counted-60")
    assert _counted(typist.screen) == list(range(1, 61))


def test_a_network_that_falls_silent_is_noticed_and_everything_is_there_afterwards(
    distant: Learner, witness: Learner, network: Network
) -> None:
    distant.clears()
    distant.types(COUNTING)
    distant.sees("count 20.")
    distant.page.evaluate(LISTEN)
    network.cut()
    _loses(distant, 1)
    distant.sees_status("offline")
    terminal = distant.page.locator("#terminal-1")
    expect(terminal.get_by_role("status").filter(has_text="is lost")).to_have_text(LOST)
    expect(terminal.locator(".terminal-retry")).to_have_text(re.compile(r"Trying again(…| in \d+ s)"))
    _counts_on(witness)
    _loses(distant, 4)
    assert "count 40." not in distant.screen
    network.mend()
    distant.sees_status("ready")
    expect(terminal.locator(".terminal-retry")).to_have_text("")
    distant.sees("count 40.")
    distant.tells("")
    distant.sees("counted-60")
    for heard in distant.page.evaluate("[window.told, window.shown]"):
        assert sum(LOST in words for words in heard) == 1, heard
    distant.page.set_viewport_size(TALL)
    distant.awaits(lambda screen: _counted(screen) == list(range(1, 61)))


def test_what_is_typed_as_a_machine_wakes_is_not_kept_for_later(typist: Learner) -> None:
    terminal = typist.page.locator("#terminal-1")
    terminal.locator("textarea.xterm-helper-textarea").focus()
    typist.page.evaluate(SLEEP)
    typist.page.keyboard.press("x")
    typist.page.wait_for_function("window.lost")
    typist.is_ready()
    typist.does("echo awake")
    typist.sees("awake", times=2)
    assert "xecho" not in typist.screen


def test_a_click_whose_answer_is_lost_is_typed_once(
    fresh: Lab, distant: Learner, witness: Learner, network: Network
) -> None:
    distant.clears()
    network.deafen()
    run = distant.step(CREATE).locator("lab-command .run").first
    run.click()
    expect(run).to_have_text("Sending…")
    witness.sees_passed(CREATE)
    expect(run).to_have_text("Sending…")  # its answer is lost
    network.mend()
    distant.sees_status("ready")
    distant.sees_passed(CREATE)  # the click was heard
    distant.page.locator(f'.dots a[data-step="{CREATE}"]').click()  # what passed in the dark is folded
    expect(run).to_be_enabled()
    run.click()
    expect(run).to_have_text("Run")
    distant.does("echo typed after it")
    distant.sees("typed after it", times=2)
    assert distant.whole_screen.count("docker create") == 1, distant.screen


def _counts_on(witness: Learner) -> None:
    """What is counted next, only this page sees."""
    witness.sees("count 20.")
    witness.tells("")
    witness.sees("count 40.")


def _loses(learner: Learner, times: int) -> None:
    """Put the page's clock forward until it has told so often that there is no connection: each try ends in silence."""
    for _ in range(PATIENT // 100):
        lost = learner.page.evaluate("window.lost")
        if lost >= times:
            return
        learner.page.clock.fast_forward(11_000)
        learner.page.wait_for_timeout(100)
    raise AssertionError(f"the page was to find its connection lost {times} times, and did so {lost} times")


def _counted(screen: str) -> list[int]:
    return [int(number) for number in re.findall(r"count (\d+)\.", screen)]


LOST = "The connection to the lab is lost."
# All that people who listen hear of the first terminal from now on, in window.told (the page's live region) and
# window.shown (the terminal's own); window.lost counts how often it was told that there is no connection.
LISTEN = """() => {
  const keep = (said, place) => {
    const words = ({ addedNodes }) => [...addedNodes].map((one) => one.textContent)
    const note = (changes) => said.push(...changes.flatMap(words))
    new MutationObserver(note).observe(document.querySelector(place), { childList: true })
    return said
  }
  window.lost = 0
  document.querySelector("#terminal-1").addEventListener("lab-terminal-state", ({ detail }) => {
    if (detail.state === "lost") window.lost += 1
  })
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
