"""The file is private, and nothing in it is lost silently."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest

from slipway.settings import Settings
from slipway.store import Store, StoreError


def test_file_and_side_files_are_private(path: Path) -> None:
    store = Store.at(path)
    store.save_verdict("me", "01-life", "create", "passed")
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {"progress.db": 0o600, "progress.db-wal": 0o600, "progress.db-shm": 0o600}
    store.close()


def test_store_of_an_install_is_in_its_state_folder(tmp_path: Path) -> None:
    store = Store.open(Settings(install="i", token="t", state=tmp_path))  # noqa: S106 - not a real one
    store.close()
    assert (tmp_path / "progress.db").is_file()


def test_file_that_is_no_database_is_moved_aside_and_reported(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(b"this was never a database, but it may be somebody's work")
    with caplog.at_level(logging.ERROR):
        store = Store.at(path)
    store.save_verdict("me", "01-life", "create", "passed")
    store.close()
    kept = path.with_name("progress.damaged-1.db")
    assert kept.read_bytes() == b"this was never a database, but it may be somebody's work"
    assert "progress.damaged-1.db" in caplog.text


def test_damaged_page_is_detected_on_opening(path: Path) -> None:
    store = Store.at(path)
    for number in range(300):
        store.save_verdict("me", "01-life", f"step-{number}", "passed", why="because " * 20)
    store.close()
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\x55" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    fresh = Store.at(path)
    assert fresh.verdicts("me") == {}
    fresh.close()
    assert path.with_name("progress.damaged-1.db").read_bytes() == bytes(damaged)


def test_second_damaged_file_does_not_overwrite_the_first(path: Path) -> None:
    for content in (b"first" * 100, b"second" * 100):
        path.write_bytes(content)
        Store.at(path).close()
    assert path.with_name("progress.damaged-1.db").read_bytes() == b"first" * 100
    assert path.with_name("progress.damaged-2.db").read_bytes() == b"second" * 100


def test_file_of_a_newer_slipway_is_left_alone(path: Path) -> None:
    Store.at(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer Slipway"):
        Store.at(path)
    assert path.read_bytes() == before


def test_missing_folder_is_an_error_message(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"progress\.db"):
        Store.at(tmp_path / "missing" / "progress.db")


def test_killed_store_loses_nothing(path: Path) -> None:
    store = Store.at(path)
    store.save_verdict("me", "01-life", "create", "passed")
    # As after kill -9: the write-ahead log is still beside the file, and the next connection reads both.
    second = Store.at(path)
    assert second.verdicts("me")["01-life"]["create"]["verdict"] == "passed"
    second.close()
    store.close()
