"""Activities while nothing can be written: reported at once, and written later in their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from slipway.classroom.members import Classroom
from slipway.core.classroom.activity import Activity
from slipway.sessions.activity_log import ActivityLog
from slipway.store import Store
from slipway.web.http.reports import Reports
from slipway.web.http.step_titles import StepTitles
from slipway.web.security.auth import Person
from tests.disks import Disk
from tests.eventually import eventually

ACTIVITY = Activity("ada", 10.0, "01-life", "create", "command", "docker ps")
MANY = [replace(ACTIVITY, at=100.0 + number, text="x" * 400) for number in range(200)]
"""More than one: on a full disk the last block of SQLite's log may still have some room."""


@pytest.fixture
def store(disk: Disk) -> Iterator[Store]:
    with closing(Store.at(disk.path / "progress.db")) as opened:
        yield opened


@pytest.fixture
def seen() -> list[Activity]:
    return []


@pytest.fixture
def activities(store: Store, seen: list[Activity]) -> ActivityLog:
    made = ActivityLog(store, retry=0.05)
    made.subscribers.append(seen.append)
    return made


def test_unwritten_activities_are_reported_at_once_and_written_later_in_order(
    disk: Disk, store: Store, activities: ActivityLog, seen: list[Activity], caplog: pytest.LogCaptureFixture
) -> None:
    activities.record(ACTIVITY)
    disk.fill()
    for activity in MANY:
        activities.record(activity)
    assert seen == [ACTIVITY, *MANY] == activities.activities()
    assert len(store.activities()) < len(seen)
    assert activities.activities("ada", since=200.0) == MANY[100:]
    assert activities.activities("eve") == []
    assert caplog.text.count("is not written yet") == 1

    disk.free()
    eventually(lambda: store.activities() == seen)
    activities.record(replace(ACTIVITY, at=1000.0))
    assert store.activities() == seen == activities.activities()
    assert seen[-1].at == 1000.0


def test_repeated_activities_are_ignored_while_nothing_can_be_written(
    disk: Disk, store: Store, activities: ActivityLog, seen: list[Activity]
) -> None:
    activities.record(ACTIVITY)
    disk.fill()
    for activity in MANY:
        activities.record(activity)
    for activity in [ACTIVITY, *MANY]:  # as a terminal's log does after a broken connection
        activities.record(activity)
    disk.free()
    eventually(lambda: len(store.activities()) == len(seen))
    assert store.activities() == seen == [ACTIVITY, *MANY]


def test_number_of_waiting_activities_is_bounded_and_subscribers_get_all(
    disk: Disk, store: Store, seen: list[Activity], caplog: pytest.LogCaptureFixture
) -> None:
    activities = ActivityLog(store, retry=1e9, max_pending=3)
    activities.subscribers.append(seen.append)
    disk.fill()
    for activity in MANY:
        activities.record(activity)
    assert seen == MANY
    written = len(store.activities())
    assert activities.activities() == MANY[: written + 3]
    assert caplog.text.count("3 activities wait to be written") == 1


def test_flush_writes_waiting_activities_or_logs_how_many_are_lost(
    disk: Disk, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    activities = ActivityLog(store, retry=1e9)
    disk.fill()
    for activity in MANY:
        activities.record(activity)
    lost = len(MANY) - len(store.activities())
    activities.flush()
    assert f"{lost} activities could not be written" in caplog.text
    disk.free()
    activities.flush()
    assert store.activities() == MANY
    assert f"{lost} waiting activities are written" in caplog.text


def test_removed_database_file_loses_no_activity(disk: Disk, store: Store, activities: ActivityLog) -> None:
    path = disk.path / "progress.db"
    for number, activity in enumerate(MANY[:60]):
        if number % 7 == 0:
            path.unlink()
        activities.record(activity)
    store.close()
    with closing(Store.at(path)) as again:
        assert again.activities() == MANY[:60]


def test_store_that_can_be_neither_written_nor_read_stops_no_learner(seen: list[Activity]) -> None:
    class Gone:
        def save_activity(self, _deed: Activity) -> bool:
            raise OSError("gone")

        def activities(self, *_: Any) -> list[Activity]:
            raise OSError("gone")

    activities = ActivityLog(Gone(), retry=1e9)
    activities.subscribers.append(seen.append)
    for activity in (ACTIVITY, replace(ACTIVITY, at=11.0), ACTIVITY):
        activities.record(activity)
    assert seen == [ACTIVITY, replace(ACTIVITY, at=11.0)]


def test_reports_include_waiting_activities(
    disk: Disk, store: Store, activities: ActivityLog, seen: list[Activity]
) -> None:
    disk.fill()
    for activity in MANY:
        activities.record(activity)
    assert seen == MANY
    mine = Reports(StepTitles(()), activities, Classroom(store, open=False)).of_learner(
        Person("ada", "Ada", instructor=False)
    )
    assert [one["at"] for one in mine["lines"][0]["deeds"]] == [activity.at for activity in MANY]
    disk.free()
    activities.flush()
    assert store.activities() == MANY
