"""Signals: their names and numbers."""

from __future__ import annotations

from slipway.core.signals import name_of_signal, number_of_signal


def test_names_and_numbers() -> None:
    assert [number_of_signal(text) for text in ("15", "TERM", "sigterm", "nonsense")] == [15, 15, 15, None]
    assert [name_of_signal(number) for number in (1, 9, 31, 0, 99)] == [
        *("SIGHUP", "SIGKILL", "SIGSYS"),
        *("signal 0", "signal 99"),
    ]
