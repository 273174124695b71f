"""The only connection to the SQLite file: one transaction at a time, errors as sentences, and a file that is restored.

Nothing is lost when the file is deleted, emptied or replaced while the lab runs: the open connection still has all of
it, and it is written again. Knows no table.
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
from slipway.store.database import SUFFIXES, StoreError, connect, describe_error, move_aside, reopen, side_file

WATCH_INTERVAL = 1.0
"""Seconds between checks of a file that is not in use."""
UNUSABLE = "The lab can't use its database at the moment: {why}. Tell the person who runs this lab, then try again."
REMOVED = "its file was removed and can't be restored"

log = logging.getLogger(__name__)


class DatabaseFile:
    """The file at `path`, open until `close`. Greenlets and threads may share it; they wait for one another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy = side_file(path, ".restored")
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._problem = ""
        self._installed: tuple[int, ...] | None = None
        self._engine = connect(path)
        self._known = _snapshot(path)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a write transaction. Raises StoreError when the file was removed and can't be restored."""
        with self._lock, self._translate_errors():
            self.restore_if_missing()
            try:
                with self._engine.begin() as connection:
                    yield connection
            finally:
                self._update_known()
            self._report_recovery()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a read transaction, which works even while a removed file can't be restored."""
        with self._lock, self._translate_errors():
            with suppress(StoreError):
                self.restore_if_missing()
            self._require_open()
            with self._engine.connect() as connection:
                yield connection

    def watch(self, every: float = WATCH_INTERVAL) -> None:
        """Start a thread that restores a removed file within `every` seconds, even while the store is not in use."""

        def run() -> None:
            while not self._closed.wait(every):
                with suppress(StoreError):
                    self.restore_if_missing()

        threading.Thread(target=run, name="store", daemon=True).start()

    def restore_if_missing(self) -> None:
        """Restore the file if it was removed or replaced. Raises StoreError when that fails."""
        with self._lock:
            self._require_open()
            if _snapshot(self._path) != self._known:
                self._restore()

    def close(self) -> None:
        """Close the file, with everything in it. Idempotent."""
        with self._lock:
            if not self._closed.is_set():
                try:
                    self.restore_if_missing()
                except StoreError:
                    self._save_elsewhere()
                self._closed.set()
                self._engine.dispose()

    # Restoring the file

    def _restore(self) -> None:
        """Restore the file; try three times, because it may be removed again meanwhile."""
        for last in (False, False, True):
            try:
                self._write_copy()
                self._install_copy()
            except (OSError, sqlite3.Error, DatabaseError, StoreError) as error:
                self._remove_copy()
                if last:
                    why = describe_error(self._path, getattr(error, "orig", error))
                    self._report_problem(f"it was removed and can't be restored ({why})")
                    raise StoreError(UNUSABLE.format(why=REMOVED)) from None
            else:
                break
        self._report_recovery()

    def _write_copy(self) -> None:
        """Copy everything from the connection into a temporary file beside the original, and verify it."""
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
        for suffix in (*SUFFIXES, "-journal"):
            with suppress(OSError):
                side_file(self._copy, suffix).unlink()

    def _install_copy(self) -> None:
        """Move the copy into place and reopen it; the old connection is closed only once the new one is verified."""
        self._clear_path()
        self._installed = _snapshot(self._copy)[0]
        self._copy.replace(self._path)
        sync_folder(self._path.parent)
        engine = reopen(self._path)
        found = _snapshot(self._path)
        if _inodes(found)[0] != (self._installed or ())[:2] or list(map(bool, found)) != list(map(bool, self._known)):
            engine.dispose()
            raise OSError("it was removed again")
        self._engine.dispose()  # its file is gone, so closing removes nothing at the path
        self._engine, self._known, self._installed = engine, found, None

    def _save_elsewhere(self) -> None:
        """Save a copy in a temporary folder: the lab is ending, and its connection is the last one with the content."""
        try:
            self._copy = Path(tempfile.mkdtemp(prefix="slipway-")) / self._path.name
            self._write_copy()
        except (OSError, sqlite3.Error, DatabaseError) as error:
            log.error("%s is lost: it was removed, and can't be saved elsewhere either: %s", self._path, error)
        else:
            log.error("%s is saved as %s. Move it into place, then start the lab.", self._path, self._copy)

    def _clear_path(self) -> None:
        """Remove our own leftover files from the path, and move others aside."""
        found = _snapshot(self._path)
        for suffix, there, ours in zip(SUFFIXES[1:], found[1:], self._known[1:], strict=True):
            if there == ours:
                side_file(self._path, suffix).unlink(missing_ok=True)
        if found[0] is None or found[0] == self._known[0]:
            log.error("%s was removed while the lab was running. It is restored with all of its content.", self._path)
        elif found[0] != self._installed:
            self._log_replaced(move_aside(self._path, "replaced"))

    def _log_replaced(self, kept: Path) -> None:
        log.error(
            "%s was replaced or changed by another program while the lab was running. It is kept as %s, and the "
            "lab continues with its own content. To use the other one, stop the lab first, then move it into place.",
            *(self._path, kept.name),
        )

    # Errors

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if type(error) not in (DatabaseError, OperationalError):  # a violated constraint is the caller's concern
                raise
            why = describe_error(self._path, error.orig)
            self._report_problem(why)
            raise StoreError(UNUSABLE.format(why=why)) from None

    def _report_problem(self, why: str) -> None:
        if why != self._problem:
            log.error("%s can't be used at the moment: %s", self._path, why)
        self._problem = why

    def _report_recovery(self) -> None:
        if self._problem:
            log.warning("%s can be used again", self._path)
        self._problem = ""

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise StoreError("The lab is stopping and saves nothing any more.")

    def _update_known(self) -> None:
        """Remember the changed file, if it is still the same one: the change was our own."""
        now = _snapshot(self._path)
        if _inodes(now) == _inodes(self._known):
            self._known = now


Snapshot = tuple[tuple[int, ...] | None, ...]


def _snapshot(path: Path) -> Snapshot:
    """Return the file's identity, size and time of change, and the identity of its side files, which change often."""
    file = _stat(path)
    return (
        file and (file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns),
        *(
            (status and (status.st_dev, status.st_ino))
            for status in (_stat(side_file(path, suffix)) for suffix in SUFFIXES[1:])
        ),
    )


def _inodes(seen: Snapshot) -> Snapshot:
    """Return the identities alone (device and inode), without size and time."""
    return tuple(status and status[:2] for status in seen)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
