"""Opening the SQLite file: private to its owner, in WAL mode, of a known version, and never silently thrown away."""

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

BUSY = 5000
"""Milliseconds to wait for another process that writes (a second app) before giving up."""
CACHE = 64 * 1024
"""KiB of pages that stay in memory: all of the file, usually, so that they are there if the file is taken away."""
ROOM = 64 * 1024
"""Bytes of free space, with less of which SQLite fails in more than one way: it needs half of that to begin."""
FULL = "there is no space left on its disk"
CAUSES = {
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": "it can only be read",
    "SQLITE_BUSY": "another program is using it",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_NOTADB": "it is damaged",
}
SIDES = ("", "-wal", "-shm")
"""What SQLite adds to the file's name for those that lie beside it; the first is the file itself."""

log = logging.getLogger(__name__)


class StoreError(StorageError):
    """The store can't be opened, written or read; the message says why, and what to do."""


def connect(path: Path) -> Engine:
    """An engine with one connection to the SQLite file at `path`, made when it is missing, with every table in place.

    A file that is no sound database is put aside beside it, and said so in the log. Raises StoreError when the file is
    newer than this Slipway, or can't be read at all.
    """
    try:
        _keep_orphans(path)
        return _open_sound(path)
    except OSError as error:
        raise StoreError(f"{path} can't be opened: {reason(error)}. {_what_to_do(path)}") from None
    except OperationalError as error:
        raise StoreError(f"{path} can't be opened: {cause(path, error.orig)}. {_what_to_do(path)}") from None


def cause(path: Path, error: BaseException | None) -> str:
    """Why the file at `path` can't be used, as part of a sentence."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and path.parent.is_dir():
        name = "SQLITE_FULL" if shutil.disk_usage(path.parent).free < ROOM else name
    return next((words for known, words in CAUSES.items() if name.startswith(known)), str(error))


def upsert(table: Table, row: dict[str, Any]) -> Insert:
    """Put the row in the place of the one with the same primary key."""
    keys = [column.name for column in table.primary_key]
    rest = {key: value for key, value in row.items() if key not in keys}
    return insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=rest)


def beside(path: Path, side: str) -> Path:
    """One of the SIDES of the file at `path`."""
    return path.with_name(path.name + side)


def put_aside(path: Path, why: str) -> Path:
    """Give what lies at `path`, and all beside it that is SQLite's, the next free name that says `why`."""
    names = (path.with_name(f"{path.stem}.{why}-{number}{path.suffix}") for number in count(1))
    free = next(name for name in names if not any(os.path.lexists(beside(name, side)) for side in SIDES))
    for side in SIDES:  # a log that stays behind would be taken for the next file's own
        if os.path.lexists(beside(path, side)):
            beside(path, side).rename(beside(free, side))
    return free


def _what_to_do(path: Path) -> str:
    if folder := next((one for side in SIDES if (one := beside(path, side)).is_dir()), None):
        return f"Move the folder {folder} away, then run the same command again."
    return "Free some space on that disk, or make the file writable for this user, then run the same command again."


def _keep_orphans(path: Path) -> None:
    """Beside a file that is gone or empty, SQLite would throw the log away, and all that is in nothing but the log."""
    wal = beside(path, "-wal")
    if wal.exists() and wal.stat().st_size and not (path.exists() and path.stat().st_size):
        kept = put_aside(path, "orphaned")
        log.error("%s is gone, but not what lay beside it. That is kept as %s-wal, and a fresh one begins.", path, kept)


def _open_sound(path: Path) -> Engine:
    try:
        return _open(path)
    except OperationalError:
        raise
    except DatabaseError as error:
        kept = put_aside(path, "damaged")
        log.error("%s is damaged (%s). It is kept as %s, and a fresh one begins.", path, error.orig, kept.name)
        return _open(path)


def _open(path: Path) -> Engine:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its side files the same mode
    path.chmod(0o600)
    return reopen(path)


def reopen(path: Path) -> Engine:
    """The same for a file that is there, is sound, and is the caller's. Raises what SQLAlchemy does."""
    engine = create_engine("sqlite://", creator=lambda: _connection(path), poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    try:
        _bring_up_to_date(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _connection(path: Path) -> sqlite3.Connection:
    """For any thread, of which there is one at a time (file.py). A file that is not there is not made by the way."""
    address = f"file:{quote(str(path))}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode = WAL", "synchronous = NORMAL", f"busy_timeout = {BUSY}", f"cache_size = -{CACHE}"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _begin(connection: Connection) -> None:
    # Python's own lazy BEGIN would let a transaction read first and lose the race to write (SQLITE_BUSY at once).
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _bring_up_to_date(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        faults = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        if faults != "ok":
            raise DatabaseError("PRAGMA quick_check", None, sqlite3.DatabaseError(faults))
        found = connection.execute(text("PRAGMA user_version")).scalar_one()
        if found > schema.VERSION:
            raise StoreError(
                f"{path} was written by a newer Slipway (its version is {found}, this one knows {schema.VERSION}). "
                "Update Slipway, or move the file away to begin afresh."
            )
        schema.metadata.create_all(connection)  # from 1 to 2: three tables more, and nothing else
        connection.execute(text(f"PRAGMA user_version = {schema.VERSION}"))
