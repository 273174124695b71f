"""One real lab for all browser tests, Debian's Chromium, and what a failing test leaves behind."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from slipway.setup.machine_facts import find_chromium
from tests.browser.lab import Lab
from tests.browser.learner import PATIENT, Learner
from tests.browser.presenter import HALL, Presenter
from tests.nginx import NAME
from tests.static_server import ROOT

ARTIFACTS = ROOT / "test-artifacts"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-background-networking")
STILL = ("--disable-component-update", "--disable-sync", "--no-first-run")
NAMES = (f"--host-resolver-rules=MAP {NAME} 127.0.0.1",)

expect.set_options(timeout=PATIENT)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where it is, without 3D, so that the terminal is drawn as text that can be read."""
    own = {"executable_path": path} if (path := find_chromium()) else {}
    return browser_type_launch_args | own | {"args": [*QUIET, *STILL, *NAMES]}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab, up. Tests share it; `fresh` gives one of them an engine and a lesson without a past."""
    place = tmp_path_factory.mktemp("lab")
    lab = Lab(place / "state", place / "lab.log", limits='{"fresh": 5, "warm": 2}')  # tests are quicker than people
    try:
        lab.up()
        yield lab
    finally:
        lab.stop()


@pytest.fixture
def fresh(lab: Lab) -> Lab:
    lab.afresh()
    return lab


@pytest.fixture(autouse=True)
def _anew(request: pytest.FixtureRequest) -> None:
    """A test that failed and is run again begins on an engine of its own: what it did is in the way of doing it."""
    if getattr(request.node, "execution_count", 1) > 1 and "lab" in request.fixturenames:
        request.getfixturevalue("lab").afresh()


@pytest.fixture
def sit(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Learner]]:
    """`sit(width, height, …)`: somebody in front of a browser of their own; keywords go to Playwright's context."""
    contexts: list[BrowserContext] = []
    request.node.watched = watched = []

    def seat(width: int = 1440, height: int = 900, **looks: Any) -> Learner:
        context = browser.new_context(viewport={"width": width, "height": height}, **looks)
        context.set_default_timeout(PATIENT)
        contexts.append(context)
        page = context.new_page()
        watched.append((page, _listen(page)))
        return Learner(page, lab)

    yield seat
    failed = getattr(request.node, "failed", False)
    if failed:
        _leave_behind(request.node.name, lab, watched)
    for context in contexts:
        context.close()


@pytest.fixture
def learner(fresh: Lab, sit: Callable[..., Learner]) -> Learner:
    """Somebody in front of the lesson, with nothing done yet."""
    learner = sit()
    learner.open_lesson()
    return learner


@pytest.fixture
def typist(sit: Callable[..., Learner]) -> Learner:
    """Somebody at an empty prompt of an engine that may have a past, with a clipboard."""
    typist = sit(permissions=["clipboard-read", "clipboard-write"])
    typist.open_lesson()
    typist.clears()
    return typist


@pytest.fixture
def presenter(fresh: Lab, sit: Callable[..., Learner]) -> Presenter:
    presenter = Presenter(sit(**HALL).page, fresh)
    presenter.presents()
    return presenter


@pytest.fixture
def speaker(lab: Lab, sit: Callable[..., Learner]) -> Presenter:
    """A presenter whose engine and ticks may have a past."""
    speaker = Presenter(sit(**HALL).page, lab)
    speaker.presents()
    return speaker


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported course, two folders down in what a web server would serve."""
    place = tmp_path_factory.mktemp("export")
    words = ["env", f"SLIPWAY_STATE={place / 'state'}", sys.executable, "-m", "slipway.cli"]
    subprocess.run([*words, "export", str(place / "pub" / "docker" / "course")], cwd=ROOT, check=True)
    return place / "pub"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "teardown" or not report.failed:
        return
    item.failed = True  # type: ignore[attr-defined]
    if getattr(item, "watched", None):
        report.sections.append(("left behind", f"{ARTIFACTS / _name(item.name)}-*"))


def _listen(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    return said


def _leave_behind(name: str, lab: Lab, watched: list[tuple[Page, list[str]]]) -> None:
    """Screenshots, the pages' consoles, the lab's log and the engines' journals."""
    ARTIFACTS.mkdir(exist_ok=True)
    start = ARTIFACTS / _name(name)
    for number, (page, console) in enumerate(watched, 1):
        page.screenshot(path=f"{start}-{number}.png")
        Path(f"{start}-{number}-console.txt").write_text("\n".join(console))
    Path(f"{start}-lab.txt").write_text(lab.log.read_text())
    Path(f"{start}-journal.jsonl").write_text(lab.journals())


def _name(test: str) -> str:
    return re.sub(r"[^\w.-]+", "-", test).strip("-")
