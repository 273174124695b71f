"""What holds for every test: none is timed, not even by hypothesis, because the machine may be busy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

COVERING = ("tests/core/", "tests/gateway/")
"""Whose examples cover the core and the gateway's policy. Coverage makes a property's many examples three times slower,
and shows nothing that those don't."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property or not item.nodeid.startswith(COVERING):
            item.add_marker("no_cover")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the tests that failed, were run again and passed, beside the report: `./lab test` lists them as flaky."""
    report = config.getoption("xmlpath", None)
    rerun = {one.nodeid for one in terminalreporter.stats.get("rerun", ())}
    flaky = sorted(rerun & {one.nodeid for one in terminalreporter.stats.get("passed", ())})
    if report and flaky:
        Path(report).with_suffix(".flaky").write_text("".join(f"{name}\n" for name in flaky))
