"""An upgrade of a library must not change the private fields that we use, nor what they mean.

The short path of keys and output (docs/decisions/0004) reaches into Engine.IO, Socket.IO, simple-websocket and gevent,
where no interface is promised. After an upgrade, a failure here says which field is missing or behaves differently, and
which of our modules relies on it. Once that is adapted, and `./lab bench terminal` is as before, update TESTED.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import pytest

from tests.static_server import ROOT

TESTED = {
    "python-engineio": "4.15.1",
    "python-socketio": "5.18.1",
    "simple-websocket": "1.1.0",
    "gevent": "26.9.0",
}
"""The versions with which all facts were seen to hold, and the terminal was measured."""


class Fact(NamedTuple):
    """What a field of a library means, who relies on that, and what the probe sees when it holds."""

    library: str
    meaning: str
    users: str
    expected: Any


FACTS = {
    "driver_knows_its_client": Fact(
        "python-engineio",
        "`app.__self__` of a WebSocket driver is the client's socket",
        "websocket.py (install, intercept)",
        True,
    ),
    "client_sid": Fact(
        "python-engineio",
        "`sid` of a client is the id that its page was given",
        "websocket.py (intercept)",
        True,
    ),
    "websocket_client_is_upgraded": Fact(
        "python-engineio",
        "`upgraded` is true for a client that came by WebSocket",
        "websocket.py (send_now, intercept)",
        True,
    ),
    "polling_client_is_not_upgraded": Fact(
        "python-engineio",
        "`upgraded` is false for a client that polls",
        "websocket.py (send_now, intercept)",
        False,
    ),
    "open_client_is_not_closed": Fact(
        "python-engineio",
        "`closed` is false while a client is connected",
        "websocket.py (send_now)",
        False,
    ),
    "queue_is_empty_at_rest": Fact(
        "python-engineio",
        "`queue.empty()` is true once everything has been sent",
        "websocket.py (send_now)",
        True,
    ),
    "queue_counts_what_waits": Fact(
        "python-engineio",
        "`queue.qsize()` counts the packets that the writer has not taken, and `empty()` is false then",
        "websocket.py (send_now), lab.py (the backlog)",
        [3, False],
    ),
    "polled_packets_are_all_sent": Fact(
        "python-engineio",
        "the writer calls `poll` of the client itself, and sends each packet of its result through `ws.send`",
        "websocket.py (DirectServer.count_unsent)",
        True,
    ),
    "writer_encodes_and_sends_one_by_one": Fact(
        "python-engineio",
        "the writer encodes a packet only after the one before it has been sent, and once",
        "websocket.py (FlushedPacket), relay.py (RelayedPacket)",
        ["encode a b64=False", "send 4a", "encode b b64=False", "send 4b"],
    ),
    "encoded_bytes_reach_the_server_unchanged": Fact(
        "python-engineio",
        "bytes that `encode` returns reach `ws.send` as they are",
        "websocket.py (EncodedText)",
        ["send b'4raw'"],
    ),
    "polling_packets_are_encoded_as_text": Fact(
        "python-engineio",
        "for long polling `encode` is called with `b64=True`",
        "websocket.py (FlushedPacket)",
        ["encode p b64=True"],
    ),
    "messages_come_through_wait": Fact(
        "python-engineio",
        "each message passes `wait` of the driver once, as text, before its handler runs",
        "websocket.py (intercept), malformed_packets.py",
        [['42/pty,["key",{"n":1}]'], ["key", {"n": 1}]],
    ),
    "end_of_connection_is_none": Fact(
        "python-engineio",
        "`wait` returns None at the end of a connection; the client is then `closed`, and no longer in `sockets`",
        "websocket.py (intercept, send_now)",
        [[None], True, False],
    ),
    "buffer_size": Fact(
        "python-engineio",
        "`max_http_buffer_size` is the largest message in bytes",
        "websocket.py (install)",
        65536,
    ),
    "engine_handlers": Fact(
        "python-engineio",
        "`handlers` has `connect`, `message` and `disconnect`",
        "connection_limits.py",
        ["connect", "disconnect", "message"],
    ),
    "handlers_are_replaceable": Fact(
        "python-engineio",
        'a message goes to the present `handlers["message"]`, with the client\'s id and the data without its type',
        "connection_limits.py",
        [True, "hello"],
    ),
    "posts_of_a_client_are_replaceable": Fact(
        "python-engineio",
        "a POST of a polling client goes through `handle_post_request` of that client",
        "connection_limits.py",
        ["POST"],
    ),
    "closing_without_waiting_disconnects": Fact(
        "python-engineio",
        '`close(wait=False, abort=True)` calls `handlers["disconnect"]` at once, and sets `closed`',
        "lab.py (the backlog), connection_limits.py",
        [True, True],
    ),
    "event_prefix": Fact(
        "python-socketio",
        "an event of a namespace is encoded as type 2, the namespace, a comma and JSON",
        "pty.py (EVENT_PREFIX), relay.py (encode_event)",
        '2/pty,["pty-input",{}]',
    ),
    "events_pass_handle_event": Fact(
        "python-socketio",
        "each event passes `_handle_event` of the server, with transport, namespace, id and data",
        "malformed_packets.py (reserved events)",
        [[True, "/pty", 7, ["key", {"n": 2}]]],
    ),
    "reserved_events": Fact(
        "python-socketio",
        "`reserved_events` has `connect` and `disconnect`",
        "malformed_packets.py (reserved events)",
        ["connect", "disconnect"],
    ),
    "session_ids_are_translated": Fact(
        "python-socketio",
        "the manager translates the ids of transports and of sessions, and lists the namespaces in use",
        "pty.py, permissions.py, lab.py, connection_limits.py",
        [True, True, True],
    ),
    "packets_are_sent_by_transport": Fact(
        "python-socketio",
        "`_send_packet` sends a packet to a transport",
        "connection_limits.py",
        '42/pty,["news",1]',
    ),
    "server_parameters": Fact(
        "simple-websocket",
        "the server is built with these parameters",
        "websocket.py (install)",
        ["environ", "event_class", "max_message_size", "selector_class", "thread_class"],
    ),
    "handshake_has_its_fields": Fact(
        "simple-websocket",
        "the constructor sets these fields and then calls `handshake`, which sets `connected`",
        "websocket.py (DirectServer.handshake)",
        ["sock", "environ", "max_message_size", "receive_bytes", "ws", True],
    ),
    "reader_is_thread": Fact(
        "simple-websocket",
        "`_thread` is what reads the socket",
        "websocket.py (DirectServer._thread)",
        True,
    ),
    "input_buffer_is_a_list": Fact(
        "simple-websocket",
        "`input_buffer` is a list of messages",
        "websocket.py (DirectServer.receive)",
        True,
    ),
    "handled_events_fill_the_input_buffer": Fact(
        "simple-websocket",
        "`_handle_events` returns True and appends a message to `input_buffer`",
        "websocket.py (DirectServer._parse)",
        [True, ["hello"]],
    ),
    "handled_pings_are_answered": Fact(
        "simple-websocket",
        "`_handle_events` answers a ping through `sock.send`",
        "websocket.py (DirectServer._parse)",
        [True, "8a0170"],
    ),
    "handled_close_ends": Fact(
        "simple-websocket",
        "`_handle_events` returns False for a close, and keeps its code and text",
        "websocket.py (DirectServer.receive)",
        [False, 1001, "bye"],
    ),
    "send_is_one_whole_frame": Fact(
        "simple-websocket",
        "`send` writes one whole frame, with one `sock.send`",
        "websocket.py (SendAllSocket)",
        ["81026869"],
    ),
    "socket_beneath_is_not_blocking": Fact(
        "gevent",
        "the socket beneath, `_sock`, is non-blocking",
        "websocket.py (SendAllSocket.send_now)",
        0.0,
    ),
    "socket_beneath_takes_a_part": Fact(
        "gevent",
        "`_sock.send` takes what fits, and returns how much",
        "websocket.py (SendAllSocket.send_now)",
        True,
    ),
}


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What the installed libraries do."""
    command = [sys.executable, "-m", "tests.web.sockets.library_probe"]
    probe = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert probe.returncode == 0, f"{_versions()}: the probe could not even be set up.\n{probe.stderr}"
    found: dict[str, Any] = json.loads(probe.stdout)
    return found


def test_every_fact_is_probed_and_expected(seen: dict[str, Any]) -> None:
    assert seen.keys() == FACTS.keys()


@pytest.mark.parametrize("name", FACTS)
def test_private_field_means_what_we_rely_on(seen: dict[str, Any], name: str) -> None:
    fact = FACTS[name]
    assert seen[name] == fact.expected, (
        f"{fact.library} {version(fact.library)} (tested: {TESTED[fact.library]}): {fact.meaning}. "
        f"{fact.users} relies on it. Expected {fact.expected!r}, got {seen[name]!r}."
    )


def test_gevents_driver_of_engineio_is_simple_websockets() -> None:
    """With gevent-websocket installed Engine.IO would use that, and nothing here would hold."""
    with pytest.raises(PackageNotFoundError):
        version("gevent-websocket")


def _versions() -> str:
    return ", ".join(f"{name} {version(name)} (tested: {tested})" for name, tested in TESTED.items())
