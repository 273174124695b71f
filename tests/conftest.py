"""Fixtures and hooks of all tests. Hypothesis has no deadlines, because the machine may be busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.disks import disk
from tests.web.lab_server import LabServer

__all__ = ["disk"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def server() -> Iterator[LabServer]:
    """The process that forks the labs of the web tests."""
    server = LabServer()
    yield server
    server.close()


REPLAYS = {
    "tests/core/test_course.py": 21,  # the rules, for the first lesson
    "tests/core/recordings/test_proof.py": 12,
    "tests/core/recordings/test_recording.py": 12,
    "tests/core/test_transcripts.py": 12,
}
"""Tests that replay recordings, and how many cases of each show all lines."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Exclude repetitive tests from coverage, which slows a run threefold and gains no line from them.

    All tests run; only property tests, and replays beyond the number in REPLAYS, are not measured.
    """
    replayed: Counter[str] = Counter()
    for item in items:
        path, _, rest = item.nodeid.partition("::")
        replayed[f"{path} {rest.partition('[')[0]}"] += path in REPLAYS
        many = replayed[f"{path} {rest.partition('[')[0]}"] > REPLAYS.get(path, 0)
        if many or getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the names of tests that passed only when run again into a file beside the report, for `./lab test`."""
    report = config.getoption("xmlpath", None)
    rerun = {one.nodeid for one in terminalreporter.stats.get("rerun", ())}
    flaky = sorted(rerun & {one.nodeid for one in terminalreporter.stats.get("passed", ())})
    if report and flaky:
        Path(report).with_suffix(".flaky").write_text("".join(f"{name}\n" for name in flaky))
