"""The course without a lab: every page and recording is there, in relative addresses, and says that it is not live."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from flask.testing import FlaskClient

from slipway.proofs import course
from slipway.proofs.recordings import Recordings
from slipway.settings import Settings
from slipway.web.http.static_app import create_static_app, files

LESSONS = course.read()
SHELF = Recordings(LESSONS)
PAGES = ["index.html", *(f"lessons/{lesson.slug}.html" for lesson in LESSONS)]
LINK = re.compile(r'(?:href|src|recordings)="([^"]*)"')


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_static_app(LESSONS, SHELF, b"the bundle").test_client()


@pytest.fixture(scope="module")
def everything() -> set[str]:
    return set(files(LESSONS, SHELF))


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_to_a_file_of_the_course(
    path: str, client: FlaskClient, everything: set[str]
) -> None:
    page = client.get(f"/{path}").text
    links = {link.partition("#")[0] for link in LINK.findall(page) if not link.startswith(("#", "https://"))}
    assert not [link for link in links if link.startswith("/") or "://" in link]
    for link in links - {"../recordings/", ""}:
        assert _resolved(path, link) in everything, link


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_plainly_that_nothing_is_live(path: str, client: FlaskClient) -> None:
    page = client.get(f"/{path}").text
    assert "Nothing here is live." in page
    assert "lab-terminal terminal" not in page
    assert "token" not in page
    assert 'type="module"' not in page


def test_every_file_is_served(client: FlaskClient, everything: set[str]) -> None:
    kinds = {path.rpartition(".")[2] for path in everything}
    assert kinds == {"html", "js", "css", "svg", "cast", "txt"}
    for path in sorted(everything - {"xterm.css", "LICENSE-xterm.txt"}):  # npm's, which a machine without it has not
        assert client.get(f"/{path}", buffered=True).status_code == 200, path


def test_hints_and_solutions_are_in_the_page(client: FlaskClient) -> None:
    page = client.get(f"/lessons/{LESSONS[0].slug}.html").text
    assert page.count('<template class="given-solution">') == sum(bool(one.solution) for one in LESSONS[0].steps)
    assert page.count('<template class="given-hint">') == sum(len(one.hints) for one in LESSONS[0].steps)
    assert page.count("step-show") == len(LESSONS[0].steps)


def test_not_found_page_links_back(client: FlaskClient) -> None:
    answer = client.get("/lessons/99-none.html")
    assert answer.status_code == 404
    assert 'href="../index.html"' in answer.text


def test_static_course_guards_hosts_and_origins(settings: Settings) -> None:
    client = create_static_app(LESSONS, SHELF, b"", settings).test_client()
    good = client.get("/", base_url=f"http://127.0.0.1:{settings.port}")
    nonce = re.search(r"'nonce-([^']+)'", good.headers["Content-Security-Policy"])
    assert nonce is not None
    assert f'<meta name="csp-nonce" content="{nonce[1]}">' in good.text
    assert client.get("/", base_url="http://evil.example").status_code == 421


def test_health_reports_that_nothing_is_live(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok", "lessons": len(LESSONS), "live": False}


def _resolved(page: str, link: str) -> str:
    parts: list[str] = []
    for part in (*PurePosixPath(page).parent.parts, *PurePosixPath(link).parts):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
