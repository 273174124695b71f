"""Requests for shells and sandboxes faster than a person's, and for terminals that do not exist."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from tests.eventually import eventually
from tests.web.conftest import TOKEN, lab_with_limits
from tests.web.http.test_server import open_websocket
from tests.web.lab_server import LabServer, Running
from tests.web.sockets.test_namespaces import connected, emit, events_until_answered

SLOW = {"shells": 0.001, "shells_burst": 3.0, "fresh": 0.001, "fresh_burst": 2.0}


@pytest.fixture
def slow(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    """A lab with low limits on shells and sandboxes."""
    yield from lab_with_limits(server, tmp_path, json.dumps(SLOW))


def test_ending_shells_is_limited_across_a_learners_pages(slow: Running) -> None:
    pages = [connected(slow, "/pty") for _ in range(2)]
    for number, page in enumerate(pages, start=2):
        for _ in range(5):
            emit(page, "/pty", "end", {"terminal": 1})
        emit(page, "/pty", "attach", {"terminal": number})
        eventually(lambda: f"me/{number} has 1 clients" in slow.log)  # noqa: B023
    assert slow.log.count("me/1 is ended") == 3
    for page in pages:
        while "Too many requests at once" not in page.recv():
            pass
        page.close()


def test_starting_shells_is_limited_but_the_page_stays_attached(slow: Running) -> None:
    page = connected(slow, "/pty")
    for _ in range(5):
        emit(page, "/pty", "attach", {"terminal": 2, "fresh": True})
    emit(page, "/pty", "attach", {"terminal": 3})
    eventually(lambda: "me/3 has 1 clients" in slow.log)
    assert slow.log.count("me/2 is fresh") == 3
    page.close()


def test_new_sandboxes_are_limited_with_a_sentence(slow: Running) -> None:
    pages = [connected(slow, "/lab") for _ in range(2)]
    for number in range(3):
        pages[number % 2].send('42/lab,7["afresh",{}]')
        while not (answer := pages[number % 2].recv()).startswith("43/lab,7"):
            pass
        assert ("Too many new engines" in answer) == (number == 2)
    assert slow.log.count("RuntimeError: a secret of the lab") == 2
    events_until_answered(pages[0], "/lab", "hint", {"step": "create"})
    for page in pages:
        page.close()


@pytest.mark.parametrize("number", [0, 99, -1, 10**30])
def test_page_with_an_unknown_terminal_is_refused_and_leaves_nothing(slow: Running, number: int) -> None:
    made = open_websocket(slow)
    for wanted in (number, 1):
        made.send("40/pty," + json.dumps({"token": TOKEN, "terminal": wanted}))
        answer = made.recv()
        assert answer.startswith("40/pty," if wanted == 1 else "44/pty,")
        assert wanted == 1 or "no such terminal" in answer
    eventually(lambda: "me/1 has 1 clients" in slow.log)
    assert "Traceback" not in slow.log
    made.close()
    eventually(lambda: "me/1 has 0 clients" in slow.log)


def test_pings_count_against_the_limit_of_messages(server: LabServer, tmp_path: Path) -> None:
    for lab in lab_with_limits(server, tmp_path, json.dumps({"packets": 5.0, "packets_burst": 5.0})):
        page, before, heard = connected(lab, "/lab"), time.monotonic(), 0
        for _ in range(16):
            page.ping()
        while heard < 16:
            heard += page.recv_data(control_frame=True)[0] == websocket.ABNF.OPCODE_PONG
        assert time.monotonic() - before >= 1.5  # eleven more than the burst, five a second: never faster
        page.close()
