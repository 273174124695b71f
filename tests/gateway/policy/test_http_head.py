"""Section 2.11 of the policy, row by row: HTTP that two parsers could read differently is not forwarded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slipway.gateway.limits import GatewayLimits
from tests.gateway.recorder import send_raw

JSON = b"Content-Type: application/json\r\n"
CREATE = b"POST /containers/create HTTP/1.1\r\nHost: x\r\n"
BODY = b'{"Image":"busybox"}'
LENGTH = b"Content-Length: 19\r\n"
GET = b"GET /version HTTP/1.1\r\n"
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n"


REFUSED: dict[str, tuple[int, bytes]] = {
    "length and chunks": (400, CREATE + JSON + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "chunks and length": (400, CREATE + JSON + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    "two equal lengths": (400, CREATE + JSON + LENGTH + LENGTH + b"\r\n" + BODY),
    "two lengths": (400, CREATE + JSON + LENGTH + b"Content-Length: 20\r\n\r\n" + BODY),
    "a list of lengths": (400, CREATE + JSON + b"Content-Length: 19, 19\r\n\r\n" + BODY),
    "a length with a sign": (400, CREATE + JSON + b"Content-Length: +19\r\n\r\n" + BODY),
    "a negative length": (400, CREATE + JSON + b"Content-Length: -1\r\n\r\n" + BODY),
    "a length with zeros before it": (400, CREATE + JSON + b"Content-Length: 0019\r\n\r\n" + BODY),
    "a length in hex": (400, CREATE + JSON + b"Content-Length: 0x13\r\n\r\n" + BODY),
    "xchunked": (501, CREATE + JSON + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    "gzip, chunked": (501, CREATE + JSON + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    "chunked twice": (
        400,
        CREATE + JSON + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "identity": (501, CREATE + JSON + b"Transfer-Encoding: identity\r\n\r\n"),
    "HTTP/1.2": (400, b"GET /version HTTP/1.2\r\nHost: x\r\n\r\n"),
    "HTTP/2.0": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "no version": (400, b"GET /version\r\nHost: x\r\n\r\n"),
    "no Host": (400, GET + b"\r\n"),
    "an empty Host": (400, GET + b"Host:\r\n\r\n"),
    "no Host in HTTP/1.0": (400, b"GET /version HTTP/1.0\r\n\r\n"),
    "Host twice": (400, GET + b"Host: x\r\nHost: x\r\n\r\n"),
    "a malformed Host": (400, GET + b"Host: a/b\r\n\r\n"),
    "a Host with a space": (400, GET + b"Host: a b\r\n\r\n"),
    "another expectation": (417, CREATE + JSON + b"Expect: tea\r\n" + LENGTH + b"\r\n" + BODY),
    "two expectations": (400, CREATE + JSON + b"Expect: 100-continue\r\nExpect: tea\r\n" + LENGTH + b"\r\n" + BODY),
    "gzip": (415, CREATE + JSON + b"Content-Encoding: gzip\r\n" + LENGTH + b"\r\n" + BODY),
    "deflate, with capitals": (415, CREATE + JSON + b"content-ENCODING: Deflate\r\n" + LENGTH + b"\r\n" + BODY),
    "a form": (
        415,
        b"POST /containers/create?name=a HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nname=b",
    ),
    "a form with a charset": (
        415,
        b"POST /build HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: Application/X-WWW-Form-URLEncoded; charset=utf-8\r\nContent-Length: 1\r\n\r\nx",
    ),
    "multipart": (
        415,
        CREATE + b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5\r\n\r\n--b--",
    ),
    "no content type": (415, CREATE + LENGTH + b"\r\n" + BODY),
    "text": (415, CREATE + b"Content-Type: text/plain\r\n" + LENGTH + b"\r\n" + BODY),
    "JSON with a parameter": (415, CREATE + b"Content-Type: application/json;a=b\r\n" + LENGTH + b"\r\n" + BODY),
    "JSON in latin-1": (
        415,
        CREATE + b"Content-Type: application/json; charset=latin-1\r\n" + LENGTH + b"\r\n" + BODY,
    ),
    "two content types": (400, CREATE + JSON + JSON + LENGTH + b"\r\n" + BODY),
    "a bare line feed": (400, GET + b"Host: x\nX: y\r\n\r\n"),
    "only line feeds": (400, b"GET /version HTTP/1.1\nHost: x\n\n\r\n\r\n"),
    "a bare carriage return": (400, GET + b"Host: x\r\nX: a\rb\r\n\r\n"),
    "a null": (400, GET + b"Host: x\r\nX: a\x00b\r\n\r\n"),
    "a folded header": (400, GET + b"Host: x\r\nX: a\r\n b\r\n\r\n"),
    "a space before the colon": (400, CREATE + JSON + b"Content-Length : 19\r\n\r\n" + BODY),
    "a header without a colon": (400, GET + b"Host: x\r\nhello\r\n\r\n"),
    "an empty line first": (400, b"\r\n\r\n" + GET + b"Host: x\r\n\r\n"),
    "a whole address": (404, b"GET http://x/version HTTP/1.1\r\nHost: x\r\n\r\n"),
    "an escaped path": (404, b"POST /containers/%63reate HTTP/1.1\r\nHost: x\r\n\r\n"),
    "a path outside ASCII": (400, b"GET /versi\xc3\xb3n HTTP/1.1\r\nHost: x\r\n\r\n"),
    "an authority": (403, b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"),
    "every route": (403, b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
    "a lower-case method": (403, b"get /version HTTP/1.1\r\nHost: x\r\n\r\n"),
    "a method override": (
        403,
        b"PATCH /containers/x HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: GET\r\n\r\n",
    ),
    "an upgrade elsewhere": (400, GET + b"Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"),
    "a websocket": (
        400,
        b"POST /containers/x/attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ),
    "h2c": (
        400,
        b"POST /exec/" + b"a" * 64 + b"/start HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ),
    "h2c where BuildKit asks": (
        403,
        b"POST /grpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ),
    "h2c where the lab answers itself": (
        400,
        b"GET /plugins HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ),
    "a build of JSON": (415, b"POST /build HTTP/1.1\r\nHost: x\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}"),
    "a build of text": (
        415,
        b"POST /build HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
    ),
    "a copy of JSON": (
        415,
        b"PUT /containers/x/archive?path=/ HTTP/1.1\r\nHost: x\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}",
    ),
    "two upgrades": (
        400,
        b"POST /containers/x/attach HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    ),
    "an attach without an upgrade": (400, b"POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: x\r\n\r\n"),
    "an attach with a body": (
        400,
        b"POST /containers/x/attach HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n"
        b"Content-Length: 2\r\n\r\n{}",
    ),
    "a start with a body": (
        400,
        b"POST /containers/x/start HTTP/1.1\r\nHost: x\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}",
    ),
    "nothing but line feeds, and no end": (400, b"GET /version HTTP/1.1\nHost: x\n\n"),
    "a line feed in a head without an end": (400, GET + b"Host: x\nX"),
    "a carriage return in a head without an end": (400, GET + b"Host: x\rX"),
    "a null in a head without an end": (400, GET + b"Host: x\x00"),
    "a chunk's size with a line feed": (400, CREATE + JSON + CHUNKS + b"13\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk's size with a line feed, alone": (400, CREATE + JSON + CHUNKS + b"13\n"),
    "a chunk of twenty digits": (400, CREATE + JSON + CHUNKS + b"f" * 20 + b"\r\n"),
    "a chunk of twenty digits, after another": (
        400,
        CREATE + JSON + CHUNKS + b"13\r\n" + BODY + b"\r\n" + b"0" * 19 + b"1;a=b\r\nx",
    ),
    "a chunk's size that has no end": (400, CREATE + JSON + CHUNKS + b"13" + b"0" * 400),
    "a trailer with a line feed": (400, CREATE + JSON + CHUNKS + b"13\r\n" + BODY + b"\r\n0\r\nX: y\n"),
    "a broken chunk": (400, CREATE + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "too large a body": (413, CREATE + JSON + b"Content-Length: 300000\r\n\r\n" + b" " * 300_000),
    "too long a head": (431, GET + b"Host: x\r\nX: " + b"y" * 17_000 + b"\r\n\r\n"),
    "two MiB of header": (431, GET + b"Host: x\r\nX: " + b"y" * 2_000_000 + b"\r\n\r\n"),
    "too many headers": (431, GET + b"Host: x\r\n" + b"X: y\r\n" * 100 + b"\r\n"),
}


@pytest.mark.parametrize(("status", "raw"), REFUSED.values(), ids=REFUSED.keys())
def test_ambiguous_http_is_refused_and_not_forwarded(tmp_path: Path, status: int, raw: bytes) -> None:
    result = send_raw(tmp_path, raw)
    assert result.status == status, result.response
    assert not result.forwarded
    record = json.loads(result.journal)
    assert (record["half"], record["status"]) == ("refused", status)
    assert result.message == record["message"]


PASSED: dict[str, bytes] = {
    "a length": CREATE + JSON + LENGTH + b"\r\n" + BODY,
    "chunks": CREATE + JSON + b"Transfer-Encoding: chunked\r\n\r\n13\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunks with capitals": CREATE + JSON + b"Transfer-Encoding: Chunked\r\n\r\n13\r\n" + BODY + b"\r\n0\r\n\r\n",
    "an extension and a trailer": CREATE
    + JSON
    + b"Transfer-Encoding: chunked\r\n\r\n13;a=b\r\n"
    + BODY
    + b"\r\n0\r\nX: y\r\n\r\n",
    "a charset": CREATE + b"Content-Type: application/json; charset=utf-8\r\n" + LENGTH + b"\r\n" + BODY,
    "capitals": CREATE + b"Content-Type: Application/JSON;charset=UTF-8\r\n" + LENGTH + b"\r\n" + BODY,
    "HTTP/1.0": b"POST /containers/create HTTP/1.0\r\nHost: x\r\n" + JSON + LENGTH + b"\r\n" + BODY,
    "identity": CREATE + JSON + b"Content-Encoding: identity\r\n" + LENGTH + b"\r\n" + BODY,
}


@pytest.mark.parametrize("raw", PASSED.values(), ids=PASSED.keys())
def test_valid_http_is_rewritten(tmp_path: Path, raw: bytes) -> None:
    result = send_raw(tmp_path, raw, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", limits=GatewayLimits())
    create = result.forwarded[result.forwarded.index(b"POST ") :]
    head, _, body = create.partition(b"\r\n\r\n")
    body = body.partition(b"GET ")[0]
    assert head.split(b"\r\n")[0] == b"POST /containers/create HTTP/1.1"
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert b"transfer-encoding" not in head.lower()
    assert json.loads(body)["Image"] == "busybox"


@pytest.mark.parametrize("raw", PASSED.values(), ids=PASSED.keys())
def test_line_end_may_arrive_in_two_pieces(tmp_path: Path, raw: bytes) -> None:
    """After a final carriage return the line feed may still arrive."""
    *lines, rest = raw.split(b"\r")
    result = send_raw(
        tmp_path, *(line + b"\r" for line in lines), rest, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    )
    assert result.status == 200
    assert b"POST /containers/create" in result.forwarded


@pytest.mark.parametrize("cut", [b"f" * 20 + b"\r\n", b"5\nhello"])
def test_archive_with_invalid_chunks_is_refused_at_once(tmp_path: Path, cut: bytes) -> None:
    raw = b"PUT /containers/x/archive?path=/ HTTP/1.1\r\nHost: x\r\n" + CHUNKS
    result = send_raw(tmp_path, raw + cut, answer_only_get=True)
    assert result.status == 400
    assert "broken" in result.message


def test_only_three_client_headers_reach_the_engine(tmp_path: Path) -> None:
    odd = [b"X-Registry-Config", b"X-Meta-A", b"X-Forwarded-For", b"Origin", b"Cookie", b"Authorization", b"Referer"]
    raw = GET + b"Host: evil\r\nUser-Agent: me\r\nAccept: a/b\r\n" + b"".join(name + b": secret\r\n" for name in odd)
    result = send_raw(tmp_path, raw + b"\r\n")
    names = [line.split(b":")[0].lower() for line in result.forwarded.split(b"\r\n")[1:] if line]
    assert sorted(names) == [b"accept", b"connection", b"host", b"user-agent"]
    assert b"evil" not in result.forwarded


def test_100_continue_is_answered_by_the_gateway(tmp_path: Path) -> None:
    raw = CREATE + JSON + b"Expect: 100-continue\r\n" + LENGTH + b"\r\n"
    result = send_raw(tmp_path, raw, BODY)
    assert result.response.startswith(b"HTTP/1.1 100 ")
    assert b"expect" not in result.forwarded.lower()


def test_second_request_on_a_connection_is_ignored(tmp_path: Path) -> None:
    one = GET + b"Host: x\r\n\r\n"
    result = send_raw(tmp_path, one + one + one, half_close=True)
    assert result.response.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in result.response
    assert result.forwarded.count(b"GET ") == 1


def test_surplus_body_is_ignored(tmp_path: Path) -> None:
    result = send_raw(tmp_path, CREATE + JSON + LENGTH + b"\r\n" + BODY + b"POST /smuggled HTTP/1.1\r\n\r\n")
    assert b"smuggled" not in result.forwarded


def test_slow_head_is_refused(tmp_path: Path) -> None:
    result = send_raw(tmp_path, b"GET /_pi", limits=GatewayLimits(head_time=0.05))
    assert result.status == 408
    assert not result.forwarded


def test_silent_client_is_disconnected(tmp_path: Path) -> None:
    assert send_raw(tmp_path, limits=GatewayLimits(head_time=0.05)).response == b""


def test_incomplete_head_is_refused(tmp_path: Path) -> None:
    assert send_raw(tmp_path, b"GET /_pi", half_close=True).status == 400


@pytest.mark.parametrize("path", [b"/containers/create", b"/build", b"/auth", b"/containers/x/archive?path=/"])
def test_slow_body_is_refused(tmp_path: Path, path: bytes) -> None:
    method = b"PUT " if b"archive" in path else b"POST "
    kind = b"" if path == b"/build" or b"archive" in path else JSON
    raw = method + path + b" HTTP/1.1\r\nHost: x\r\n" + kind + LENGTH + b"\r\n"
    result = send_raw(tmp_path, raw, b"{", limits=GatewayLimits(body_time=0.2), answer_only_get=True)
    assert result.status == (403 if path == b"/auth" else 408)


def test_incomplete_body_is_not_forwarded(tmp_path: Path) -> None:
    assert send_raw(tmp_path, CREATE + JSON + LENGTH + b"\r\n{", half_close=True).forwarded == b""
