"""`--host` beyond loopback: it says so, before the address with the token."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.settings import Settings
from slipway.setup.up import exposure_warning


def told(host: str) -> str:
    return exposure_warning(Settings(install="x", token="x", state=Path(), host=host))  # noqa: S106 - not a real one


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_loopback_goes_without_saying(host: str) -> None:
    assert told(host) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "lab.example"])  # noqa: S104 - not bound
def test_anything_else_is_told_with_what_lets_people_in(host: str) -> None:
    assert f"at {host}" in told(host)
    assert "its token" in told(host)
