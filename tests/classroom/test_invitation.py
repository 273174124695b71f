"""Links and a QR code for a class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slipway.classroom.addresses import reachable_addresses
from slipway.classroom.invitation import Invitation, invitation, qr_rows
from slipway.install.public_address import parse_url
from slipway.settings import Settings, from_env

HERE = Settings(install="test", token="t", state=Path(), host="192.168.1.20", classroom=True)  # noqa: S106 - a test's


def test_links_have_the_key_in_the_fragment() -> None:
    both = Invitation(["http://10.0.0.1:8000", "http://192.168.1.20:8000"], "KRT-7PH", "long-key")
    assert both.links == ["http://10.0.0.1:8000/join#long-key", "http://192.168.1.20:8000/join#long-key"]


@pytest.mark.parametrize(
    ("host", "port", "place"),
    [("192.168.1.20", 8000, "192.168.1.20:8000"), ("lab.example", 80, "lab.example"), ("fd00::1", 81, "[fd00::1]:81")],
)
def test_configured_host_is_the_only_address(host: str, port: int, place: str) -> None:
    found = invitation(replace(HERE, host=host, port=port), "KRT7PH", "key")
    assert (found.places, found.code) == ([place], "KRT-7PH")


def test_public_url_is_the_only_address() -> None:
    public = parse_url("https://lab.example")
    found = invitation(replace(HERE, host="0.0.0.0", public_url=public), "KRT7PH", "key")  # noqa: S104 - not bound
    assert found.places == ["https://lab.example"]
    assert found.links == ["https://lab.example/join#key"]


def test_listening_everywhere_invites_to_all_own_addresses() -> None:
    found = invitation(replace(HERE, host="0.0.0.0"), "KRT7PH", "key")  # noqa: S104 - not bound
    assert found.places == [f"{address}:8000" for address in reachable_addresses() or ["127.0.0.1"]]


def test_qr_code_is_a_square_with_three_corners() -> None:
    rows = qr_rows("http://192.168.1.20:8000/join#abcdefghijklmnop")
    assert {len(row) for row in rows} == {len(rows)}
    assert rows[0].startswith("1111111")
    assert rows[0].endswith("1111111")
    assert rows[-1].startswith("1111111")
    assert not rows[-1].endswith("1111111")


def test_class_listens_everywhere_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.delenv("SLIPWAY_HOST", raising=False)
    assert from_env().host == "127.0.0.1"
    assert from_env(classroom=True).host == "0.0.0.0"  # noqa: S104 - compared
    assert from_env(classroom=True).url.startswith("http://127.0.0.1:8000/?token=")
    assert from_env(classroom=True, host="127.0.0.1").host == "127.0.0.1"
    monkeypatch.setenv("SLIPWAY_HOST", "192.168.1.20")
    assert from_env(classroom=True).url.startswith("http://192.168.1.20:8000/?token=")
