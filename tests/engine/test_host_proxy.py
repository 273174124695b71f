"""The proxy of the host's engine: what `docker info` of engine 20.10 told, and what a sandbox makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.engine.host_proxy import HostProxy, find_proxy


def info(proxy: str, exceptions: str = "localhost,.example") -> dict[str, Any]:
    return {"HttpProxy": "", "HttpsProxy": proxy, "NoProxy": exceptions}


@pytest.mark.parametrize(
    ("proxy", "address"),
    [
        ("http://proxy.example:3128", "proxy.example:3128"),
        ("10.0.0.5:8080", "10.0.0.5:8080"),
        ("http://proxy.example", "proxy.example:80"),
        ("https://proxy.example/", "proxy.example:443"),
    ],
)
def test_proxy_is_passed_on_with_the_address_to_let_through(proxy: str, address: str) -> None:
    found = find_proxy(info(proxy))
    assert found.problem == ""
    assert found.environment == {
        "SLIPWAY_HTTPS_PROXY": proxy if "://" in proxy else f"http://{proxy}",
        "SLIPWAY_NO_PROXY": "localhost,.example",
        "SLIPWAY_PROXY_ADDRESS": address,
    }


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("http://xxxxx:xxxxx@proxy.example:3128", "password"),
        ("http://127.0.0.1:3128", "loopback"),
        ("localhost:3128", "loopback"),
        ("http.docker.internal:3128", "Docker Desktop's own"),
        ("http://[::1]:3128", "IPv4"),
        ("http://proxy.example:many", "not valid"),
    ],
)
def test_proxy_that_no_sandbox_can_use_is_not_passed_on(proxy: str, why: str) -> None:
    found = find_proxy(info(proxy))
    assert why in found.problem
    assert found.environment == {}


def test_engine_without_a_proxy() -> None:
    assert find_proxy({"HttpsProxy": ""}) == find_proxy({}) == HostProxy()
    assert HostProxy().environment == {}
