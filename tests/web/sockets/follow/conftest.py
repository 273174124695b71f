"""A class on a real server with real shells: clients of its instructor and two learners, and their terminals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import shells
from tests.classmates import secret
from tests.follow_client import FollowClient
from tests.pty_client import PtyClient
from tests.static_server import follow_server, serving
from tests.web.sockets.follow.classroom import ANNA, BEN, TOKEN


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    with shells.named("test") as made:
        yield made


@pytest.fixture(scope="module")
def url(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(follow_server(name, TOKEN), tmp_path_factory.mktemp("follow") / "server.log") as (address, _):
        yield address


@pytest.fixture
def teacher(url: str) -> Iterator[FollowClient]:
    with FollowClient(url, TOKEN) as page:
        yield page
        for learner in (ANNA, BEN):
            page.ask("end", learner=learner, kind="watch")
        page.ask("lead", on=0)


@pytest.fixture
def anna(url: str) -> Iterator[FollowClient]:
    with FollowClient(url, secret(ANNA)) as page:
        yield page


@pytest.fixture
def ben(url: str) -> Iterator[FollowClient]:
    with FollowClient(url, secret(BEN)) as page:
        yield page


@pytest.fixture
def own_terminal(url: str) -> Iterator[PtyClient]:
    """The instructor's terminal."""
    with PtyClient(url, TOKEN) as page:
        page.resize(100, 30)
        page.see("ready$ ")
        yield page


@pytest.fixture
def annas_terminal(url: str) -> Iterator[PtyClient]:
    """Anna's terminal."""
    with PtyClient(url, secret(ANNA)) as page:
        page.resize(90, 20)
        page.see("ready$ ")
        yield page
