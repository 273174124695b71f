"""What learners do while nothing can be written: told at once, in reports at once, and written later in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from slipway.core.classroom.activity import Activity
from slipway.sessions.activity_log import ActivityLog
from slipway.sessions.manager import SessionManager
from slipway.settings import LabLimits
from slipway.store import Store
from slipway.web.http.reports import Reports
from slipway.web.http.step_titles import StepTitles
from slipway.web.security.auth import Person
from tests.disks import Disk
from tests.eventually import eventually
from tests.fake_sandboxes import FakeSandboxes

DEED = Activity("ada", 10.0, "01-life", "create", "command", "docker ps")
MANY = [replace(DEED, at=100.0 + number, text="x" * 400) for number in range(200)]
"""More than one, for SQLite's log may still have some room in its last block on a full disk."""


@pytest.fixture
def store(disk: Disk) -> Iterator[Store]:
    with closing(Store.at(disk.path / "progress.db")) as opened:
        yield opened


@pytest.fixture
def told() -> list[Activity]:
    return []


@pytest.fixture
def activities(store: Store, told: list[Activity]) -> ActivityLog:
    made = ActivityLog(store, again=0.05)
    made.subscribers.append(told.append)
    return made


def test_what_can_not_be_written_is_told_and_reported_at_once_and_written_later_in_its_order(
    disk: Disk, store: Store, activities: ActivityLog, told: list[Activity], caplog: pytest.LogCaptureFixture
) -> None:
    activities.record(DEED)
    disk.fill()
    for deed in MANY:
        activities.record(deed)
    assert told == [DEED, *MANY] == activities.activities()
    assert len(store.activities()) < len(told)
    assert activities.activities("ada", since=200.0) == MANY[100:]
    assert activities.activities("eve") == []
    assert caplog.text.count("is not written yet") == 1

    disk.free()
    eventually(lambda: store.activities() == told)
    activities.record(replace(DEED, at=1000.0))
    assert store.activities() == told == activities.activities()
    assert told[-1].at == 1000.0


def test_what_is_told_again_meanwhile_is_known(
    disk: Disk, store: Store, activities: ActivityLog, told: list[Activity]
) -> None:
    activities.record(DEED)
    disk.fill()
    for deed in MANY:
        activities.record(deed)
    for deed in [DEED, *MANY]:  # as a terminal's log does after a broken line
        activities.record(deed)
    disk.free()
    eventually(lambda: len(store.activities()) == len(told))
    assert store.activities() == told == [DEED, *MANY]


def test_what_waits_is_bounded_and_the_subscribers_hear_the_rest(
    disk: Disk, store: Store, told: list[Activity], caplog: pytest.LogCaptureFixture
) -> None:
    activities = ActivityLog(store, again=1e9, most=3)
    activities.subscribers.append(told.append)
    disk.fill()
    for deed in MANY:
        activities.record(deed)
    assert told == MANY
    written = len(store.activities())
    assert activities.activities() == MANY[: written + 3]
    assert caplog.text.count("3 activities wait to be written") == 1


def test_a_lab_that_stops_writes_what_waits_or_says_how_much_is_lost(
    disk: Disk, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    activities = ActivityLog(store, again=1e9)
    disk.fill()
    for deed in MANY:
        activities.record(deed)
    lost = len(MANY) - len(store.activities())
    activities.flush()
    assert f"{lost} activities could not be written" in caplog.text
    disk.free()
    activities.flush()
    assert store.activities() == MANY
    assert f"{lost} activities that had waited are written" in caplog.text


def test_a_file_that_is_taken_away_costs_no_activity(disk: Disk, store: Store, activities: ActivityLog) -> None:
    path = disk.path / "progress.db"
    for number, deed in enumerate(MANY[:60]):
        if number % 7 == 0:
            path.unlink()
        activities.record(deed)
    store.close()
    with closing(Store.at(path)) as again:
        assert again.activities() == MANY[:60]


def test_nothing_that_can_be_neither_written_nor_read_stops_a_learner(told: list[Activity]) -> None:
    class Gone:
        def save_activity(self, _deed: Activity) -> bool:
            raise OSError("gone")

        def activities(self, *_: Any) -> list[Activity]:
            raise OSError("gone")

    activities = ActivityLog(Gone(), again=1e9)
    activities.subscribers.append(told.append)
    for deed in (DEED, replace(DEED, at=11.0), DEED):
        activities.record(deed)
    assert told == [DEED, replace(DEED, at=11.0)]


def test_a_house_tells_its_subscribers_writes_later_and_reports_what_waits(disk: Disk, store: Store) -> None:
    sessions = SessionManager((), store, FakeSandboxes(), journal_stream, LabLimits())
    told: list[Activity] = []
    sessions.subscribers.append(told.append)
    disk.fill()
    for deed in MANY:
        sessions.record(deed)
    assert told == MANY
    reports = Reports(StepTitles(()), sessions.activities, Room())
    assert [one["at"] for one in reports.mine(Person("ada", "Ada", instructor=False))["lines"][0]["deeds"]] == [
        deed.at for deed in MANY
    ]
    disk.free()
    sessions.flush()
    assert store.activities() == MANY


def journal_stream(_: object) -> Any:
    raise AssertionError("nobody has a sandbox here")


class Room:
    """A class of nobody."""

    since, code = 0.0, ""
    personal: Callable[[object, str], str] = staticmethod(lambda _: "")  # type: ignore[assignment]
