"""The probe of limits: every line that limits.sh prints is judged, and what is wrong or missing is named."""

from __future__ import annotations

import re

import pytest

from slipway.setup.vm.limits import EXPECTED, PROBE, judge

GOOD = {
    **EXPECTED,
    "docker stats": "49.87% 328KiB / 64MiB 1",
    "docker top": "UID PID PPID C STIME TTY TIME CMD root 4926 4900 0 22:43 ? 00:00:00 sleep 100000",
    "docker pause": "Up 12 seconds (Paused)",
}


def lines(seen: dict[str, str]) -> list[str]:
    return [f"{name}: {value} \r" for name, value in seen.items()]


def problems(seen: dict[str, str]) -> list[tuple[str, str, str]]:
    return [result for result in judge(lines(seen)) if result[2]]


def test_expected_values_have_no_problem() -> None:
    assert list(judge(lines(GOOD))) == [(name, value, "") for name, value in GOOD.items()]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_limit_that_is_not_shown_is_a_problem(name: str) -> None:
    missing = {key: value for key, value in GOOD.items() if key != name}
    assert problems(missing) == [(name, "nothing", f"expected {EXPECTED[name]!r}")]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("out of memory", "137 true 125 false 137 true 137 true 137 true"),
        ("docker stats", "0.00% 328KiB / 64MiB 1"),
        ("docker stats", "49.87% 0B / 0B 0"),
        ("limits of a container", "67108864 max 64 50000 100000"),
        ("cgroup version", "1"),
    ],
)
def test_a_limit_that_does_not_hold_is_told_with_what_was_seen(name: str, seen: str) -> None:
    assert problems({**GOOD, name: seen}) == [(name, seen, f"expected {EXPECTED[name]!r}")]


def test_the_probe_shows_every_expected_limit_and_no_other() -> None:
    shown = re.findall(r'^show "(.+?)"|^echo "(.+?):', PROBE.read_text(), re.MULTILINE)
    assert ["".join(names) for names in shown] == list(EXPECTED)


def test_lines_of_complaining_programs_are_no_limits() -> None:
    complaint = "Error response from daemon: no such container"
    assert [name for name, _, _ in judge([complaint, *lines(GOOD)])] == list(EXPECTED)
