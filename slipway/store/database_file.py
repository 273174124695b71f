"""The one connection to the SQLite file: one transaction at a time, errors as sentences, and the file where it belongs.

Whoever deletes, empties or replaces the file while the lab runs takes nothing from it: the open connection still has
all that was kept, and it is written anew. Knows no table.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, OperationalError

from slipway.install.state_folder import sync_folder
from slipway.store.database import SIDES, StoreError, beside, cause, connect, put_aside, reopen

LOOK = 1.0
"""Seconds between two looks at a file that nobody uses just now."""
TROUBLE = "The lab can't use its database just now: {why}. Tell whoever runs this lab, then try once more."
GONE = "its file was taken away, and can't be written anew"

log = logging.getLogger(__name__)


class DatabaseFile:
    """The file at `path`, open until `close`. Any greenlet or thread may ask; they wait for one another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy = beside(path, ".restored")
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._trouble = ""
        self._placed: tuple[int, ...] | None = None
        self._engine = connect(path)
        self._known = _look(path)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction to write in. Raises StoreError when the file is not where it belongs, and can't be."""
        with self._lock, self._in_words():
            self.check()
            try:
                with self._engine.begin() as connection:
                    yield connection
            finally:
                self._learn()
            self._recovered()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction to read in, which goes on also while a file that was taken away can't be written anew."""
        with self._lock, self._in_words():
            with suppress(StoreError):
                self.check()
            self._require_open()
            with self._engine.connect() as connection:
                yield connection

    def watch(self, every: float = LOOK) -> None:
        """Look after the file from now on, though nobody may use it for long."""

        def look() -> None:
            while not self._closed.wait(every):
                with suppress(StoreError):
                    self.check()

        threading.Thread(target=look, name="store", daemon=True).start()

    def check(self) -> None:
        """Write the file anew if it was taken away. Raises StoreError when it can't be."""
        with self._lock:
            self._require_open()
            if _look(self._path) != self._known:
                self._put_back()

    def close(self) -> None:
        """Let go of the file, with everything in it; closed already is fine."""
        with self._lock:
            if not self._closed.is_set():
                try:
                    self.check()
                except StoreError:
                    self._save_elsewhere()
                self._closed.set()
                self._engine.dispose()

    # The file was taken away

    def _put_back(self) -> None:
        """More than once, for whoever takes it away may go on doing so."""
        for last in (False, False, True):
            try:
                self._write_copy()
                self._put_in_place()
            except (OSError, sqlite3.Error, DatabaseError, StoreError) as error:
                self._remove_copy()
                if last:
                    why = cause(self._path, getattr(error, "orig", error))
                    self._troubled(f"it was taken away, and can't be written anew ({why})")
                    raise StoreError(TROUBLE.format(why=GONE)) from None
            else:
                break
        self._recovered()

    def _write_copy(self) -> None:
        """All that the connection has, into a file beside the place, checked before anybody relies on it."""
        self._copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_copy()
        os.close(os.open(self._copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        ours: Any = self._engine.raw_connection()
        try:
            with closing(sqlite3.connect(self._copy)) as copy:
                ours.driver_connection.backup(copy)
                (faults,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            ours.close()
        if faults != "ok":
            raise sqlite3.DatabaseError(faults)

    def _remove_copy(self) -> None:
        for side in (*SIDES, "-journal"):
            with suppress(OSError):
                beside(self._copy, side).unlink()

    def _put_in_place(self) -> None:
        """The connection that has everything is let go of only when another one has it too."""
        self._clear_the_way()
        self._placed = _look(self._copy)[0]
        self._copy.replace(self._path)
        sync_folder(self._path.parent)
        engine = reopen(self._path)
        found = _look(self._path)
        if _which(found)[0] != (self._placed or ())[:2] or list(map(bool, found)) != list(map(bool, self._known)):
            engine.dispose()
            raise OSError("it was taken away once more")
        self._engine.dispose()  # of a file that lies there no more, so it removes nothing by its name
        self._engine, self._known, self._placed = engine, found, None

    def _save_elsewhere(self) -> None:
        """The lab ends, and with it the last that has everything."""
        try:
            self._copy = Path(tempfile.mkdtemp(prefix="slipway-")) / self._path.name
            self._write_copy()
        except (OSError, sqlite3.Error, DatabaseError) as error:
            log.error("%s is lost: it was taken away, and can't be saved elsewhere either: %s", self._path, error)
        else:
            log.error("What %s held is saved as %s. Put it in place before you start the lab.", self._path, self._copy)

    def _clear_the_way(self) -> None:
        """Remove what is ours, and put aside what is not."""
        found = _look(self._path)
        for side, there, ours in zip(SIDES[1:], found[1:], self._known[1:], strict=True):
            if there == ours:
                beside(self._path, side).unlink(missing_ok=True)
        if found[0] is None or found[0] == self._known[0]:
            log.error("%s was taken away while the lab ran. It is written anew, with all that was in it.", self._path)
        elif found[0] != self._placed:
            self._say_replaced(put_aside(self._path, "replaced"))

    def _say_replaced(self, kept: Path) -> None:
        log.error(
            "%s was replaced or changed by somebody else while the lab ran. What lay there is kept as %s, and the lab "
            "goes on with its own. To go on with the other one, stop the lab first, then put it in place.",
            *(self._path, kept.name),
        )

    # What goes wrong

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if type(error) not in (DatabaseError, OperationalError):  # a row that breaks a rule is the caller's affair
                raise
            why = cause(self._path, error.orig)
            self._troubled(why)
            raise StoreError(TROUBLE.format(why=why)) from None

    def _troubled(self, why: str) -> None:
        if why != self._trouble:
            log.error("%s can't be used just now: %s", self._path, why)
        self._trouble = why

    def _recovered(self) -> None:
        if self._trouble:
            log.warning("%s can be used again", self._path)
        self._trouble = ""

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise StoreError("The lab is stopping, and keeps nothing any more.")

    def _learn(self) -> None:
        """What has changed about the file is our own doing, if it is still the same."""
        now = _look(self._path)
        if _which(now) == _which(self._known):
            self._known = now


Seen = tuple[tuple[int, ...] | None, ...]


def _look(path: Path) -> Seen:
    """What lies there: the file as it was last changed, and which ones are beside it. Others may write to those."""
    file = _stat(path)
    return (
        file and (file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns),
        *((one and (one.st_dev, one.st_ino)) for one in (_stat(beside(path, side)) for side in SIDES[1:])),
    )


def _which(seen: Seen) -> Seen:
    """The same, whatever is in them."""
    return tuple(one and one[:2] for one in seen)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
