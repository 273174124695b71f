"""The server and hostile clients: raw sockets, bad packets, silent readers; and what its log says."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
import websocket

from tests.eventually import PATIENCE, eventually
from tests.transports import TextWebSocket, connect
from tests.web.conftest import lab_with_limits
from tests.web.lab_server import LabServer, Running

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own


@pytest.fixture
def hasty(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    """A lab that waits half a second for the headers of a request."""
    yield from lab_with_limits(server, tmp_path, json.dumps({"request_head": 0.5}))


def open_websocket(lab: Running, **options: Any) -> TextWebSocket:
    """Return a WebSocket that has received Engine.IO's open packet."""
    options = {"timeout": PATIENCE} | options
    address = f"ws://127.0.0.1:{lab.port}/socket.io/?EIO=4&transport=websocket"
    made = connect(address, **options)
    assert made.recv().startswith("0{")
    return made


def open_lab_websocket(lab: Running, **options: Any) -> TextWebSocket:
    made = open_websocket(lab, **options)
    made.send('40/lab,{"token":"' + TOKEN + '"}')
    assert made.recv().startswith("40/lab,")
    return made


def is_alive(lab: Running) -> bool:
    return bool(requests.get(f"{lab.url}/healthz", timeout=PATIENCE).json()["status"] == "ok")


BAD = [
    "",
    "x",
    "b!",
    "4",
    "4x",
    "42",
    "42/lab,",
    '42/lab,{"a"',
    "42/lab,[]",
    "42/lab,[[]]",
    "42/lab,[7,8]",
    "49",
    "44/lab,1",
]
BAD += ["451-/lab,[]", "45999999999999-/lab,[]", "43/lab,1[]", "42/lab," + "[" * 3000, "2", "9", "6", "4" + "2" * 300]


def test_malformed_packets_leave_one_counted_line_and_no_traceback(fresh: Running) -> None:
    for bad in BAD:
        made = open_lab_websocket(fresh)
        made.send(bad)
        made.send(bad)
        made.close()
    made = open_lab_websocket(fresh)
    made.send_binary(b"\x00\xff")
    made.close()
    for body in ("x", "4x", "\x1e\x1e", "d=", "42[" * 50, "\ufffd"):
        sid = requests.get(f"{fresh.url}/socket.io/?EIO=4&transport=polling", timeout=PATIENCE).text.split('"')[3]
        polling = f"{fresh.url}/socket.io/?EIO=4&transport=polling&sid={sid}"
        requests.post(polling, data=body.encode(), timeout=PATIENCE)
    assert is_alive(fresh)
    assert "Traceback" not in fresh.log
    assert "Malformed packets so far: 1 " in fresh.log
    assert fresh.log.count("Malformed packets") <= 4


def test_a_bad_client_does_not_disturb_a_good_one(running: Running) -> None:
    good, bad = open_lab_websocket(running), open_lab_websocket(running)
    bad.send("42/lab,{")
    good.send('42/lab,1["open",{"lesson":"01-life"}]')
    heard = [good.recv() for _ in range(4)]
    assert any(message.startswith("43/lab,1") for message in heard)
    good.close()
    bad.close()


def test_a_message_over_the_limit_ends_its_connection(fresh: Running) -> None:
    made = open_lab_websocket(fresh)
    closed = (websocket.WebSocketConnectionClosedException, ConnectionError)
    with pytest.raises(closed):  # noqa: PT012 - either may notice
        made.send('42/lab,1["open",{"lesson":"' + "x" * 200_000 + '"}]')
        while made.recv():
            pass
        raise ConnectionError("closed")
    made.shutdown()
    assert is_alive(fresh)
    assert "Traceback" not in fresh.log


def test_compression_is_not_negotiated(running: Running) -> None:
    made = open_websocket(running, header=["Sec-WebSocket-Extensions: permessage-deflate"])
    assert "sec-websocket-extensions" not in (made.getheaders() or {})
    made.close()


@pytest.mark.parametrize("header", ["Host: evil.example", "Origin: http://evil.example"])
def test_websocket_from_a_wrong_host_or_origin_is_refused(running: Running, header: str) -> None:
    name, value = header.split(": ")
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        open_websocket(running, **{name.lower(): value})
    assert refusal.value.status_code in (403, 421)


