"""The part of the store that is about a class: its code, its members, and the activities of every learner."""

from __future__ import annotations

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.members import Class, Member
from slipway.store.database import upsert
from slipway.store.database_file import DatabaseFile
from slipway.store.schema import activities, classes, members


class ClassStore:
    """The current class, its members, and what each learner did."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def newest_class(self) -> Class | None:
        """Return the class that was created last, None before the first."""
        query = select(*classes.c).order_by(classes.c.number.desc()).limit(1)
        with self._file.connect() as connection:
            row = connection.execute(query).one_or_none()
            return Class(*row) if row else None

    def create_class(self, code: str, key: str, at: float) -> Class:
        """Create a class with the next number, and return it."""
        with self._file.begin() as connection:
            inserted = connection.execute(insert(classes).values(code=code, key=key, at=at))
            return Class(int((inserted.inserted_primary_key or (0,))[0]), code, key, at)

    def members(self, number: int) -> list[Member]:
        """Return the members of the class `number`, in the order in which they joined."""
        columns = (members.c.learner, members.c.name, members.c.personal, members.c.at)
        query = select(*columns).where(members.c.number == number).order_by(members.c.at)
        with self._file.connect() as connection:
            return [Member(*row) for row in connection.execute(query)]

    def save_member(self, number: int, member: Member) -> None:
        """Add the member to the class `number`, or update them."""
        row = {"learner": member.learner, "number": number, "name": member.name}
        with self._file.begin() as connection:
            connection.execute(upsert(members, row | {"personal": member.personal_code, "at": member.at}))

    def remove_member(self, learner: str) -> None:
        """Remove the learner from their class. Idempotent; their activities stay."""
        with self._file.begin() as connection:
            connection.execute(delete(members).where(members.c.learner == learner))

    def save_activity(self, activity: Activity) -> bool:
        """Save the activity. False when it was there already: a repeated one is saved once."""
        query = sqlite_insert(activities).values(vars(activity)).on_conflict_do_nothing()
        with self._file.begin() as connection:
            return connection.execute(query).rowcount == 1

    def activities(self, learner: str | None = None, since: float = 0.0) -> list[Activity]:
        """Return the activities of one learner or of all, at `since` or later, in the order in which they were saved.

        `since` is in seconds since the epoch.
        """
        columns = [activities.c[key] for key in ("learner", "at", "lesson", "step", "kind", "text")]
        wanted = [activities.c.at >= since, *([] if learner is None else [activities.c.learner == learner])]
        query = select(*columns).where(*wanted).order_by(activities.c.order)
        with self._file.connect() as connection:
            return [Activity(*row) for row in connection.execute(query)]
