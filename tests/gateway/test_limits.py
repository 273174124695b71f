"""Limits can be changed by name; a mistake is reported."""

from __future__ import annotations

import json

import pytest

from slipway.gateway.__main__ import main
from slipway.gateway.limits import GatewayLimits


def test_overrides_leave_other_limits_unchanged() -> None:
    changed = GatewayLimits().with_overrides('{"containers": 3, "rate": 5}')
    assert (changed.containers, changed.rate, changed.images) == (3, 5, GatewayLimits().images)
    assert GatewayLimits().with_overrides("") == GatewayLimits()


def test_limits_round_trip_as_json() -> None:
    assert GatewayLimits().with_overrides(GatewayLimits(running=2).to_json()) == GatewayLimits(running=2)


@pytest.mark.parametrize(
    "text", ['{"container": 3}', '{"containers": "3"}', '{"containers": -1}', '{"containers": true}', "[]", "{"]
)
def test_invalid_overrides_are_reported(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--listen", "x", "--engine", "x", "--journal", "x", "--limits", text]) == 2
    assert capsys.readouterr().err.startswith("--limits: ")


def test_every_limit_is_a_number() -> None:
    assert all(type(value) in (int, float) for value in json.loads(GatewayLimits().to_json()).values())
