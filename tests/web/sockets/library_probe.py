"""What the installed Engine.IO, Socket.IO, simple-websocket and gevent do with the private fields that we use, as JSON.

Run as a process of its own (`python -m tests.web.sockets.library_probe`), because gevent has to patch it first. It
serves one plain Flask-SocketIO application and is its client, too. Each fact is one function; what a function raises
becomes the value of its fact. tests/web/sockets/test_library_internals.py says which values are expected, and who
relies on them.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import inspect  # noqa: E402
import json  # noqa: E402
import socket  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import requests  # noqa: E402
import simple_websocket  # type: ignore[import-untyped]  # noqa: E402
import websocket  # noqa: E402
from engineio.packet import MESSAGE, Packet  # noqa: E402
from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from wsproto.connection import Connection, ConnectionType  # noqa: E402
from wsproto.events import CloseConnection, Ping, TextMessage  # noqa: E402

LIMIT = 64 * 1024
FACTS: dict[str, Callable[[], Any]] = {}


def fact(function: Callable[[], Any]) -> Callable[[], Any]:
    FACTS[function.__name__] = function
    return function


class Server(simple_websocket.Server):  # type: ignore[misc]
    """simple-websocket's server, built and read as DirectServer is."""

    connected: bool

    def handshake(self) -> None:
        fields = ("sock", "environ", "max_message_size", "receive_bytes", "ws")
        self.before_handshake = [name for name in fields if hasattr(self, name)]
        self.read_by_thread = False
        super().handshake()
        self.connected_after_handshake = self.connected

    def _thread(self) -> None:
        self.read_by_thread = True

    def receive(self, timeout: float | None = None) -> Any:
        while self.connected and not self.input_buffer:
            data = self.sock.recv(self.receive_bytes)
            if not data:
                self.connected = False
                break
            self.ws.receive_data(data)
            self.connected = self._handle_events()
        if self.input_buffer:
            return self.input_buffer.pop(0)
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)

    def send(self, data: Any) -> None:
        trace.append(f"send {data}")
        super().send(data)


class TracedPacket(Packet):  # type: ignore[misc]
    """A packet that notes when it is encoded, and how."""

    def __init__(self, text: str, encoded: str | bytes = "") -> None:
        super().__init__(MESSAGE)
        self._text, self._encoded = text, encoded or f"4{text}"

    def encode(self, b64: bool = False) -> str | bytes:
        trace.append(f"encode {self._text} b64={b64}")
        return self._encoded


app = Flask("probe")
socketio = SocketIO(app, async_mode="gevent", async_handlers=False, max_http_buffer_size=LIMIT)
server: Any = socketio.server  # type: ignore[attr-defined]
engine: Any = server.eio
trace: list[str] = []
polled: list[int] = []
waited: list[Any] = []
drivers: list[Any] = []
events: list[list[Any]] = []
base: Any = engine._async["websocket"]


class Driver(base):  # type: ignore[misc]
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        drivers.append(self)
        self.ws = Server(environ, max_message_size=engine.max_http_buffer_size, **self.server_args)
        client = self.app.__self__
        poll = client.poll

        def counted() -> Any:
            packets = poll()
            polled.append(len(packets))
            return packets

        client.poll = counted
        return self.app(self)

    def wait(self) -> Any:
        message = super().wait()
        waited.append(message)
        return message


engine._async = {**engine._async, "websocket": Driver}
server.on("key", lambda sid, *payload: events.append(["key", *payload]), namespace="/pty")
server.on("connect", lambda sid, environ, auth=None: None, namespace="/pty")
http = WSGIServer(("127.0.0.1", 0), app, log=None)
http.start()
URL = f"127.0.0.1:{http.server_port}/socket.io/?EIO=4&transport="
page = websocket.create_connection(f"ws://{URL}websocket", timeout=20)
SID = json.loads(page.recv()[1:])["sid"]
page.send("40/pty,{}")
NAMESPACE_SID = json.loads(str(page.recv()).partition(",")[2])["sid"]
client: Any = engine.sockets[SID]


