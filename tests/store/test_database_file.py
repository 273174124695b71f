"""Whoever deletes, empties or replaces the file while the lab runs takes nothing from it."""

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
    REPLACED,
    SIDES,
    TAKEN,
    after_a_crash,
    by_a_backup,
    by_a_folder,
    by_no_database,
    by_nothing,
    keep,
    side,
    steps,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state" / "progress.db"


@pytest.mark.parametrize("how", TAKEN)
def test_what_is_taken_away_is_written_anew_at_the_next_use(
    store: Store, path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    keep(store, "before")
    TAKEN[how](path)
    with caplog.at_level(logging.ERROR):
        keep(store, "after")
    assert after_a_crash(path) == {"before", "after"} == steps(store)
    assert caplog.text.count("was taken away while the lab ran") == 1
    assert [side(path, name).stat().st_mode & 0o777 for name in SIDES] == [0o600] * 3
    store.close()
    with closing(Store.at(path)) as again:
        assert steps(again) == {"before", "after"}


@pytest.mark.parametrize("how", TAKEN)
def test_it_is_enough_to_read(store: Store, path: Path, how: str) -> None:
    keep(store, "before")
    TAKEN[how](path)
    assert steps(store) == {"before"} == after_a_crash(path)


@pytest.mark.parametrize("how", TAKEN)
def test_it_is_noticed_when_the_lab_stops(store: Store, path: Path, how: str) -> None:
    keep(store, "before")
    TAKEN[how](path)
    store.close()
    with closing(Store.at(path)) as again:
        assert steps(again) == {"before"}


@pytest.mark.parametrize("how", REPLACED)
def test_what_lies_there_instead_is_kept_aside_whole_and_the_lab_goes_on_with_its_own(
    store: Store, path: Path, how: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    keep(store, "before")
    how(path)
    with caplog.at_level(logging.ERROR):
        keep(store, "after")
    assert after_a_crash(path) == {"before", "after"} == steps(store)
    aside = path.with_name("progress.replaced-1.db")
    assert f"is kept as {aside.name}" in caplog.text
    assert "stop the lab first" in caplog.text
    if "backup" in how.__name__:
        with closing(Store.at(aside)) as other:
            assert steps(other) == {"of another day"}
    elif how is by_a_folder:
        assert (aside / "notes").read_text() == "somebody's"
    else:
        assert aside.read_bytes() == (b"not a database, but somebody's work" * 1000 if how is by_no_database else b"")


def test_twice_is_no_worse_than_once(store: Store, path: Path) -> None:
    for number in range(3):
        keep(store, f"step-{number}")
        by_a_backup(path)
    assert steps(store) == {"step-0", "step-1", "step-2"} == after_a_crash(path)
    assert len(list(path.parent.glob("progress.replaced-*.db"))) == 3


def test_it_is_noticed_though_nobody_uses_it(path: Path) -> None:
    file = DatabaseFile(path)
    file.watch(every=0.01)
    store = Store(file)
    keep(store, "before")
    path.unlink()
    eventually(path.exists)
    eventually(lambda: side(path, "-wal").exists())
    assert after_a_crash(path) == {"before"}
    store.close()


def test_more_than_fits_into_the_log_is_kept_too(store: Store, path: Path) -> None:
    names = [f"step-{number}" for number in range(1500)]
    for name in names:
        store.save_verdict("me", "01-life", name, "passed", why="because " * 500)
    by_nothing(path)
    keep(store, "after")
    assert after_a_crash(path) == {*names, "after"}


def test_what_can_not_be_had_back_is_said_and_put_nowhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CACHE", 100)
    with closing(Store.at(path)) as store:
        for number in range(1500):
            store.save_verdict("me", "01-life", f"step-{number}", "passed", why="because " * 200)
        path.write_bytes(b"")
        with pytest.raises(StoreError, match="can't be written anew"):
            keep(store, "after")
        assert path.read_bytes() == b""


def test_those_who_write_at_that_very_moment_lose_nothing(store: Store, path: Path) -> None:
    def write(number: int) -> None:
        for step in range(10):
            while not tried(f"{number}-{step}"):
                sleep(0.001)

    def tried(step: str) -> bool:
        with suppress(StoreError):  # as whoever writes does (ledger.py, activities.py): once more
            keep(store, step)
            return True
        return False

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        path.unlink(missing_ok=True)
        sleep(0.002)
    assert steps(store) == {f"{number}-{step}" for number in range(4) for step in range(10)} == after_a_crash(path)


def test_another_process_may_use_the_file_meanwhile(store: Store, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(store, "ours")
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE verdicts SET why = 'theirs'")
        other.commit()
        keep(store, "more")
    assert store.verdicts("me")["01-life"]["ours"]["why"] == "theirs"
    assert steps(store) == {"ours", "more"}
    assert not caplog.text


@pytest.mark.parametrize("name", SIDES)
def test_a_folder_in_the_place_of_the_file_is_a_sentence(path: Path, name: str) -> None:
    Store.at(path).close()
    side(path, name).unlink(missing_ok=True)
    side(path, name).mkdir()
    with pytest.raises(StoreError, match=rf"progress\.db can't be opened: .*Move the folder .*progress\.db{name} away"):
        Store.at(path)


def test_a_log_whose_file_is_gone_is_kept_and_said(store: Store, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(store, "before")
    killed = path.parent.with_name("killed")
    shutil.copytree(path.parent, killed)
    (killed / path.name).unlink()
    with closing(Store.at(killed / path.name)) as fresh:
        assert steps(fresh) == set()
    assert (killed / "progress.orphaned-1.db-wal").read_bytes() == side(path, "-wal").read_bytes()
    assert "progress.orphaned-1.db-wal" in caplog.text


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store.at(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="The lab is stopping"):
        keep(store, "late")
    with pytest.raises(StoreError, match="The lab is stopping"):
        steps(store)


class TestHarm:
    """Whatever is done to the files, and whenever: everything that was kept is there."""

    def test_against_a_plain_set(self, path: Path) -> None:
        store = Store.at(path)

        class Harm(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                store.clear_verdicts("me", "01-life")
                for aside in path.parent.glob("progress.replaced-*"):
                    shutil.rmtree(aside) if aside.is_dir() else aside.unlink()
                self.model: set[str] = set()

            @rule(step=st.sampled_from("abcdefgh"))
            def keep(self, step: str) -> None:
                keep(store, step)
                self.model.add(step)

            @rule(how=st.sampled_from(sorted(TAKEN)))
            def take_away(self, how: str) -> None:
                store.assignments()
                TAKEN[how](path)

            @rule(how=st.sampled_from(REPLACED))
            def replace(self, how: Callable[[Path], None]) -> None:
                store.assignments()
                how(path)

            @rule()
            def look(self) -> None:
                assert steps(store) == self.model == after_a_crash(path)

            @invariant()
            def nothing_is_left_half_written(self) -> None:
                assert not path.parent.exists() or not list(path.parent.glob("*.restored*"))

        test = Harm.TestCase
        test.settings = settings(max_examples=15, stateful_step_count=12)
        test().runTest()
        store.close()
