"""Whose request it is behind proxies, and that limits of one address are those of one client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import websocket
from hypothesis import given
from hypothesis import strategies as st

from slipway.install.public_address import parse_proxies
from slipway.web.security.forwarded_addresses import TOO_MANY, client_address
from tests.eventually import PATIENCE
from tests.transports import TextWebSocket
from tests.web.http.test_server import open_lab_websocket, open_websocket
from tests.web.lab_server import LabServer, Running
from tests.web.security.test_connection_limits import ended

PROXIES = parse_proxies("127.0.0.1 10.0.0.0/8 2001:db8::/48")
ADA, BEN = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first one is what the client wrote
        ("127.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.2.3.4", "203.0.113.7"),
        ("198.51.100.1,203.0.113.7,10.2.3.4 , 127.0.0.1", "203.0.113.7"),
        ("203.0.113.7:40000, 10.2.3.4:80", "203.0.113.7"),
        ("2001:db8:1::7", "2001:db8:1::7"),
        ("[2001:db8:1::7]:40000, [2001:db8::1]", "2001:db8:1::7"),
        ("::ffff:203.0.113.7, ::ffff:10.0.0.1", "203.0.113.7"),
        ("", "127.0.0.1"),
        ("10.9.9.9", "10.9.9.9"),  # a proxy's own request
        ("203.0.113.7, unknown", "127.0.0.1"),
        ("203.0.113.7, unknown, 10.2.3.4", "10.2.3.4"),
        ("203.0.113.7, ", "127.0.0.1"),
    ],
)
def test_nearest_address_that_is_no_proxy_counts(forwarded: str, client: str) -> None:
    assert client_address("127.0.0.1", forwarded, PROXIES) == client


@given(st.text(max_size=40))
def test_what_a_client_writes_changes_nothing(written: str) -> None:
    assert client_address("127.0.0.1", f"{written}, 203.0.113.7, 10.2.3.4", PROXIES) == "203.0.113.7"


NewLab = Callable[..., Running]


@pytest.fixture
def start(server: LabServer, tmp_path: Path) -> Iterator[NewLab]:
    """Return a function that starts a lab with these limits, which believes these proxies."""
    labs: list[Running] = []

    def start(limits: dict[str, float], proxies: str) -> Running:
        words = ("accident", json.dumps(limits), "https://lab.example", proxies)
        labs.append(Running.start(server, tmp_path, *words))
        return labs[-1]

    yield start
    for lab in labs:
        lab.stop()


def is_refused(lab: Running, client: dict[str, str]) -> bool:
    try:
        open_websocket(lab, header=client).close()
    except websocket.WebSocketBadStatusException as refused:
        return refused.status_code == 429 and TOO_MANY in (refused.resp_body or b"").decode()
    return False


def closes(pages: list[TextWebSocket]) -> None:
    for page in pages:
        page.close()


def test_connections_are_limited_for_each_client(start: NewLab) -> None:
    lab = start({"connections_each": 3}, "127.0.0.1")
    pages = [open_lab_websocket(lab, header=client) for client in (ADA, ADA, ADA, BEN, BEN)]

    assert is_refused(lab, ADA)
    assert requests.get(f"{lab.url}/healthz", headers=ADA, timeout=PATIENCE).status_code == 429
    assert requests.get(f"{lab.url}/healthz", headers=BEN, timeout=PATIENCE).status_code == 200
    assert is_refused(lab, {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})  # written by the client itself
    closes(pages)


def test_a_client_that_leaves_makes_room(start: NewLab) -> None:
    lab = start({"connections_each": 1}, "127.0.0.1")
    for _ in range(3):
        page = open_lab_websocket(lab, header=ADA)
        page.close()
        page.shutdown()
        while is_refused(lab, ADA):
            pass


def test_strangers_are_limited_for_each_client(start: NewLab) -> None:
    lab = start({"strangers": 1, "stranger_time": 600}, "127.0.0.1")
    ada, ben = open_websocket(lab, header=ADA), open_websocket(lab, header=BEN)
    another = open_websocket(lab, header=BEN)  # which closes Ben's first

    assert ended(ben)
    for alive in (ada, another):
        alive.send('40/lab,{"token":"wrong"}')
        assert alive.recv().startswith("44/lab,")
    closes([ada, another])


def test_nobody_else_is_believed(start: NewLab) -> None:
    lab = start({"connections_each": 3}, "10.0.0.0/8")
    pages = [open_lab_websocket(lab, header=client) for client in (ADA, BEN, {"X-Forwarded-For": "203.0.113.9"})]

    with pytest.raises((websocket.WebSocketException, ConnectionError)):
        open_websocket(lab, header={"X-Forwarded-For": "203.0.113.10"})
    closes(pages)
