"""A malformed packet costs one counted line."""

from __future__ import annotations

import logging

import pytest

from slipway.web.sockets.malformed_packets import MalformedPacketLog


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def log_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_error_is_counted_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    malformed = MalformedPacketLog(clock=Clock())
    try:
        int("x")
    except ValueError:
        malformed.exception("message handler error")
    assert log_lines(caplog) == ["Malformed packets so far: 1 (the last: ValueError)"]
    assert "Traceback" not in caplog.text


def test_flood_of_errors_is_one_line_in_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    malformed = MalformedPacketLog(clock=clock)
    for _ in range(1000):
        malformed.add("ValueError")
    clock.now = 11.0
    malformed.add("KeyError")
    assert log_lines(caplog) == [
        "Malformed packets so far: 1 (the last: ValueError)",
        "Malformed packets so far: 1001 (the last: KeyError)",
    ]


def test_warnings_and_infos_are_not_counted() -> None:
    malformed = MalformedPacketLog()
    malformed.warning("Cannot send to sid %s", "x")
    malformed.info("%s: Sending packet", "x")
    assert malformed.count == 0


def test_client_cannot_inject_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        MalformedPacketLog().add("evil\nINFO: all is well" + "x" * 500)
    assert "\n" not in log_lines(caplog)[0]
    assert len(log_lines(caplog)[0]) < 200
