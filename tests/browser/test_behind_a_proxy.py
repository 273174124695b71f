"""The lab under a public name behind nginx with TLS, and at a forwarded port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket
from playwright.sync_api import Browser, Page, WebSocket, expect

from slipway.classroom.invitation import qr_rows
from tests.browser.lab import Lab
from tests.browser.learner import CREATE, Learner, comes_to
from tests.browser.network import Network
from tests.browser.room import joins
from tests.eventually import PATIENCE
from tests.nginx import Nginx
from tests.static_server import free_port
from tests.web.lab_server import LabServer, Running

pytestmark = pytest.mark.browser

PROXY = "127.0.0.1"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A real lab with a class, started as docs/behind-a-proxy.md says."""
    place = tmp_path_factory.mktemp("behind")
    lab = Lab(place / "state", place / "lab.log", flags=("--class",))
    with Nginx(place, lab.port) as nginx:
        lab.environment = {"SLIPWAY_URL": nginx.url, "SLIPWAY_PROXIES": PROXY}
        try:
            lab.up()
            yield lab
        finally:
            lab.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(ignore_https_errors=True)  # the authority is the test's own
    yield context.new_page()
    context.close()


def test_lesson_and_terminal_work_through_tls(lab: Lab, page: Page) -> None:
    sockets: list[WebSocket] = []
    problems: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    learner = Learner(page, lab)

    assert lab.base.startswith("https://lab.example:")
    learner.open_lesson()
    learner.does("echo through the $((40 + 2))nd proxy")
    learner.sees("through the 42nd proxy", times=1)
    learner.runs(CREATE)
    learner.sees_passed(CREATE)

    address = lab.base.replace("https", "wss", 1)
    assert any(one.url.startswith(f"{address}/socket.io/") and not one.is_closed() for one in sockets)
    assert page.evaluate("isSecureContext")
    assert problems == []


def test_invitation_has_the_public_address(lab: Lab, page: Page, browser: Browser) -> None:
    comes_to(page, lab, "/invite")
    expect(page.locator(".invite-place")).to_have_text(lab.base)
    printed = next(line.split()[-1] for line in lab.log.read_text().splitlines() if "As a link" in line)
    assert printed.startswith(f"{lab.base}/join#")

    local = f"http://127.0.0.1:{lab.port}"
    told = requests.get(
        f"{local}/api/invitation", headers={"Authorization": f"Bearer {lab.token}"}, timeout=PATIENCE
    ).json()
    assert (told["link"], told["dots"]) == (printed, qr_rows(printed))

    context = browser.new_context(ignore_https_errors=True)
    joined = context.new_page()
    joined.goto(printed)
    joins(joined, "Anna")
    expect(page.locator(".invite-joined")).to_have_text("1 has joined")
    context.close()


def test_lesson_and_terminal_work_at_a_forwarded_port(lab: Lab, page: Page) -> None:
    with Network(lab.port) as forwarded:
        base = f"http://localhost:{forwarded.port}"
        page.goto(f"{base}/?token={lab.token}")
        expect(page.locator(".course-start")).to_be_visible()
        page.goto(f"{base}/lessons/02-a-client-and-a-server")
        learner = Learner(page, lab)
        learner.is_ready()
        learner.does("echo at a $((40 + 2))nd port")
        learner.sees("at a 42nd port", times=1)


@pytest.fixture
def running(server: LabServer, tmp_path: Path) -> Iterator[tuple[Running, Nginx]]:
    yield from start(server, tmp_path)


def start(server: LabServer, folder: Path, *, passes_host: bool = True) -> Iterator[tuple[Running, Nginx]]:
    """Yield a lab with sessions in memory, and nginx in front of it."""
    port = free_port()
    with Nginx(folder, port, passes_host=passes_host) as nginx:
        words = ("accident", json.dumps({"connections_each": 2}), nginx.url, PROXY)
        lab = Running.start(server, folder, *words, port=port)
        yield lab, nginx
        lab.stop()


def test_client_is_limited_whatever_it_writes_and_its_neighbour_is_not(running: tuple[Running, Nginx]) -> None:
    _, nginx = running
    pages = [nginx.websocket("127.0.0.2"), nginx.websocket("127.0.0.2")]
    for forged in ({}, {"X-Forwarded-For": "203.0.113.7"}):
        with pytest.raises(websocket.WebSocketBadStatusException, match="429"):
            nginx.websocket("127.0.0.2", header=forged)
    pages += [nginx.websocket("127.0.0.3"), nginx.websocket("127.0.0.3")]
    for page in pages:
        page.send('40/lab,{"token":"wrong"}')
        assert page.recv().startswith("44/lab,")
        page.close()


def test_other_hosts_and_origins_are_refused(running: tuple[Running, Nginx]) -> None:
    _, nginx = running
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        nginx.websocket(origin="https://evil.example")
    with pytest.raises(websocket.WebSocketBadStatusException, match="421"):
        nginx.websocket(host="evil.example", header={"X-Forwarded-Host": f"lab.example:{nginx.port}"})


def test_proxy_may_send_its_own_host(server: LabServer, tmp_path: Path) -> None:
    for _, nginx in start(server, tmp_path, passes_host=False):
        nginx.websocket().close()
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            nginx.websocket(origin="https://evil.example")


def test_page_behind_a_proxy_that_the_lab_does_not_know_says_so(server: LabServer, tmp_path: Path, page: Page) -> None:
    lab = Running.start(server, tmp_path)
    with Nginx(tmp_path, lab.port, passes_host=False) as nginx:
        page.goto(nginx.url)
        expect(page.get_by_role("dialog")).to_contain_text("must give it the address that browsers open: SLIPWAY_URL")
    lab.stop()