def settle() -> None:
    """Let all other greenlets do what they can."""
    for _ in range(20):
        gevent.sleep(0.005)


# Engine.IO


@fact
def driver_knows_its_client() -> bool:
    return bool(drivers[0].app.__self__ is client)


@fact
def client_sid() -> bool:
    return bool(client.sid == SID)


@fact
def websocket_client_is_upgraded() -> bool:
    return bool(client.upgraded)


@fact
def open_client_is_not_closed() -> bool:
    return bool(client.closed)


@fact
def queue_is_empty_at_rest() -> bool:
    settle()
    return bool(client.queue.empty())


@fact
def queue_counts_what_waits() -> list[Any]:
    settle()
    for number in range(3):
        engine.send_packet(SID, Packet(MESSAGE, f"queued-{number}"))
    waiting = [client.queue.qsize(), client.queue.empty()]
    for _ in range(3):
        page.recv()
    return waiting


@fact
def writer_encodes_and_sends_one_by_one() -> list[str]:
    settle()
    trace.clear()
    for text in ("a", "b"):
        engine.send_packet(SID, TracedPacket(text))
    for _ in range(2):
        page.recv()
    return list(trace)


@fact
def encoded_bytes_reach_the_server_unchanged() -> list[str]:
    settle()
    trace.clear()
    engine.send_packet(SID, TracedPacket("bytes", b"4raw"))
    page.recv()
    return list(trace[1:])


@fact
def polled_packets_are_all_sent() -> bool:
    settle()
    polled.clear()
    trace.clear()
    for number in range(5):
        engine.send_packet(SID, Packet(MESSAGE, f"counted-{number}"))
    for _ in range(5):
        page.recv()
    return sum(polled) == len(trace) == 5


@fact
def messages_come_through_wait() -> Any:
    waited.clear()
    page.send('42/pty,["key",{"n":1}]')
    settle()
    return [list(waited), events[-1]]


@fact
def buffer_size() -> int:
    return int(engine.max_http_buffer_size)


@fact
def handlers_are_replaceable() -> list[Any]:
    seen: list[Any] = []
    original = engine.handlers["message"]
    engine.handlers.update(message=lambda sid, data: seen.extend([sid == SID, data]))
    page.send("4hello")
    settle()
    engine.handlers.update(message=original)
    return seen


@fact
def engine_handlers() -> list[str]:
    return sorted(set(engine.handlers) & {"connect", "message", "disconnect"})


def polling() -> tuple[str, Any]:
    opened = requests.get(f"http://{URL}polling", timeout=20).text
    sid = json.loads(opened[1:])["sid"]
    return sid, engine.sockets[sid]


@fact
def polling_client_is_not_upgraded() -> bool:
    return bool(polling()[1].upgraded)


@fact
def polling_packets_are_encoded_as_text() -> list[str]:
    sid, _ = polling()
    trace.clear()
    engine.send_packet(sid, TracedPacket("p"))
    requests.get(f"http://{URL}polling&sid={sid}", timeout=20)
    return list(trace)


@fact
def posts_of_a_client_are_replaceable() -> list[str]:
    sid, poller = polling()
    seen: list[str] = []
    original = poller.handle_post_request

    def replaced(environ: Any) -> None:
        seen.append(environ["REQUEST_METHOD"])
        original(environ)

    poller.handle_post_request = replaced
    requests.post(f"http://{URL}polling&sid={sid}", data="3", timeout=20)
    return seen


@fact
def closing_without_waiting_disconnects() -> list[Any]:
    _, poller = polling()
    seen: list[Any] = []
    original = engine.handlers["disconnect"]

    def disconnect(sid: str, *reason: Any) -> None:
        seen.append(sid == poller.sid)
        original(sid, *reason)

    engine.handlers.update(disconnect=disconnect)
    poller.close(wait=False, abort=True)
    engine.handlers.update(disconnect=original)
    return [*seen, poller.closed]


# Socket.IO


