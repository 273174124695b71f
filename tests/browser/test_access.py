"""Who may come in: the link, the panel that asks for it, and the doors that other sites find shut."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.lab import LESSON, Lab
from tests.browser.learner import CREATE, STEPS, Learner

pytestmark = pytest.mark.browser


def test_without_the_link_the_page_asks_for_it_and_shows_nothing_of_the_learner(
    lab: Lab, sit: Callable[..., Learner]
) -> None:
    learner = sit()
    page = learner.page
    page.goto(f"{lab.base}/lessons/{LESSON}")
    panel = page.get_by_role("dialog", name="Open the link that ./lab up printed")
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_visible()

    link = panel.get_by_label("Link or token")
    link.fill("http://127.0.0.1:8000/?token=guessed")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("not valid any more")

    link.fill(lab.url)
    panel.get_by_role("button", name="Open").click()
    expect(panel).to_be_hidden()
    learner.is_ready()


def test_an_old_link_says_so(lab: Lab, sit: Callable[..., Learner]) -> None:
    page = sit().page
    page.goto(f"{lab.base}/?token=of-yesterday")
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("not valid any more")
    assert "of-yesterday" not in page.url


def test_a_page_that_does_not_exist_shows_the_way_back(lab: Lab, sit: Callable[..., Learner]) -> None:
    page = sit().page
    page.goto(f"{lab.base}/lessons/nowhere")
    expect(page.locator("main")).to_contain_text("There is no such lesson")
    page.get_by_role("link", name="All lessons").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Docker, hands on")


def test_health_needs_no_token(lab: Lab) -> None:
    status, said = _get(lab, "/healthz")
    assert (status, said["status"]) == (200, "ok")


def test_progress_needs_the_token_and_has_its_shape(fresh: Lab) -> None:
    assert _get(fresh, "/api/progress")[0] == 401
    assert _get(fresh, "/api/progress", Authorization="Bearer guessed")[0] == 401
    status, said = _get(fresh, "/api/progress", Authorization=f"Bearer {fresh.token}")
    assert status == 200
    steps = said["lessons"][LESSON]
    assert tuple(steps) == STEPS
    assert steps[CREATE].keys() == {"verdict", "evidence", "why"}
    assert steps[CREATE]["verdict"] == "not-yet"


@pytest.mark.parametrize("path", ["/", "/healthz", "/socket.io/?EIO=4&transport=polling"])
def test_another_name_for_this_machine_is_refused(lab: Lab, path: str) -> None:
    status, said = _get(lab, path, Host="evil.example")
    assert status == 421
    assert "not served under that host name" in said.get("error", "") or said.get("page")


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=websocket"])
def test_another_site_is_refused_by_the_sockets(lab: Lab, path: str) -> None:
    assert _get(lab, path, Origin="http://evil.example")[0] == 403


def test_a_page_of_another_site_gets_no_socket(lab: Lab, sit: Callable[..., Learner]) -> None:
    page = sit().page
    page.goto("about:blank")
    opened = page.evaluate(
        """address => new Promise((done) => {
             const socket = new WebSocket(address)
             socket.onopen = () => done("open")
             socket.onerror = () => done("refused")
           })""",
        lab.base.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
    )
    assert opened == "refused"


def _get(lab: Lab, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
    """The status, and what was said where it is JSON; of a page only that it is one."""
    with closing(http.client.HTTPConnection(urlsplit(lab.base).netloc, timeout=30)) as line:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
    try:
        said: dict[str, Any] = json.loads(body)
    except ValueError:
        said = {"page": body.decode(errors="replace")}
    return answer.status, said
