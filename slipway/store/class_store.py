"""What is kept of a class: its code, its members, and everybody's deeds. Part of the store (store.py)."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.members import Class, Member
from slipway.store.database import upsert
from slipway.store.database_file import DatabaseFile
from slipway.store.schema import classes, deeds, members


class ClassStore:
    """The class at hand, who is in it, and who did what."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def newest_class(self) -> Class | None:
        """The class that was begun last, None before the first."""
        query = select(*classes.c).order_by(classes.c.number.desc()).limit(1)
        with self._file.connect() as connection:
            row = connection.execute(query).one_or_none()
            return Class(*row) if row else None

    def begin_class(self, code: str, key: str, at: float) -> Class:
        """A class after the others."""
        with self._file.begin() as connection:
            made = connection.execute(insert(classes).values(code=code, key=key, at=at))
            return Class(int((made.inserted_primary_key or (0,))[0]), code, key, at)

    def members(self, number: int) -> list[Member]:
        """Those of a class, in the order in which they joined."""
        columns = (members.c.learner, members.c.name, members.c.personal, members.c.at)
        query = select(*columns).where(members.c.number == number).order_by(members.c.at)
        with self._file.connect() as connection:
            return [Member(*row) for row in connection.execute(query)]

    def keep_member(self, number: int, member: Member) -> None:
        """Somebody joined the class `number`, or has another name now."""
        row = {"learner": member.learner, "number": number, "name": member.name}
        with self._file.begin() as connection:
            connection.execute(upsert(members, row | {"personal": member.personal, "at": member.at}))

    def forget_member(self, learner: str) -> None:
        """Of no class any more; gone already is fine. What they did is kept."""
        with self._file.begin() as connection:
            connection.execute(delete(members).where(members.c.learner == learner))

    def keep_deed(self, deed: Activity) -> bool:
        """Whether this deed is new; the same one again is kept once."""
        with self._file.begin() as connection:
            return connection.execute(insert_or(deeds).values(vars(deed)).on_conflict_do_nothing()).rowcount == 1

    def deeds(self, learner: str | None = None, since: float = 0.0) -> list[Activity]:
        """What was done by everybody, or by one learner, at `since` or later, in the order in which it was told."""
        columns = (deeds.c.learner, deeds.c.at, deeds.c.lesson, deeds.c.step, deeds.c.kind, deeds.c.text)
        wanted = [deeds.c.at >= since, *([] if learner is None else [deeds.c.learner == learner])]
        with self._file.connect() as connection:
            return [
                Activity(*row) for row in connection.execute(select(*columns).where(*wanted).order_by(deeds.c.order))
            ]
