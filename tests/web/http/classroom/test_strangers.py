"""Malformed HTTP requests are answered with a sentence, and never log a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

JSON = "application/json"
BODIES = {
    "nested lists": (b"[" * 30_000 + b"]" * 30_000, JSON),
    "lists without an end": (b"[" * 60_000, JSON),
    "nested objects": (b'{"token":' * 6_000 + b"1" + b"}" * 6_000, JSON),
    "a token nested within": (b'{"token":' + b"[" * 20_000 + b"]" * 20_000 + b"}", JSON),
    "a number without an end": (b'{"token":' + b"9" * 50_000 + b"}", JSON),
    "a number beyond all": (b'{"token":1e999999,"name":-1e999999,"code":NaN}', JSON),
    "half a pair": (rb'{"token":"\ud800","name":"\ud800","code":"\udfff","personal":"\ud800"}', JSON),
    "half a name": (rb'{"name":"Eve \ud800","code":"CCCCCC"}', JSON),
    "nothing printable": (rb'{"token":"\u0000","name":"\u0000\u202e","code":"\u0000"}', JSON),
    "no UTF-8": (b'{"token":"\xff\xfe"}', JSON),
    "UTF-16": ('{"token":"x"}'.encode("utf-16"), JSON),
    "a mark before it": (b'\xef\xbb\xbf{"token":"x"}', JSON),
    "nothing": (b"", JSON),
    "no JSON": (b"token=x", JSON),
    "a form": (b"token=%ff%00", "application/x-www-form-urlencoded"),
    "parts without a boundary": (b"--x", "multipart/form-data"),
    "parts": (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    "no charset": (b"{}", "application/json; charset=no-such"),
    "no type": (b"{}", ";;;=\xff"),
}
PATHS = (
    *("/lessons/%ff", "/lessons/%00", "/lessons/..%2f..%2fapp.py", "/present/%ff/notes", "/watch/%00%ff"),
    *("/static/%00", "/static/js/%ff", "/static/..%2f..%2fapp.py", "/static/" + "x" * 5000, "/static/js/main.js/"),
    *("/vendor/%00?v=%ff", "/recordings/%00/%ff.js", "/?token=%ff%00", "/report?x=%", "/api/lessons/%00/guide"),
)
HEADERS = (
    *(("Authorization", one) for one in ("Bearer", "Bearer \xff", "Basic !!!", "Basic /w==", "Digest x", "=", "\xff")),
    *(("Range", one) for one in ("bytes=99999999999999999999999-", "bytes=-0", "bytes=5-1,,", "x")),
    *(("If-Modified-Since", one) for one in ("Thu, 99 Xxx 99999", "Fri, 01 Jan 999999 00:00:00 GMT", "\xff")),
    *(("If-None-Match", one) for one in ("*", '"', 'W/"\xff')),
    *(("Cookie", one) for one in ("\xff=\xff", "=;=;", "x" * 5000)),
    *(("Accept", one) for one in ("\xff", "*;q=x")),
    ("Content-Length", "x"),
    ("Transfer-Encoding", "chunked"),
)


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [one.getMessage() for one in caplog.get_records("call") if one.exc_info] == []


@pytest.mark.parametrize("path", ["/api/enter", "/api/join"])
@pytest.mark.parametrize("body", BODIES)
def test_malformed_body_is_answered_with_a_sentence(client: FlaskClient, path: str, body: str) -> None:
    data, kind = BODIES[body]
    answer = client.post(path, data=data, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert answer.json
    assert answer.json["error"].endswith(".")


@pytest.mark.parametrize("path", PATHS)
def test_malformed_address_is_a_client_error(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.status_code < 500


@pytest.mark.parametrize("path", ["/api/progress", "/static/js/main.js", "/"])
@pytest.mark.parametrize(("name", "value"), HEADERS)
def test_malformed_header_is_no_internal_error(client: FlaskClient, path: str, name: str, value: str) -> None:
    with client.get(path, headers={name: value}) as answer:
        assert answer.status_code < 500
