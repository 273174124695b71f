"""Deleting, emptying or replacing the file while the lab runs loses nothing."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from slipway.store import Store, StoreError, database
from slipway.store.database_file import DatabaseFile
from tests.eventually import eventually
from tests.store.damage import (
    REMOVALS,
    REPLACEMENTS,
    SIDES,
    after_crash,
    make_folder,
    move_backup,
    save,
    side_file,
    steps,
    truncate,
    write_other_file,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state" / "progress.db"


@pytest.mark.parametrize("how", REMOVALS)
def test_removed_file_is_restored_at_next_write(
    store: Store, path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    save(store, "before")
    REMOVALS[how](path)
    with caplog.at_level(logging.ERROR):
        save(store, "after")
    assert after_crash(path) == {"before", "after"} == steps(store)
    assert caplog.text.count("was removed while the lab was running") == 1
    assert [side_file(path, name).stat().st_mode & 0o777 for name in SIDES] == [0o600] * 3
    store.close()
    with closing(Store.at(path)) as again:
        assert steps(again) == {"before", "after"}


@pytest.mark.parametrize("how", REMOVALS)
def test_removed_file_is_restored_at_next_read(store: Store, path: Path, how: str) -> None:
    save(store, "before")
    REMOVALS[how](path)
    assert steps(store) == {"before"} == after_crash(path)


@pytest.mark.parametrize("how", REMOVALS)
def test_removed_file_is_restored_when_the_lab_stops(store: Store, path: Path, how: str) -> None:
    save(store, "before")
    REMOVALS[how](path)
    store.close()
    with closing(Store.at(path)) as again:
        assert steps(again) == {"before"}


@pytest.mark.parametrize("how", REPLACEMENTS)
def test_replacement_is_moved_aside_and_own_content_restored(
    store: Store, path: Path, how: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    save(store, "before")
    how(path)
    with caplog.at_level(logging.ERROR):
        save(store, "after")
    assert after_crash(path) == {"before", "after"} == steps(store)
    aside = path.with_name("progress.replaced-1.db")
    assert f"is kept as {aside.name}" in caplog.text
    assert "stop the lab first" in caplog.text
    if "backup" in how.__name__:
        with closing(Store.at(aside)) as other:
            assert steps(other) == {"of another day"}
    elif how is make_folder:
        assert (aside / "notes").read_text() == "somebody's"
    else:
        assert aside.read_bytes() == (b"not a database, but somebody's work" * 1000 if how is write_other_file else b"")


def test_repeated_replacement_loses_nothing(store: Store, path: Path) -> None:
    for number in range(3):
        save(store, f"step-{number}")
        move_backup(path)
    assert steps(store) == {"step-0", "step-1", "step-2"} == after_crash(path)
    assert len(list(path.parent.glob("progress.replaced-*.db"))) == 3


def test_removed_file_is_restored_while_store_is_not_in_use(path: Path) -> None:
    file = DatabaseFile(path)
    file.watch(every=0.01)
    store = Store(file)
    save(store, "before")
    path.unlink()
    eventually(path.exists)
    eventually(lambda: side_file(path, "-wal").exists())
    assert after_crash(path) == {"before"}
    store.close()


def test_content_larger_than_the_log_is_restored(store: Store, path: Path) -> None:
    names = [f"step-{number}" for number in range(1500)]
    for name in names:
        store.save_verdict("me", "01-life", name, "passed", why="because " * 500)
    truncate(path)
    save(store, "after")
    assert after_crash(path) == {*names, "after"}


def test_incomplete_content_is_reported_and_not_restored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CACHE_KIB", 100)
    with closing(Store.at(path)) as store:
        for number in range(1500):
            store.save_verdict("me", "01-life", f"step-{number}", "passed", why="because " * 200)
        path.write_bytes(b"")
        with pytest.raises(StoreError, match="can't be restored"):
            save(store, "after")
        assert path.read_bytes() == b""


def test_concurrent_writers_lose_nothing(store: Store, path: Path) -> None:
    def write(number: int) -> None:
        for step in range(10):
            while not tried(f"{number}-{step}"):
                sleep(0.001)

    def tried(step: str) -> bool:
        with suppress(StoreError):  # retry, as the lab's writers do (progress_writer.py, activity_log.py)
            save(store, step)
            return True
        return False

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        path.unlink(missing_ok=True)
        sleep(0.002)
    assert steps(store) == {f"{number}-{step}" for number in range(4) for step in range(10)} == after_crash(path)


def test_another_process_may_use_the_file(store: Store, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save(store, "ours")
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE verdicts SET why = 'theirs'")
        other.commit()
        save(store, "more")
    assert store.verdicts("me")["01-life"]["ours"]["why"] == "theirs"
    assert steps(store) == {"ours", "more"}
    assert not caplog.text


@pytest.mark.parametrize("name", SIDES)
def test_folder_in_place_of_the_file_is_an_error_message(path: Path, name: str) -> None:
    Store.at(path).close()
    side_file(path, name).unlink(missing_ok=True)
    side_file(path, name).mkdir()
    with pytest.raises(StoreError, match=rf"progress\.db can't be opened: .*Move the folder .*progress\.db{name} away"):
        Store.at(path)


def test_log_without_its_file_is_kept_and_reported(store: Store, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save(store, "before")
    killed = path.parent.with_name("killed")
    shutil.copytree(path.parent, killed)
    (killed / path.name).unlink()
    with closing(Store.at(killed / path.name)) as fresh:
        assert steps(fresh) == set()
    assert (killed / "progress.orphaned-1.db-wal").read_bytes() == side_file(path, "-wal").read_bytes()
    assert "progress.orphaned-1.db-wal" in caplog.text


def test_closed_store_refuses_use(path: Path) -> None:
    store = Store.at(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="The lab is stopping"):
        save(store, "late")
    with pytest.raises(StoreError, match="The lab is stopping"):
        steps(store)


class TestDamage:
    """Any sequence of damage to the files leaves everything that was saved."""

    def test_against_a_set(self, path: Path) -> None:
        store = Store.at(path)

        class DamageMachine(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                store.clear_verdicts("me", "01-life")
                for aside in path.parent.glob("progress.replaced-*"):
                    shutil.rmtree(aside) if aside.is_dir() else aside.unlink()
                self.model: set[str] = set()

            @rule(step=st.sampled_from("abcdefgh"))
            def save(self, step: str) -> None:
                save(store, step)
                self.model.add(step)

            @rule(how=st.sampled_from(sorted(REMOVALS)))
            def remove(self, how: str) -> None:
                store.assignments()
                REMOVALS[how](path)

            @rule(how=st.sampled_from(REPLACEMENTS))
            def replace(self, how: Callable[[Path], None]) -> None:
                store.assignments()
                how(path)

            @rule()
            def compare(self) -> None:
                assert steps(store) == self.model == after_crash(path)

            @invariant()
            def no_temporary_file_is_left(self) -> None:
                assert not path.parent.exists() or not list(path.parent.glob("*.restored*"))

        test = DamageMachine.TestCase
        test.settings = settings(max_examples=15, stateful_step_count=12)
        test().runTest()
        store.close()
