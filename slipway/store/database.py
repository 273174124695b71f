"""Opening the SQLite file: private to its owner, in WAL mode, of a known version, and never silently thrown away."""

from __future__ import annotations

import logging
import os
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DatabaseError, OperationalError

from slipway.core.failures import SentenceError
from slipway.store import schema

BUSY = 5000
"""Milliseconds to wait for another process that writes (`./lab doctor`, a second app) before giving up."""

log = logging.getLogger(__name__)


class StoreError(SentenceError):
    """The store can't be opened; the message says why, and what to do."""


def connect(path: Path) -> Engine:
    """An engine on the SQLite file at `path`, made when it is missing, with every table in place.

    A file that is no sound database is put aside beside it, and said so in the log. Raises StoreError when the file is
    newer than this Slipway, or can't be read at all.
    """
    try:
        return _open(path)
    except (OperationalError, OSError) as error:
        raise StoreError(f"{path} can't be opened: {getattr(error, 'orig', error)}") from None
    except DatabaseError as error:
        kept = _put_aside(path)
        log.error("%s is damaged (%s). It is kept as %s, and a fresh one begins.", path, error.orig, kept.name)
        return _open(path)


def upsert(table: Table, row: dict[str, Any]) -> Insert:
    """Put the row in the place of the one with the same primary key."""
    keys = [column.name for column in table.primary_key]
    rest = {key: value for key, value in row.items() if key not in keys}
    return insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=rest)


def _open(path: Path) -> Engine:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its side files the same mode
    path.chmod(0o600)
    engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        _bring_up_to_date(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA busy_timeout = {BUSY}")


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


def _put_aside(path: Path) -> Path:
    free = next(
        kept for n in count(1) if not (kept := path.with_name(f"{path.stem}.damaged-{n}{path.suffix}")).exists()
    )
    path.rename(free)
    for side in ("-wal", "-shm"):  # left behind, they would be taken for the fresh file's own
        beside = path.with_name(path.name + side)
        if beside.exists():
            beside.rename(free.with_name(free.name + side))
    return free
