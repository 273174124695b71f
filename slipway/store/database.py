"""Opens the SQLite file: private to its owner, in WAL mode, of a known version, and never silently discarded."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DatabaseError, OperationalError

from slipway.core.errors import StorageError
from slipway.install.state_folder import reason
from slipway.store import schema

BUSY_TIMEOUT = 5000
"""Milliseconds to wait for another process that writes (a second app) before giving up."""
CACHE_KIB = 64 * 1024
"""KiB of pages kept in memory: usually the whole file, so that it can be restored when it is removed."""
MIN_FREE = 64 * 1024
"""Bytes of free space: with less, SQLite fails with various errors; it needs half of this to open a file."""
NO_SPACE = "there is no space left on its disk"
CAUSES = {
    "SQLITE_FULL": NO_SPACE,
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_BUSY": "another program is using it",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_NOTADB": "it is damaged",
}
SUFFIXES = ("", "-wal", "-shm")
"""What SQLite appends to the file's name for its write-ahead log and shared memory; the first is the file itself."""

log = logging.getLogger(__name__)


class StoreError(StorageError):
    """The store can't be opened, written or read; the text says why and what to do."""


def connect(path: Path) -> Engine:
    """Return an engine with one connection to the SQLite file at `path`; create the file and its tables if missing.

    A damaged file is moved aside, and logged. Raises StoreError when the file is of a newer Slipway or can't be opened.
    """
    try:
        _preserve_orphaned_log(path)
        return _open_or_replace(path)
    except OSError as error:
        raise StoreError(f"{path} can't be opened: {reason(error)}. {_hint(path)}") from None
    except OperationalError as error:
        raise StoreError(f"{path} can't be opened: {describe_error(path, error.orig)}. {_hint(path)}") from None


def describe_error(path: Path, error: BaseException | None) -> str:
    """Return why the file at `path` can't be used, as part of a sentence."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and path.parent.is_dir():
        name = "SQLITE_FULL" if shutil.disk_usage(path.parent).free < MIN_FREE else name
    return next((text for known, text in CAUSES.items() if name.startswith(known)), str(error))


def upsert(table: Table, row: dict[str, Any]) -> Insert:
    """Return a statement that inserts the row, or replaces the one with the same primary key."""
    keys = [column.name for column in table.primary_key]
    rest = {key: value for key, value in row.items() if key not in keys}
    return insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=rest)


def side_file(path: Path, suffix: str) -> Path:
    """Return the path of the file with one of the SUFFIXES."""
    return path.with_name(path.name + suffix)


def move_aside(path: Path, why: str) -> Path:
    """Rename the file at `path` and its side files to the next free name that contains `why`; return that name."""
    names = (path.with_name(f"{path.stem}.{why}-{number}{path.suffix}") for number in count(1))
    free = next(name for name in names if not any(os.path.lexists(side_file(name, suffix)) for suffix in SUFFIXES))
    for suffix in SUFFIXES:  # a log left behind would be applied to the next file
        if os.path.lexists(side_file(path, suffix)):
            side_file(path, suffix).rename(side_file(free, suffix))
    return free


def _hint(path: Path) -> str:
    if folder := next((one for suffix in SUFFIXES if (one := side_file(path, suffix)).is_dir()), None):
        return f"Move the folder {folder} away, then run the same command again."
    return "Free some space on that disk, or make the file writable for this user, then run the same command again."


def _preserve_orphaned_log(path: Path) -> None:
    """Move a log aside whose file is missing or empty: SQLite would delete it, and with it what only the log holds."""
    wal = side_file(path, "-wal")
    if wal.exists() and wal.stat().st_size and not (path.exists() and path.stat().st_size):
        kept = move_aside(path, "orphaned")
        log.error("%s is missing, but not its log, which is kept as %s-wal. A new file is created.", path, kept)


def _open_or_replace(path: Path) -> Engine:
    try:
        return _open(path)
    except OperationalError:
        raise
    except DatabaseError as error:
        kept = move_aside(path, "damaged")
        log.error("%s is damaged (%s). It is kept as %s, and a new file is created.", path, error.orig, kept.name)
        return _open(path)


def _open(path: Path) -> Engine:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite creates its side files with the same mode
    path.chmod(0o600)
    return reopen(path)


def reopen(path: Path) -> Engine:
    """Open an existing, private file and migrate it. Raises SQLAlchemy's errors, or StoreError for a newer version."""
    engine = create_engine("sqlite://", creator=lambda: _connection(path), poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _connection(path: Path) -> sqlite3.Connection:
    """Connect for any thread, one at a time (database_file.py). Fails if the file is missing."""
    address = f"file:{quote(str(path))}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    modes = "journal_mode = WAL", "synchronous = NORMAL"
    for setting in (*modes, f"busy_timeout = {BUSY_TIMEOUT}", f"cache_size = -{CACHE_KIB}"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _begin(connection: Connection) -> None:
    # Python's own lazy BEGIN lets a transaction read first and then lose the race to write (SQLITE_BUSY at once).
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        faults = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        if faults != "ok":
            raise DatabaseError("PRAGMA quick_check", None, sqlite3.DatabaseError(faults))
        found = connection.execute(text("PRAGMA user_version")).scalar_one()
        if found > schema.VERSION:
            raise StoreError(
                f"{path} was written by a newer Slipway (version {found}; this one supports {schema.VERSION}). "
                "Update Slipway, or move the file away to start with an empty one."
            )
        schema.metadata.create_all(connection)  # version 2 only added three tables to version 1
        connection.execute(text(f"PRAGMA user_version = {schema.VERSION}"))
