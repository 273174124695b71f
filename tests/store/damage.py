"""Damage to the file of an open store, and what is left of it afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from slipway.store import Store

SIDES = ("", "-wal", "-shm")


def save(store: Store, *steps: str) -> None:
    """Save a verdict of each step."""
    for step in steps:
        store.save_verdict("me", "01-life", step, "passed", why="because " * 20)


def steps(store: Store) -> set[str]:
    """Return the steps that have a verdict."""
    return set(store.verdicts("me").get("01-life", {}))


def after_crash(path: Path) -> set[str]:
    """Return the steps that a lab would find if this one were killed now and started again."""
    copy = path.parent.with_name(f"{path.parent.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(path.parent, copy)
    with closing(Store.at(copy / path.name)) as store:
        return steps(store)


def side_file(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def delete(*names: str) -> Callable[[Path], None]:
    def remove(path: Path) -> None:
        for name in names:
            side_file(path, name).unlink()

    return remove


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


REMOVALS: dict[str, Callable[[Path], None]] = {
    "deleted": delete(""),
    "deleted with its side_file files": delete(*SIDES),
    "its log deleted": delete("-wal"),
    "its side_file files deleted": delete("-wal", "-shm"),
    "moved": move,
    "the whole folder deleted": delete_folder,
}


def make_backup(path: Path) -> Path:
    """Make another store, as of another day."""
    other = path.with_name("other.db")
    with closing(Store.at(other)) as store:
        save(store, "of another day")
    return other


def move_backup(path: Path) -> None:
    make_backup(path).replace(path)


def copy_backup_over(path: Path) -> None:
    shutil.copyfile(make_backup(path), path)


def move_open_backup(path: Path) -> None:
    """Replace the file by one with side_file files, as of a second lab in the same folder that was killed."""
    other = path.with_name("other.db")
    store = Store.at(other)
    save(store, "of another day")
    for name in SIDES:
        shutil.copyfile(side_file(other, name), side_file(path.with_name("copy.db"), name))
    store.close()
    for name in SIDES:
        side_file(path.with_name("copy.db"), name).replace(side_file(path, name))


def truncate(path: Path) -> None:
    path.write_bytes(b"")


def write_other_file(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"not a database, but somebody's work" * 1000)


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "notes").write_text("somebody's")


REPLACEMENTS = [
    move_backup,
    copy_backup_over,
    move_open_backup,
    truncate,
    write_other_file,
    make_folder,
]
