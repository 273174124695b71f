"""The allowed: exact hosts and origins, and headers on whatever is answered."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from slipway.install.public_address import parse_url
from slipway.settings import Settings
from slipway.web.factory import create_socketio
from slipway.web.security.auth import Authenticator
from slipway.web.security.origin_guard import (
    WRONG_HOST,
    WRONG_ORIGIN,
    AllowedOrigins,
    is_loopback,
    security_headers,
)
from tests.web.memory_sessions import MemorySessions

LOOPBACK = frozenset({"127.0.0.1:8000", "localhost:8000", "[::1]:8000"})


def test_default_hosts_are_the_names_of_loopback(settings: Settings) -> None:
    allowed = AllowedOrigins.from_settings(settings)
    assert allowed.hosts == LOOPBACK
    assert allowed.origins == {f"http://{host}" for host in LOOPBACK}


def test_given_host_is_allowed_too(settings: Settings) -> None:
    assert AllowedOrigins.from_settings(replace(settings, host="lab.example")).hosts == LOOPBACK | {"lab.example:8000"}
    assert "[fd00::1]:8000" in AllowedOrigins.from_settings(replace(settings, host="fd00::1")).hosts


def test_every_interface_allows_the_machines_own_names(settings: Settings) -> None:
    hosts = AllowedOrigins.from_settings(replace(settings, host="0.0.0.0")).hosts  # noqa: S104 - not bound
    assert hosts >= LOOPBACK | {f"{socket.gethostname().lower()}:8000"}
    assert "0.0.0.0:8000" in hosts  # Linux takes it for loopback, and it is what `./lab up` was told
    assert "evil.example:8000" not in hosts


def test_public_url_is_a_host_and_an_origin(settings: Settings) -> None:
    allowed = AllowedOrigins.from_settings(replace(settings, public_url=parse_url("https://lab.example:8443")))
    for host in ("lab.example:8443", "LAB.example:8443", "127.0.0.1:8000"):  # a proxy may send its own
        assert allowed.refusal(host, "https://lab.example:8443") is None
    for origin in ("http://lab.example:8443", "https://lab.example", "https://evil.example:8443", "null", ""):
        assert allowed.refusal("lab.example:8443", origin) == (403, WRONG_ORIGIN)
    assert allowed.refusal("lab.example", None) == (421, WRONG_HOST)
    headers = security_headers(*allowed.socket_hosts("127.0.0.1:8000"))
    assert "connect-src 'self' ws://127.0.0.1:8000 wss://127.0.0.1:8000 ws://lab.example:8443 wss://lab" in str(headers)


@pytest.mark.parametrize(
    "host",
    ["localhost:9000", "localhost", "LocalHost:9000", "127.0.0.1:1", "127.8.9.10:80", "[::1]:9000", "a.b.localhost:1"],
)
def test_loopback_names_are_served_at_any_port_to_their_own_pages(settings: Settings, host: str) -> None:
    allowed = AllowedOrigins.from_settings(settings)
    assert allowed.refusal(host, None) is None
    assert allowed.refusal(host, f"http://{host.lower()}") is None
    assert allowed.refusal(host, f"https://{host.lower()}") is None
    for origin in (
        "http://localhost:3000",
        "http://localhost:8000",
        "http://evil.example",
        f"http://{host.lower()}.evil.example",
        "null",
        "",
    ):
        assert allowed.refusal(host, origin) == (403, WRONG_ORIGIN)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost.evil.example", "evil-localhost", "localhost.", "localhost:", "localhost:123456", "localhost:x"),
        *("127.0.0.1.evil.example:80", "128.0.0.1", "127.0.0", "::1", "[::2]:80", "[::1].evil.example", "192.168.0.1"),
        *("localhost:8000, evil.example", "localhost:8000\n", "evil.example#.localhost", "localhost:٨٠"),
    ],
)
def test_names_that_only_look_like_loopback_are_refused(settings: Settings, host: str) -> None:
    assert AllowedOrigins.from_settings(settings).refusal(host, None) == (421, WRONG_HOST)


def test_port_80_may_be_omitted(settings: Settings) -> None:
    assert AllowedOrigins.from_settings(replace(settings, port=80)).refusal("localhost", "http://localhost") is None


@given(st.text(max_size=30))
def test_any_other_host_or_origin_is_refused(name: str) -> None:
    allowed = AllowedOrigins(LOOPBACK, frozenset({"http://localhost:8000"}))
    if name.lower() not in LOOPBACK and not is_loopback(name):
        assert allowed.refusal(name, None)
    if name != "http://localhost:8000":
        assert allowed.refusal("localhost:8000", name)


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/progress", "/static/js/main.js", "/nowhere"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1:8000.evil.example", ""])
def test_wrong_host_is_refused_with_a_sentence(client: FlaskClient, path: str, host: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "not served under that host name" in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:8001", "https://localhost:8000"])
def test_wrong_origin_is_refused(client: FlaskClient, origin: str) -> None:
    answer = client.post("/api/enter", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json) == (403, {"error": WRONG_ORIGIN})


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/healthz", 200), ("/api/progress", 401), ("/nowhere", 404), ("/static/js/main.js", 200)],
)
def test_every_response_has_the_security_headers(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    for key, value in security_headers("127.0.0.1:8000").items():
        if key not in ("Content-Security-Policy", "Cache-Control"):
            assert answer.headers[key] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_each_page_has_its_own_nonce_and_uses_it(client: FlaskClient) -> None:
    pages = [client.get("/") for _ in range(2)]
    nonces = [page.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0] for page in pages]
    assert nonces[0] != nonces[1]
    assert all(f'nonce="{nonce}"' in page.text for nonce, page in zip(nonces, pages, strict=True))


class TestAroundEngineIO:
    """Socket.IO requests never reach Flask's hooks."""

    @pytest.fixture
    def client(self, app: Flask, settings: Settings) -> FlaskClient:
        create_socketio(app, settings, MemorySessions(), Authenticator(settings.token))
        return app.test_client()

    def knock(self, client: FlaskClient, **given: str) -> int:
        headers = {"Host": "localhost:8000"} | given
        return client.get("/socket.io/?EIO=4&transport=polling", headers=headers).status_code

    def test_allowed_host_and_origin_are_served(self, client: FlaskClient) -> None:
        assert self.knock(client) == 200
        assert self.knock(client, Origin="http://localhost:8000") == 200
        assert self.knock(client, Host="localhost:9000", Origin="http://localhost:9000") == 200

    def test_other_hosts_and_origins_are_refused(self, client: FlaskClient) -> None:
        assert self.knock(client, Host="evil.example:8000") == 421
        assert self.knock(client, Host="localhost:9000", Origin="http://localhost:3000") == 403
        assert self.knock(client, Origin="http://evil.example") == 403

    def test_its_responses_have_the_headers_too(self, client: FlaskClient) -> None:
        for path in ("/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=3", "/socket.io/?EIO=4&sid=none"):
            answer = client.get(path, headers={"Host": "localhost:8000"})
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
