"""A store on a disk that is full or read-only: an error message, no partial write, and recovery when space is free."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from slipway.core.classroom.members import Member
from slipway.store import Store, StoreError
from tests.disks import Disk
from tests.store.damage import save, steps

ADA = Member("a1", "Ada", "KRTP", 2.0)


def test_full_disk_refuses_writes_and_allows_reads(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Store.at(disk.path / "progress.db")) as store:
        save(store, "before")
        disk.fill()
        for _ in range(3):
            with pytest.raises(StoreError, match=r"no space left on its disk\. Tell the person who runs this lab"):
                save(store, *map(str, range(300)))
        assert "before" in steps(store)
        disk.free()
        store.save_member(1, ADA)
        assert store.members(1) == [ADA]
    assert caplog.text.count("can't be used at the moment: there is no space left") == 1
    assert "can be used again" in caplog.text


def test_file_removed_on_full_disk_is_restored_once_there_is_space(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    path = disk.path / "progress.db"
    with closing(Store.at(path)) as store:
        save(store, "before")
        path.unlink()
        disk.fill()
        for _ in range(3):
            with pytest.raises(StoreError, match="its file was removed and can't be restored"):
                save(store, "lost?")
            assert steps(store) == {"before"}
        assert {one.name for one in disk.path.iterdir()} <= {"filler", "progress.db-wal", "progress.db-shm"}
        disk.free()
        save(store, "after")
        assert path.exists()
        assert steps(store) == {"before", "after"}
    with closing(Store.at(path)) as again:
        assert steps(again) == {"before", "after"}
    assert caplog.text.count("can't be used at the moment") == 1


def test_file_that_cannot_be_restored_when_the_lab_stops_is_saved_elsewhere(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = Store.at(disk.path / "progress.db")
    save(store, "before")
    (disk.path / "progress.db").unlink()
    disk.fill()
    store.close()
    [saved] = tmp_path.glob("slipway-*/progress.db")
    assert f"is saved as {saved}. Move it into place" in caplog.text
    assert [saved.parent.stat().st_mode & 0o777, saved.stat().st_mode & 0o777] == [0o700, 0o600]
    with closing(Store.at(saved)) as again:
        assert steps(again) == {"before"}


def test_first_start_on_full_disk_fails_with_message_and_next_one_works(disk: Disk) -> None:
    path = disk.path / "progress.db"
    disk.fill()
    with pytest.raises(StoreError, match=r"progress\.db can't be opened: there is no space left on its disk\. Free"):
        Store.at(path)
    disk.free()
    with closing(Store.at(path)) as store:
        save(store, "after")
        assert steps(store) == {"after"}


def test_read_only_disk_is_an_error_message(disk: Disk) -> None:
    path = disk.path / "progress.db"
    Store.at(path).close()
    disk.mount("remount", "ro")
    with pytest.raises(StoreError, match=r"progress\.db can't be opened: read-only file system"):
        Store.at(path)
