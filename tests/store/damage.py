"""What can be done to the file of a store while it is open, and what is left of it then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from slipway.store import Store

SIDES = ("", "-wal", "-shm")


def keep(store: Store, *steps: str) -> None:
    for step in steps:
        store.save_verdict("me", "01-life", step, "passed", why="because " * 20)


def steps(store: Store) -> set[str]:
    return set(store.verdicts("me").get("01-life", {}))


def after_a_crash(path: Path) -> set[str]:
    """What a lab that starts again would find, had this one been killed just now."""
    copy = path.parent.with_name(f"{path.parent.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(path.parent, copy)
    with closing(Store.at(copy / path.name)) as store:
        return steps(store)


def side(path: Path, name: str) -> Path:
    return path.with_name(path.name + name)


def delete(*names: str) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        for name in names:
            side(path, name).unlink()

    return harm


def the_whole_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


TAKEN: dict[str, Callable[[Path], None]] = {
    "deleted": delete(""),
    "deleted with its side files": delete(*SIDES),
    "its log deleted": delete("-wal"),
    "its side files deleted": delete("-wal", "-shm"),
    "moved": moved,
    "the whole folder deleted": the_whole_folder,
}


def another(path: Path) -> Path:
    """A store of another day."""
    other = path.with_name("other.db")
    with closing(Store.at(other)) as store:
        keep(store, "of another day")
    return other


def by_a_backup(path: Path) -> None:
    another(path).replace(path)


def by_a_backup_copied_over_it(path: Path) -> None:
    shutil.copyfile(another(path), path)


def by_a_backup_that_is_in_use(path: Path) -> None:
    """A second lab, say, that was told to live in the same folder, and was killed."""
    other = path.with_name("other.db")
    store = Store.at(other)
    keep(store, "of another day")
    for name in SIDES:
        shutil.copyfile(side(other, name), side(path.with_name("copy.db"), name))
    store.close()
    for name in SIDES:
        side(path.with_name("copy.db"), name).replace(side(path, name))


def by_nothing(path: Path) -> None:
    path.write_bytes(b"")


def by_no_database(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"not a database, but somebody's work" * 1000)


def by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "notes").write_text("somebody's")


REPLACED = [
    by_a_backup,
    by_a_backup_copied_over_it,
    by_a_backup_that_is_in_use,
    by_nothing,
    by_no_database,
    by_a_folder,
]
