"""More learners than engines, and engines that nobody uses: what the page says, and that it moves by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from slipway.settings import Settings
from slipway.store import Store
from tests.browser.lab import LESSON, Lab
from tests.browser.learner import Learner, comes_to

pytestmark = pytest.mark.browser

SMALL = '{"sandboxes": 1, "warm": 0, "idle": 25, "idle_open": 30, "notice": 8}'


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Lab]:
    """A house with one engine, in which nobody may be idle for long."""
    lab = Lab(tmp_path / "state", tmp_path / "lab.log", SMALL)
    try:
        lab.up()
        yield lab
    finally:
        lab.stop()


@pytest.fixture
def visitor(small: Lab, browser: Browser) -> Iterator[Callable[[], Learner]]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(90_000)

    def visit() -> Learner:
        learner = Learner(context.new_page(), small)
        comes_to(learner.page, small, f"/lessons/{LESSON}")
        return learner

    yield visit
    context.close()


def somebody_else_sits_there(lab: Lab) -> None:
    """The lab's only learner so far goes by another name from now on."""
    with closing(Store.open(Settings(install="", token="", state=lab.state))) as store:
        sandbox = store.assignment("me")
        assert sandbox
        store.release_sandbox("me", sandbox)
        store.assign_sandbox("somebody-else", sandbox)


def test_whoever_waits_in_line_is_told_and_gets_the_engine_that_nobody_uses(
    small: Lab, visitor: Callable[[], Learner]
) -> None:
    small.ask(("open", {"lesson": LESSON}))
    small.stop_only()
    somebody_else_sits_there(small)
    small.up()

    learner = visitor()
    learner.sees_status("waiting")
    assert "you are next in line" in learner.status
    learner.is_ready()
    learner.does("docker ps -a --format '{{.Names}}' | wc -l | sed 's/^/containers: /'")
    learner.sees("containers: 0")


def test_an_engine_that_nobody_uses_is_put_away_after_a_warning_and_a_key_brings_a_new_one(
    visitor: Callable[[], Learner],
) -> None:
    learner = visitor()
    learner.is_ready()
    learner.sees_status("idle")
    assert "press a key to keep it" in learner.status
    learner.page.keyboard.press("Shift")
    learner.sees_status("ready")

    learner.sees_status("idle")
    learner.sees_status("away")
    assert "Progress is saved" in learner.status
    learner.page.keyboard.press("Shift")
    learner.sees_status("ready")
    learner.sees_prompt()
