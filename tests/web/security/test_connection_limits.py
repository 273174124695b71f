"""Limits on pending connections, on a learner's pages, on polling, and on connections per address."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket

from tests.eventually import PATIENCE, eventually
from tests.transports import TextWebSocket
from tests.web.conftest import TOKEN, lab_with_limits
from tests.web.http.test_server import is_alive, open_lab_websocket, open_websocket
from tests.web.lab_server import LabServer, Running

LIMITS = {"strangers": 3, "stranger_time": 2.0, "pages": 2, "posts": 5.0, "posts_burst": 5.0, "connections_each": 20}


@pytest.fixture
def small(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    """A lab with low limits."""
    yield from lab_with_limits(server, tmp_path, json.dumps(LIMITS))


@pytest.fixture
def patient(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    """A lab in which pending connections may stay."""
    yield from lab_with_limits(server, tmp_path, json.dumps(LIMITS | {"stranger_time": 600}))


@pytest.fixture
def roomy(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    """A lab in which a learner may have more pages than connections."""
    yield from lab_with_limits(server, tmp_path, json.dumps(LIMITS | {"pages": 50, "stranger_time": 600}))


def ended(made: TextWebSocket) -> bool:
    """Return once the lab has closed the connection; pings are answered meanwhile."""
    made.settimeout(PATIENCE)
    try:
        while True:
            if made.recv() == "2":
                made.send("3")
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        made.shutdown()
        return True


def test_connection_without_a_token_is_closed_and_one_with_it_stays(small: Running) -> None:
    page, stranger = open_lab_websocket(small), open_websocket(small)

    assert ended(stranger)
    page.send('42/lab,1["hint",{"step":"create"}]')
    while not page.recv().startswith("43/lab,1"):
        pass
    page.close()


def test_connection_with_a_wrong_token_is_closed(small: Running) -> None:
    stranger = open_websocket(small)
    stranger.send('40/lab,{"token":"wrong"}')
    assert stranger.recv().startswith("44/lab,")
    assert ended(stranger)


def test_polling_client_without_a_token_is_closed(small: Running) -> None:
    door = f"{small.url}/socket.io/?EIO=4&transport=polling"
    sid = requests.get(door, timeout=PATIENCE).text.split('"')[3]
    answers: list[int] = []

    def forgotten() -> bool:
        answers.append(requests.post(f"{door}&sid={sid}", data="3", timeout=PATIENCE).status_code)
        return answers[-1] != 200

    eventually(forgotten, "a stranger's session to be refused", lambda: answers[-5:], pause=0.5)
    assert is_alive(small)


def test_oldest_pending_connection_of_an_address_is_closed_for_a_new_one(patient: Running) -> None:
    first, *others = [open_websocket(patient) for _ in range(LIMITS["strangers"])]  # type: ignore[call-overload]
    page = open_lab_websocket(patient)
    assert ended(first)
    page.send('42/lab,1["hint",{"step":"create"}]')
    while not page.recv().startswith("43/lab,1"):
        pass
    for one in (page, *others):
        one.close()


def test_pending_connection_with_too_many_messages_is_closed(patient: Running) -> None:
    stranger = open_websocket(patient)
    for _ in range(30):
        stranger.send('42/lab,["hint",{"step":"create"}]')
    assert ended(stranger)
    assert "Traceback" not in patient.log


def test_learner_with_too_many_pages_keeps_the_open_ones(patient: Running) -> None:
    pages = [open_lab_websocket(patient), open_lab_websocket(patient)]
    third = open_websocket(patient)
    third.send('40/lab,{"token":"' + TOKEN + '"}')
    assert "too many pages" in third.recv()
    third.close()

    pages[0].close()
    answers: list[str] = []

    def has_room() -> bool:
        again = open_websocket(patient)
        again.send('40/lab,{"token":"' + TOKEN + '"}')
        answers.append(again.recv())
        again.close()
        return answers[-1].startswith("40/lab,")

    eventually(has_room, "room for another page", lambda: answers[-2:], pause=0.2)
    pages[1].close()


def test_polling_messages_are_rate_limited(patient: Running) -> None:
    door = f"{patient.url}/socket.io/?EIO=4&transport=polling"
    sid = requests.get(door, timeout=PATIENCE).text.split('"')[3]
    polling = f"{door}&sid={sid}"
    requests.post(polling, data='40/lab,{"token":"' + TOKEN + '"}', timeout=PATIENCE)
    before = time.monotonic()
    with requests.Session() as client:
        answers = [client.post(polling, data='42/lab,["here",{}]', timeout=PATIENCE).status_code for _ in range(14)]
    assert answers == [200] * 14
    assert time.monotonic() - before >= 1.5  # ten more than the burst, five a second: never faster


def test_waiting_connection_is_closed_for_the_next_from_its_address(small: Running) -> None:
    kept = requests.Session()
    assert kept.get(f"{small.url}/healthz", timeout=PATIENCE).ok
    half = [socket.create_connection(("127.0.0.1", small.port)) for _ in range(60)]
    for number, one in enumerate(half):
        with contextlib.suppress(OSError):
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x" if number % 2 else b"")
        if number % 7 == 0:
            assert is_alive(small)
    assert is_alive(small)
    half[0].settimeout(PATIENCE)
    assert half[0].recv(1) == b""
    for one in half:
        one.close()
    kept.close()


def test_pages_are_not_closed_and_one_more_is_refused(roomy: Running) -> None:
    pages = [open_lab_websocket(roomy) for _ in range(LIMITS["connections_each"])]  # type: ignore[call-overload]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{roomy.url}/healthz", timeout=PATIENCE)
    pages.pop().close()

    def has_room() -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return is_alive(roomy)
        return False

    eventually(has_room, "room for another connection", lambda: roomy.log)
    for page in pages:
        page.close()


def test_internal_error_of_the_application_has_the_security_headers(small: Running) -> None:
    answer = requests.get(f"{small.url}/accident-before-anything", timeout=PATIENCE)
    assert answer.status_code == 500
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "an accident" not in answer.text
