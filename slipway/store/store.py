"""The store's verbs, in the words of the lesson. Each call is one transaction; any greenlet or thread may call.

Each raises StoreError, with a sentence, when the file can't be written or read just now.

Those about a class and what its people do are in roll.py.
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
from slipway.store.schema import opened, runs, seats, verdicts


class Store(ClassStore):
    """Everything that is kept, in one file."""

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """The store of this install, `progress.db` in its state directory. Raises StoreError."""
        return cls.at(settings.state / "progress.db")

    @classmethod
    def at(cls, path: Path) -> Store:
        """The store in the file at `path`. Raises StoreError."""
        return cls(DatabaseFile(path))

    def watch(self) -> None:
        """From now on notice also when nobody asks that the file was taken away, and write it anew."""
        self._file.watch()

    def close(self) -> None:
        """Let go of the file; the last one to do so folds the write-ahead log into it."""
        self._file.close()

    def verdicts(self, learner: str) -> dict[str, dict[str, dict[str, Any]]]:
        """lesson → step → `{"verdict", "evidence", "why", "at", "version"}`, of what was ever judged."""
        columns = [verdicts.c[key] for key in ("verdict", "evidence", "why", "at", "version")]
        query = select(verdicts.c.lesson, verdicts.c.step, *columns).where(verdicts.c.learner == learner)
        found: dict[str, dict[str, dict[str, Any]]] = {}
        with self._file.connect() as connection:
            for lesson, step, *values in connection.execute(query):
                found.setdefault(lesson, {})[step] = dict(zip((one.name for one in columns), values, strict=True))
        return found

    def keep_verdict(
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
        """Keep this verdict in place of the one before it."""
        row = {"learner": learner, "lesson": lesson, "step": step, "verdict": verdict}
        self._put(verdicts, row | {"evidence": list(evidence), "why": why, "at": at, "version": version})

    def clear(self, learner: str, lesson: str) -> None:
        """Forget the learner's verdicts on the lesson."""
        with self._file.begin() as connection:
            connection.execute(delete(verdicts).where(verdicts.c.learner == learner, verdicts.c.lesson == lesson))

    def seat(self, learner: str) -> str | None:
        """The sandbox in which the learner sits."""
        query = select(seats.c.sandbox).where(seats.c.learner == learner)
        with self._file.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def seats(self) -> dict[str, str]:
        """learner → sandbox."""
        with self._file.connect() as connection:
            return {row.learner: row.sandbox for row in connection.execute(select(seats))}

    def take_seat(self, learner: str, sandbox: str) -> None:
        """Seat the learner in the sandbox, out of any other. Raises ValueError when somebody else sits there."""
        with self._file.begin() as connection:
            holder = connection.execute(select(seats.c.learner).where(seats.c.sandbox == sandbox)).scalar()
            if holder not in (None, learner):
                raise ValueError(f"sandbox {sandbox} is taken by {holder}")
            connection.execute(upsert(seats, {"learner": learner, "sandbox": sandbox}))

    def leave_seat(self, learner: str, sandbox: str) -> None:
        """The learner is not in this sandbox any more; gone already, or in another one by now, is fine."""
        with self._file.begin() as connection:
            connection.execute(delete(seats).where(seats.c.learner == learner, seats.c.sandbox == sandbox))

    def opened(self, learner: str, lesson: str) -> float | None:
        """When the learner opened the lesson, as kept."""
        query = select(opened.c.at).where(opened.c.learner == learner, opened.c.lesson == lesson)
        with self._file.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def keep_opened(self, learner: str, lesson: str, at: float) -> None:
        """The lesson is now the one at hand, opened at `at` (seconds since the epoch, the engine's clock)."""
        newest = select(func.coalesce(func.max(opened.c.turn), 0) + 1).where(opened.c.learner == learner)
        with self._file.begin() as connection:
            turn = connection.execute(newest).scalar_one()
            connection.execute(upsert(opened, {"learner": learner, "lesson": lesson, "at": at, "turn": turn}))

    def opening(self, learner: str) -> str | None:
        """The lesson that the learner opened last."""
        query = select(opened.c.lesson).where(opened.c.learner == learner).order_by(opened.c.turn.desc()).limit(1)
        with self._file.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def first_run(self, learner: str, id: str) -> bool:
        """Whether this is the first time that the click `id` asks for its command; asking makes it known."""
        with self._file.begin() as connection:
            known = insert(runs).values(learner=learner, id=id).on_conflict_do_nothing()
            return connection.execute(known).rowcount == 1

    def forget_run(self, learner: str, id: str) -> None:
        """The click came to nothing: it may ask again."""
        with self._file.begin() as connection:
            connection.execute(delete(runs).where(runs.c.learner == learner, runs.c.id == id))

    def _put(self, table: Table, row: dict[str, Any]) -> None:
        with self._file.begin() as connection:
            connection.execute(upsert(table, row))