def test_slow_reader_gets_everything_in_order(running: Running) -> None:
    made, page = (
        open_lab_websocket(running, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)),
        open_lab_websocket(running),
    )
    made.send('42/lab,1["turn",{"step":"1500"}]')
    said = 0
    while said < 1500:  # once a page that reads has everything, everything was sent to the slow one, too
        said += page.recv().startswith("42/lab,")
    page.close()
    heard: list[int] = []
    while len(heard) < 1500:
        message = made.recv()
        assert message.startswith(("2", "42/lab,", "43/lab,1"))
        if message.startswith("42/lab,"):
            heard.append(json.loads(message.removeprefix("42/lab,"))[1]["seq"])
    assert heard == list(range(1500))
    made.close()


def test_reader_that_reads_nothing_is_disconnected_and_the_session_continues(fresh: Running) -> None:
    deaf, page = (
        open_lab_websocket(fresh, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)),
        open_lab_websocket(fresh),
    )
    deaf.send('42/lab,1["turn",{"step":"6000"}]')
    heard = 0
    while heard < 6000:
        heard += page.recv().startswith("42/lab,")
    assert "its connection is closed" in fresh.log
    assert is_alive(fresh)
    deaf.close()
    page.close()


def test_flooding_client_is_read_slowly_and_others_are_served(running: Running) -> None:
    flood, page = open_lab_websocket(running), open_lab_websocket(running)
    raw = flood.sock
    assert raw is not None
    frames = websocket.ABNF.create_frame("42/lab,9[]", websocket.ABNF.OPCODE_TEXT).format() * 200

    def pour() -> None:
        with contextlib.suppress(OSError):
            while True:
                raw.sendall(frames)

    pouring = Thread(target=pour)
    pouring.start()
    for _ in range(60):
        page.send('42/lab,1["hint",{"step":"create"}]')
        while not page.recv().startswith("43/lab,1"):
            pass
    raw.shutdown(socket.SHUT_RDWR)
    pouring.join(PATIENCE)
    assert not pouring.is_alive()
    flood.shutdown()
    page.close()


def test_half_open_connections_keep_nobody_out(running: Running) -> None:
    half = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(400)]
    for number, one in enumerate(half):
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x" if number % 2 else b"GE")
    assert is_alive(running)
    for one in half:
        one.close()


def test_dripping_headers_time_out(hasty: Running) -> None:
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=0.1) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\n")

        def dripped() -> bytes:
            with contextlib.suppress(TimeoutError):
                return slow.recv(4096)
            with contextlib.suppress(OSError):
                slow.sendall(b"X-Drip: 1\r\n")
            return b""

        answer = eventually(dripped, "an answer to headers that drip", lambda: hasty.log, pause=0.9)
    assert answer.startswith(b"HTTP/1.1 400")


def test_malformed_request_gets_security_headers_and_one_log_line(fresh: Running) -> None:
    for raw in (b"GARBAGE\r\n\r\n", b"GET /?token=" + TOKEN.encode() + b" x HTTP/1.1\r\n\r\n", b"GET /" + b"x" * 9000):
        with socket.create_connection(("127.0.0.1", fresh.port), timeout=PATIENCE) as made:
            made.sendall(raw)
            made.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(partial(made.recv, 4096), b""))
        assert answer.startswith(b"HTTP/1.1 4")
        assert b"X-Content-Type-Options: nosniff" in answer
    assert "Traceback" not in fresh.log


def test_no_token_is_logged(fresh: Running) -> None:
    for path in (f"/?token={TOKEN}", f"/nowhere?token={TOKEN}", f"/api/progress?token={TOKEN}"):
        requests.get(fresh.url + path, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE)
    open_lab_websocket(fresh).close()
    assert TOKEN not in fresh.log


def test_sigterm_stops_the_lab_with_pages_open(fresh: Running) -> None:
    made = open_lab_websocket(fresh)
    assert fresh.stop() == 0
    assert "stopped" in fresh.log
    assert "Traceback" not in fresh.log
    made.close()
