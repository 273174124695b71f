"""The store's public interface. Each call is one transaction; any greenlet or thread may call.

Every method raises StoreError, with a sentence for people, when the file cannot be read or written.

Methods about a class, its members and their activities are in class_store.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from slipway.settings import Settings
from slipway.store.class_store import ClassStore
from slipway.store.database import upsert
from slipway.store.database_file import DatabaseFile
from slipway.store.schema import assignments, opened, runs, verdicts


class Store(ClassStore):
    """Everything that is persisted, in one file."""

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """Open the store of this install: `progress.db` in its state folder. Raises StoreError."""
        return cls.at(settings.state / "progress.db")

    @classmethod
    def at(cls, path: Path) -> Store:
        """Open the store in the file at `path`. Raises StoreError."""
        return cls(DatabaseFile(path))

    def watch(self) -> None:
        """Start a thread that restores the file if it is removed, even while nothing uses the store."""
        self._file.watch()

    def close(self) -> None:
        """Close the file; the last connection to close folds the write-ahead log into it."""
        self._file.close()

    def verdicts(self, learner: str) -> dict[str, dict[str, dict[str, Any]]]:
        """Return lesson → step → `{"verdict", "evidence", "why", "at", "version"}` of every judged step."""
        columns = [verdicts.c[key] for key in ("verdict", "evidence", "why", "at", "version")]
        query = select(verdicts.c.lesson, verdicts.c.step, *columns).where(verdicts.c.learner == learner)
        by_lesson: dict[str, dict[str, dict[str, Any]]] = {}
        with self._file.connect() as connection:
            for lesson, step, *values in connection.execute(query):
                fields = zip((column.name for column in columns), values, strict=True)
                by_lesson.setdefault(lesson, {})[step] = dict(fields)
        return by_lesson

    def save_verdict(
        self,
        learner: str,
        lesson: str,
        step: str,
        verdict: str,
        evidence: Sequence[dict[str, Any]] = (),
        why: str = "",
        at: float = 0.0,
        version: str = "",
    ) -> None:
        """Save this verdict, replacing the previous one of the step."""
        row = {"learner": learner, "lesson": lesson, "step": step, "verdict": verdict}
        self._upsert(verdicts, row | {"evidence": list(evidence), "why": why, "at": at, "version": version})

    def clear_verdicts(self, learner: str, lesson: str) -> None:
        """Delete the learner's verdicts of the lesson."""
        with self._file.begin() as connection:
            connection.execute(delete(verdicts).where(verdicts.c.learner == learner, verdicts.c.lesson == lesson))

    def assignment(self, learner: str) -> str | None:
        """Return the key of the learner's sandbox, None without one."""
        query = select(assignments.c.sandbox).where(assignments.c.learner == learner)
        with self._file.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def assignments(self) -> dict[str, str]:
        """Return learner → key of their sandbox."""
        with self._file.connect() as connection:
            return {row.learner: row.sandbox for row in connection.execute(select(assignments))}

    def assign_sandbox(self, learner: str, sandbox: str) -> None:
        """Assign the sandbox to the learner, in place of any other. Raises ValueError when another learner has it."""
        with self._file.begin() as connection:
            holder = connection.execute(select(assignments.c.learner).where(assignments.c.sandbox == sandbox)).scalar()
            if holder not in (None, learner):
                raise ValueError(f"sandbox {sandbox} is taken by {holder}")
            connection.execute(upsert(assignments, {"learner": learner, "sandbox": sandbox}))

    def release_sandbox(self, learner: str, sandbox: str) -> None:
        """Remove the assignment of this sandbox to the learner. Idempotent; an assignment to another one stays."""
        assigned = (assignments.c.learner == learner, assignments.c.sandbox == sandbox)
        with self._file.begin() as connection:
            connection.execute(delete(assignments).where(*assigned))

    def opened_at(self, learner: str, lesson: str) -> float | None:
        """Return when the learner opened the lesson (seconds since the epoch, the engine's clock), None if never."""
        query = select(opened.c.at).where(opened.c.learner == learner, opened.c.lesson == lesson)
        with self._file.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def save_opened_at(self, learner: str, lesson: str, at: float) -> None:
        """Make the lesson the learner's current one, opened at `at` (seconds since the epoch, the engine's clock)."""
        newest = select(func.coalesce(func.max(opened.c.turn), 0) + 1).where(opened.c.learner == learner)
        with self._file.begin() as connection:
            turn = connection.execute(newest).scalar_one()
            connection.execute(upsert(opened, {"learner": learner, "lesson": lesson, "at": at, "turn": turn}))

    def last_opened(self, learner: str) -> str | None:
        """Return the lesson that the learner opened last, None before the first."""
        query = select(opened.c.lesson).where(opened.c.learner == learner).order_by(opened.c.turn.desc()).limit(1)
        with self._file.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def claim_run(self, learner: str, id: str) -> bool:
        """Record that the click `id` runs its command. False when it was recorded before: the command has run."""
        with self._file.begin() as connection:
            claim = insert(runs).values(learner=learner, id=id).on_conflict_do_nothing()
            return connection.execute(claim).rowcount == 1

    def release_run(self, learner: str, id: str) -> None:
        """Delete the record of the click `id`, whose command could not be typed, so that it can be tried again."""
        with self._file.begin() as connection:
            connection.execute(delete(runs).where(runs.c.learner == learner, runs.c.id == id))

    def _upsert(self, table: Table, row: dict[str, Any]) -> None:
        with self._file.begin() as connection:
            connection.execute(upsert(table, row))
