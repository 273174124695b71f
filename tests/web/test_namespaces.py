"""All namespaces at once, over raw WebSockets: events by a reserved name, and who is put out of all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import websocket

from tests.patience import eventually
from tests.web.conftest import TOKEN
from tests.web.running import Running
from tests.web.test_serve import is_alive, wire

EVERY = ["/lab", "/class", "/pty", "/follow"]


def connected(lab: Running, namespace: str, token: str = TOKEN) -> websocket.WebSocket:
    made = wire(lab)
    made.send(f"40{namespace}," + json.dumps({"token": token, "terminal": 1}))
    assert made.recv().startswith(f"40{namespace},")
    return made


def emit(made: websocket.WebSocket, namespace: str, *event: Any) -> None:
    made.send(f"42{namespace}," + json.dumps(event))


def until_answered(made: websocket.WebSocket, namespace: str, event: str, payload: Any) -> list[str]:
    """What is heard until an event has been answered."""
    made.send(f"42{namespace},7" + json.dumps([event, payload]))
    heard = []
    while not (message := made.recv()).startswith(f"43{namespace},7"):
        heard.append(message)
    return heard


@pytest.mark.parametrize("namespace", EVERY)
@pytest.mark.parametrize("name", ["connect", "disconnect"])
def test_an_event_by_a_reserved_name_is_no_event(fresh: Running, namespace: str, name: str) -> None:
    page = connected(fresh, namespace)
    page.send(f"42{namespace},1" + json.dumps([name, {}, {"token": TOKEN, "terminal": 1}]))
    eventually(lambda: f"(the last: an event called {name})" in fresh.log)
    assert is_alive(fresh)
    assert "Traceback" not in fresh.log
    page.close()


def test_who_connects_again_and_again_has_one_viewer_and_leaves_none(fresh: Running) -> None:
    page = connected(fresh, "/pty")
    for _ in range(20):
        emit(page, "/pty", "connect", {}, {"token": TOKEN, "terminal": 1})
    page.close()
    eventually(lambda: "me/1 has 0 viewers" in fresh.log)
    assert "me/1 has 2 viewers" not in fresh.log


def test_who_connects_again_and_again_follows_once(fresh: Running) -> None:
    page = connected(fresh, "/follow")
    for _ in range(20):
        emit(page, "/follow", "connect", {}, {"token": TOKEN})
    heard = [one for _ in range(2) for one in until_answered(page, "/follow", "lead", {"on": 0})]
    assert len([one for one in heard if "consent" in one]) == 1
    page.close()
