"""A malformed packet costs one counted line."""

from __future__ import annotations

import logging

import pytest

from slipway.web.sockets.malformed_packets import MalformedPacketLog


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_fault_is_counted_in_a_line_without_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    malformed = MalformedPacketLog(clock=Clock())
    try:
        int("x")
    except ValueError:
        malformed.exception("message handler error")
    assert faults(caplog) == ["Malformed packets so far: 1 (the last: ValueError)"]
    assert "Traceback" not in caplog.text


def test_a_flood_of_faults_is_a_line_in_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    malformed = MalformedPacketLog(clock=clock)
    for _ in range(1000):
        malformed.add("ValueError")
    clock.now = 11.0
    malformed.add("KeyError")
    assert faults(caplog) == [
        "Malformed packets so far: 1 (the last: ValueError)",
        "Malformed packets so far: 1001 (the last: KeyError)",
    ]


def test_what_the_libraries_merely_tell_is_not_a_fault() -> None:
    malformed = MalformedPacketLog()
    malformed.warning("Cannot send to sid %s", "x")
    malformed.info("%s: Sending packet", "x")
    assert malformed.count == 0


def test_a_client_can_not_write_lines_of_its_own_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        MalformedPacketLog().add("evil\nINFO: all is well" + "x" * 500)
    assert "\n" not in faults(caplog)[0]
    assert len(faults(caplog)[0]) < 200
