"""One terminal, several eyes, and a line that breaks: nothing is lost, nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, Learner

pytestmark = pytest.mark.browser

COUNTING = 'for n in $(seq 12); do echo "count $n."; sleep 1; done; echo counted'


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
