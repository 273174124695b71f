"""All namespaces at once, over raw WebSockets: events by a reserved name, and who is put out of all of them."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
import websocket

from tests.eventually import eventually
from tests.web.conftest import TOKEN
from tests.web.http.test_server import is_alive, wire
from tests.web.lab_server import Running

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
def test_event_with_a_reserved_name_is_dropped(fresh: Running, namespace: str, name: str) -> None:
    page = connected(fresh, namespace)
    page.send(f"42{namespace},1" + json.dumps([name, {}, {"token": TOKEN, "terminal": 1}]))
    eventually(lambda: f"(the last: an event called {name})" in fresh.log)
    assert is_alive(fresh)
    assert "Traceback" not in fresh.log
    page.close()


def test_repeated_connect_events_leave_one_terminal_client(fresh: Running) -> None:
    page = connected(fresh, "/pty")
    for _ in range(20):
        emit(page, "/pty", "connect", {}, {"token": TOKEN, "terminal": 1})
    page.close()
    eventually(lambda: "me/1 has 0 viewers" in fresh.log)
    assert "me/1 has 2 viewers" not in fresh.log


def test_repeated_connect_events_add_one_follow_page(fresh: Running) -> None:
    page = connected(fresh, "/follow")
    for _ in range(20):
        emit(page, "/follow", "connect", {}, {"token": TOKEN})
    heard = [one for _ in range(2) for one in until_answered(page, "/follow", "lead", {"on": 0})]
    assert len([one for one in heard if "consent" in one]) == 1
    page.close()


Class = tuple[Running, dict[str, str]]


def hung_up(made: websocket.WebSocket) -> bool:
    """Whether the lab hangs up; fails when it does not within the patience of the socket."""
    made.settimeout(8)
    try:
        while made.recv() != "":
            pass
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        pass
    made.shutdown()
    return True


@pytest.mark.parametrize("namespace", EVERY)
@pytest.mark.parametrize("event", ["remove", "anew"])
def test_removed_learner_is_disconnected_from_each_namespace(classroom: Class, namespace: str, event: str) -> None:
    lab, secrets = classroom
    instructor, ada = connected(lab, "/class"), connected(lab, namespace, secrets["Ada"])
    until_answered(instructor, "/class", event, {"learner": secrets["Ada"].partition(".")[0]})
    assert hung_up(ada)
    until_answered(instructor, "/class", "wall", None)
    back = wire(lab)
    back.send(f"40{namespace}," + json.dumps({"token": secrets["Ada"]}))
    assert back.recv().startswith(f"44{namespace},")
    for one in (instructor, back):
        one.close()


def test_removed_learner_who_reads_nothing_is_not_heard_any_more(classroom: Class) -> None:
    lab, secrets = classroom
    ada = wire(lab, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),))
    ada.send("40/lab," + json.dumps({"token": secrets["Ada"]}))
    emit(ada, "/lab", "turn", {"step": "1500"})
    instructor = connected(lab, "/class")
    until_answered(instructor, "/class", "remove", {"learner": secrets["Ada"].partition(".")[0]})
    ada.send("40/pty," + json.dumps({"token": secrets["Ben"], "terminal": 1}))
    assert hung_up(ada)
    assert "viewers" not in lab.log
    instructor.close()


def test_removal_does_not_disconnect_others(classroom: Class) -> None:
    lab, secrets = classroom
    instructor, ben = connected(lab, "/class"), connected(lab, "/follow", secrets["Ben"])
    until_answered(instructor, "/class", "remove", {"learner": secrets["Ada"].partition(".")[0]})
    until_answered(ben, "/follow", "follow", {"on": 0})
    for one in (instructor, ben):
        one.close()