@fact
def event_prefix() -> str:
    return str(server.packet_class(data=["pty-input", {}], namespace="/pty").encode())


@fact
def events_pass_handle_event() -> list[Any]:
    seen: list[Any] = []
    original = server._handle_event
    server._handle_event = lambda *arguments: seen.append([arguments[0] == SID, *arguments[1:]])
    page.send('42/pty,7["key",{"n":2}]')
    settle()
    server._handle_event = original
    return seen


@fact
def reserved_events() -> list[str]:
    return sorted(set(server.reserved_events) & {"connect", "disconnect"})


@fact
def session_ids_are_translated() -> list[bool]:
    manager = server.manager
    return [
        manager.eio_sid_from_sid(NAMESPACE_SID, "/pty") == SID,
        manager.sid_from_eio_sid(SID, "/pty") == NAMESPACE_SID,
        "/pty" in manager.get_namespaces(),
    ]


@fact
def packets_are_sent_by_transport() -> str:
    settle()
    server._send_packet(SID, server.packet_class(data=["news", 1], namespace="/pty"))
    return str(page.recv())


# simple-websocket


@fact
def handshake_has_its_fields() -> list[Any]:
    return [*drivers[0].ws.before_handshake, drivers[0].ws.connected_after_handshake]


@fact
def reader_is_thread() -> bool:
    return bool(drivers[0].ws.read_by_thread)


@fact
def input_buffer_is_a_list() -> bool:
    return isinstance(drivers[0].ws.input_buffer, list)


def lone() -> tuple[Server, Connection, socket.socket]:
    """A server on one end of a pair of sockets, with a client's protocol and the other end."""
    ours, theirs = socket.socketpair()
    headers = {"UPGRADE": "websocket", "CONNECTION": "Upgrade", "SEC_WEBSOCKET_KEY": "x" * 22 + "==", "HOST": "x"}
    environ = {f"HTTP_{name}": value for name, value in headers.items()} | {"HTTP_SEC_WEBSOCKET_VERSION": "13"}
    made = Server({**environ, "werkzeug.socket": ours})
    theirs.settimeout(5)
    theirs.recv(4096)
    return made, Connection(ConnectionType.CLIENT), theirs


@fact
def handled_events_fill_the_input_buffer() -> list[Any]:
    made, protocol, _ = lone()
    made.ws.receive_data(protocol.send(TextMessage(data="hello")))
    return [made._handle_events(), made.input_buffer]


@fact
def handled_pings_are_answered() -> list[Any]:
    made, protocol, theirs = lone()
    made.ws.receive_data(protocol.send(Ping(payload=b"p")))
    return [made._handle_events(), theirs.recv(100).hex()]


@fact
def handled_close_ends() -> list[Any]:
    made, protocol, _ = lone()
    made.ws.receive_data(protocol.send(CloseConnection(code=1001, reason="bye")))
    return [made._handle_events(), int(made.close_reason), made.close_message]


@fact
def send_is_one_whole_frame() -> list[str]:
    made, _, _ = lone()
    sent: list[bytes] = []

    class Recorder:
        send = sent.append

    made.sock = Recorder()
    made.send("hi")
    return [data.hex() for data in sent]


@fact
def server_parameters() -> list[str]:
    wanted = {"environ", "max_message_size", "thread_class", "event_class", "selector_class"}
    return sorted(wanted & set(inspect.signature(simple_websocket.Server.__init__).parameters))


# gevent


@fact
def socket_beneath_is_not_blocking() -> Any:
    one, _ = socket.socketpair()
    return one._sock.gettimeout()  # type: ignore[attr-defined]


@fact
def socket_beneath_takes_a_part() -> bool:
    one, _ = socket.socketpair()
    return bool(0 < one._sock.send(b"x" * 50_000_000) < 50_000_000)  # type: ignore[attr-defined]


@fact
def end_of_connection_is_none() -> Any:
    waited.clear()
    page.close()
    settle()
    return [waited, client.closed, SID in engine.sockets]


def found(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    print(json.dumps({name: found(function) for name, function in FACTS.items()}))
