"""All namespaces, over raw WebSockets: events with reserved names, and removed learners."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
import websocket

from tests.eventually import eventually
from tests.transports import TextWebSocket
from tests.web.conftest import TOKEN
from tests.web.http.test_server import is_alive, open_websocket
from tests.web.lab_server import Running

NAMESPACES = ["/lab", "/class", "/pty", "/follow"]


def connected(lab: Running, namespace: str, token: str = TOKEN) -> TextWebSocket:
    made = open_websocket(lab)
    made.send(f"40{namespace}," + json.dumps({"token": token, "terminal": 1}))
    assert made.recv().startswith(f"40{namespace},")
    return made


def emit(made: TextWebSocket, namespace: str, *event: Any) -> None:
    made.send(f"42{namespace}," + json.dumps(event))


def events_until_answered(made: TextWebSocket, namespace: str, event: str, payload: Any) -> list[str]:
    """Send an event; return what arrives before its acknowledgement."""
    made.send(f"42{namespace},7" + json.dumps([event, payload]))
    heard = []
    while not (message := made.recv()).startswith(f"43{namespace},7"):
        heard.append(message)
    return heard


@pytest.mark.parametrize("namespace", NAMESPACES)
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
    eventually(lambda: "me/1 has 0 clients" in fresh.log)
    assert "me/1 has 2 clients" not in fresh.log


def test_repeated_connect_events_add_one_follow_page(fresh: Running) -> None:
    page = connected(fresh, "/follow")
    for _ in range(20):
        emit(page, "/follow", "connect", {}, {"token": TOKEN})
    heard = [one for _ in range(2) for one in events_until_answered(page, "/follow", "lead", {"on": 0})]
    assert len([one for one in heard if "consent" in one]) == 1
    page.close()


Class = tuple[Running, dict[str, str]]


def is_closed(made: TextWebSocket) -> bool:
    """Return once the lab has closed the connection; fail after eight seconds."""
    made.settimeout(8)
    try:
        while made.recv() != "":
            pass
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        pass
    made.shutdown()
    return True


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("event", ["remove", "anew"])
def test_removed_learner_is_disconnected_from_each_namespace(classroom: Class, namespace: str, event: str) -> None:
    lab, secrets = classroom
    instructor, ada = connected(lab, "/class"), connected(lab, namespace, secrets["Ada"])
    events_until_answered(instructor, "/class", event, {"learner": secrets["Ada"].partition(".")[0]})
    assert is_closed(ada)
    events_until_answered(instructor, "/class", "wall", None)
    back = open_websocket(lab)
    back.send(f"40{namespace}," + json.dumps({"token": secrets["Ada"]}))
    assert back.recv().startswith(f"44{namespace},")
    for one in (instructor, back):
        one.close()


def test_removed_learner_who_reads_nothing_is_disconnected(classroom: Class) -> None:
    lab, secrets = classroom
    ada = open_websocket(lab, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),))
    ada.send("40/lab," + json.dumps({"token": secrets["Ada"]}))
    emit(ada, "/lab", "turn", {"step": "1500"})
    instructor = connected(lab, "/class")
    events_until_answered(instructor, "/class", "remove", {"learner": secrets["Ada"].partition(".")[0]})
    ada.send("40/pty," + json.dumps({"token": secrets["Ben"], "terminal": 1}))
    assert is_closed(ada)
    assert " clients" not in lab.log
    instructor.close()


def test_removal_does_not_disconnect_others(classroom: Class) -> None:
    lab, secrets = classroom
    instructor, ben = connected(lab, "/class"), connected(lab, "/follow", secrets["Ben"])
    events_until_answered(instructor, "/class", "remove", {"learner": secrets["Ada"].partition(".")[0]})
    events_until_answered(ben, "/follow", "follow", {"on": 0})
    for one in (instructor, ben):
        one.close()
