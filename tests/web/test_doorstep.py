"""Who stands at the door of the sockets: strangers go soon, are few, and say little; a learner's pages have a bound."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import websocket

from tests.web.conftest import TOKEN, served
from tests.web.running import Running
from tests.web.test_serve import entered, is_alive, wire

LIMITS = {"strangers": 3, "stranger_time": 2.0, "pages": 2, "posts": 5.0, "posts_burst": 5.0, "connections_each": 20}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Running]:
    """A lab that has little room at its door."""
    yield from served(tmp_path, json.dumps(LIMITS))


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Running]:
    """A lab in which strangers may stay."""
    yield from served(tmp_path, json.dumps({"stranger_time": 600}))


def ended(made: websocket.WebSocket) -> bool:
    """Whether the lab hangs up, however long that takes; pings are answered, as an honest client does."""
    made.settimeout(30)
    try:
        while True:
            if made.recv() == "2":
                made.send("3")
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        made.shutdown()
        return True


def test_a_socket_that_never_says_whose_it_is_is_hung_up_on_and_one_that_did_stays(small: Running) -> None:
    page, stranger = entered(small), wire(small)

    assert ended(stranger)
    page.send('42/lab,1["hint",{"step":"create"}]')
    while not page.recv().startswith("43/lab,1"):
        pass
    page.close()


def test_so_is_one_with_a_wrong_token(small: Running) -> None:
    stranger = wire(small)
    stranger.send('40/lab,{"token":"wrong"}')
    assert stranger.recv().startswith("44/lab,")
    assert ended(stranger)


def test_a_polling_client_that_never_says_whose_it_is_is_forgotten(small: Running) -> None:
    door = f"{small.url}/socket.io/?EIO=4&transport=polling"
    sid = requests.get(door, timeout=10).text.split('"')[3]
    while requests.post(f"{door}&sid={sid}", data="3", timeout=10).status_code == 200:
        time.sleep(0.5)
    assert is_alive(small)


def test_strangers_of_one_address_are_few_and_make_room_for_each_other(small: Running) -> None:
    strangers = [wire(small) for _ in range(LIMITS["strangers"])]  # type: ignore[call-overload]
    with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
        wire(small)
    assert all(ended(one) for one in strangers)
    entered(small).close()


def test_a_stranger_who_talks_and_talks_is_hung_up_on(patient: Running) -> None:
    stranger = wire(patient)
    for _ in range(30):
        stranger.send('42/lab,["hint",{"step":"create"}]')
    assert ended(stranger)
    assert "Traceback" not in patient.log


def test_a_learner_with_too_many_pages_is_told_and_the_pages_that_are_open_go_on(small: Running) -> None:
    pages = [entered(small), entered(small)]
    third = wire(small)
    third.send('40/lab,{"token":"' + TOKEN + '"}')
    assert "too many pages" in third.recv()
    third.close()

    pages[0].close()
    while True:  # that one has gone is noticed within a second
        third = wire(small)
        third.send('40/lab,{"token":"' + TOKEN + '"}')
        if third.recv().startswith("40/lab,"):
            break
        third.close()
        time.sleep(0.2)
    third.close()
    pages[1].close()


def test_what_a_polling_client_sends_is_read_at_a_pace(small: Running) -> None:
    door = f"{small.url}/socket.io/?EIO=4&transport=polling"
    sid = requests.get(door, timeout=10).text.split('"')[3]
    polling = f"{door}&sid={sid}"
    requests.post(polling, data='40/lab,{"token":"' + TOKEN + '"}', timeout=10)
    before = time.monotonic()
    with requests.Session() as client:
        answers = [client.post(polling, data='42/lab,["here",{}]', timeout=20).status_code for _ in range(14)]
    assert answers == [200] * 14
    assert time.monotonic() - before >= 1.5  # ten more than the burst, five a second: never faster


def test_connections_from_one_address_have_a_bound_and_come_again_when_others_have_gone(small: Running) -> None:
    pages = [requests.Session() for _ in range(LIMITS["connections_each"])]  # type: ignore[call-overload]
    for page in pages:
        assert page.get(f"{small.url}/healthz", timeout=10).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{small.url}/healthz", timeout=10)
    for page in pages:
        page.close()
    deadline = time.monotonic() + 30
    while True:
        try:
            assert is_alive(small)
            return
        except requests.ConnectionError:
            assert time.monotonic() < deadline


def test_an_accident_of_the_application_is_answered_with_the_headers_of_everything_else(small: Running) -> None:
    answer = requests.get(f"{small.url}/accident-before-anything", timeout=10)
    assert answer.status_code == 500
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "an accident" not in answer.text
