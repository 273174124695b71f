"""A full disk: no verdict is lost while the lab runs, it is written once there is room, and the learner is told."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from slipway.core.lessons.checks import PASSED, SKIPPED, Verdict
from slipway.sessions.progress_writer import FULL, ProgressWriter
from tests.eventually import eventually
from tests.session_fixtures import MemoryProgress


class FullDisk(MemoryProgress):
    """A store on a disk that is full for a while."""

    full = True

    def save_verdict(self, *given: Any) -> None:
        self._check()
        super().save_verdict(*given)

    def save_opened_at(self, *given: Any) -> None:
        self._check()
        super().save_opened_at(*given)

    def _check(self) -> None:
        if self.full:
            raise OSError(28, "No space left on device")


def test_verdict_on_a_full_disk_is_known_and_written_later() -> None:
    statuses: list[str] = []
    store = FullDisk()
    writer = ProgressWriter("me", store, statuses.append, retry=0.05)
    assert writer.open_since("one", 5.0) == 5.0
    writer.save_verdict("one", "first", Verdict(PASSED))
    writer.save_verdict("one", "second", Verdict(PASSED))
    assert writer.verdicts("one").keys() == {"first", "second"}
    assert writer.verdicts("two") == {}
    assert statuses[-1] == FULL

    store.full = False
    eventually(lambda: not statuses[-1] and store.saved.get("one", {}).keys() == {"first", "second"})
    assert writer.verdicts("one").keys() == {"first", "second"}


def test_opening_on_a_full_disk_is_known_and_written_later() -> None:
    statuses: list[str] = []
    store = FullDisk()
    writer = ProgressWriter("me", store, statuses.append, retry=0.05)
    assert writer.open_since("one", 5.0) == 5.0
    assert writer.open_since("one", 7.0) == 5.0
    writer.set_opened("two", 8.0)
    writer.set_opened("one", 9.0)
    assert statuses == [FULL]
    store.full = False
    eventually(lambda: statuses[-1] == "")
    assert list(store.opened.items()) == [("two", 8.0), ("one", 9.0)]  # the last one is the lesson at hand


def test_newest_waiting_verdict_is_written_by_flush(caplog: pytest.LogCaptureFixture) -> None:
    store = FullDisk()
    writer = ProgressWriter("me", store, lambda _: None, retry=1e9)
    for verdict in (Verdict(PASSED), Verdict(SKIPPED), Verdict(PASSED)):
        writer.save_verdict("one", "first", verdict)
    writer.flush()
    assert "1 verdicts and openings of me could not be written" in caplog.text
    store.full = False
    writer.flush()
    assert store.saved["one"]["first"]["verdict"] == PASSED


def test_status_callback_may_read_and_write() -> None:
    """A session calls its listeners and saves verdicts under the same lock."""
    tried, kept = threading.Event(), threading.Event()
    held: list[bool] = []
    store = FullDisk()

    def on_status(_text: str) -> None:
        if threading.current_thread() is not threading.main_thread() and not held:
            tried.set()
            held.append(kept.wait(20))

    writer = ProgressWriter("me", store, on_status, retry=0.01)
    writer.save_verdict("one", "first", Verdict(PASSED))
    assert tried.wait(20)
    writer.save_verdict("one", "second", Verdict(PASSED))
    assert writer.verdicts("one").keys() == {"first", "second"}
    kept.set()
    eventually(lambda: held == [True])
    store.full = False
