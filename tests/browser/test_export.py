"""The exported course in a real browser: from a folder, and below a path of a web server that knows nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from slipway.proofs.course import LESSONS

pytestmark = pytest.mark.browser

LESSON = "01-the-life-of-a-container"
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_said: object) -> None:
        return


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["file", "server"])
def start(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "file":
        return (folder / "docker" / "course" / "index.html").as_uri()
    return f"{request.getfixturevalue('server')}/docker/course/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not [one for one in wrong if "favicon" not in one]


def test_the_course_is_read_and_watched(page: Page, start: str) -> None:
    page.goto(start)
    expect(page.get_by_text("Nothing here is live.")).to_be_visible()
    page.get_by_role("link", name="The life of a container", exact=True).click()
    expect(page.get_by_text("Nothing here is live.")).to_be_visible()
    expect(page.locator("lab-player .player-title")).to_have_text("Create, but do not start")
    expect(page.locator("lab-player .player-time")).to_contain_text("0:00 / ")
    page.locator("lab-step[current] .step-show").click()
    expect(page.locator("lab-player .player-verdict")).to_contain_text("✓ Passed")
    expect(page.locator("lab-player .xterm-rows")).to_contain_text("docker create")
    expect(page.locator("lab-player lab-scene .scene-text")).to_contain_text("is created: it has its files")
    expect(page.locator("lab-step[data-verdict=passed]")).to_have_count(0)


def test_to_turn_to_a_step_lays_its_recording_ready(page: Page, start: str) -> None:
    page.goto(start)
    page.get_by_role("link", name="The life of a container", exact=True).click()
    page.locator(".dots a").nth(4).click()
    expect(page.locator("lab-player .player-title")).to_have_text("Ask it to stop")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("lab-step[current] .help.hint")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("lab-step[current] .help.solution")).to_contain_text("docker stop")
    page.keyboard.press("r")
    expect(page.locator("lab-step[current] .cmd-say").first).to_contain_text("Nothing here is live")


@pytest.mark.parametrize("lesson", sorted(one.name for one in LESSONS.iterdir()))
def test_every_recording_plays_from_its_beginning_to_its_verdict(page: Page, folder: Path, lesson: str) -> None:
    page.goto((folder / "docker" / "course" / "lessons" / f"{lesson}.html").as_uri())
    expect(page.locator("lab-player .player-time")).to_contain_text("0:00 / ")
    for step in page.locator("lab-step").all():
        slug = step.get_attribute("step")
        page.evaluate("([lesson, step]) => document.querySelector('lab-player').load(lesson, step)", [lesson, slug])
        expect(page.locator(".player-verdict")).not_to_contain_text("Passed")
        page.evaluate(DRAWN)
        before = page.locator("lab-player .scene-text").inner_text()
        page.evaluate("{ const player = document.querySelector('lab-player'); player.seek(player.length) }")
        expect(page.locator(".player-verdict")).to_contain_text("✓ Passed")
        expect(page.locator("lab-player .xterm-rows")).to_contain_text("learner@slipway")
        page.evaluate("document.querySelector('lab-player').seek(0)")
        expect(page.locator(".player-verdict")).not_to_contain_text("Passed")
        expect(page.locator("lab-player .scene-text")).to_have_text(before, use_inner_text=True)


@pytest.mark.parametrize("look", [(1440, 900, "light"), (390, 844, "dark")])
def test_nobody_is_shut_out(browser: Browser, start: str, look: tuple[int, int, Literal["light", "dark"]]) -> None:
    width, height, scheme = look
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(start.removesuffix("index.html").rstrip("/") + f"/lessons/{LESSON}.html")
    expect(page.locator("lab-player .player-title")).to_have_text("Create, but do not start", use_inner_text=False)
    page.locator("lab-step[current] .step-show").click()
    expect(page.locator("lab-player .player-verdict")).to_contain_text("✓ Passed")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
