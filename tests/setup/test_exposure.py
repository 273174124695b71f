"""`--host` beyond loopback prints a warning before the URL with the token."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slipway.install.public_address import parse_proxies, parse_url
from slipway.settings import Settings
from slipway.setup.up import exposure_warning, proxy_warning


def warning(host: str) -> str:
    return exposure_warning(Settings(install="x", token="x", state=Path(), host=host))  # noqa: S106 - not a real one


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_loopback_has_no_warning(host: str) -> None:
    assert warning(host) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "lab.example"])  # noqa: S104 - not bound
def test_other_addresses_have_a_warning_about_the_token(host: str) -> None:
    assert f"at {host}" in warning(host)
    assert "its token" in warning(host)


def test_proxy_that_is_not_believed_has_a_warning() -> None:
    lab = Settings(install="x", token="x", state=Path(), public_url=parse_url("https://lab.example"))  # noqa: S106
    assert "SLIPWAY_PROXIES" in proxy_warning(lab)
    assert proxy_warning(replace(lab, proxies=parse_proxies("127.0.0.1"))) == ""
    assert proxy_warning(replace(lab, public_url=None)) == ""
