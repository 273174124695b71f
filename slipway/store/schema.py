"""The tables. Times are in seconds since the epoch, on the clock of the caller."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Integer, MetaData, String, Table, Text, UniqueConstraint

VERSION = 2
"""The version of the tables. When one changes, raise it, and migrate older files in database.py."""

metadata = MetaData()

verdicts = Table(
    "verdicts",
    metadata,
    Column("learner", String, primary_key=True),
    Column("lesson", String, primary_key=True),
    Column("step", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("version", String, nullable=False),  # of the content of the lesson that was judged
)

assignments = Table(
    "seats",
    metadata,
    Column("learner", String, primary_key=True),
    Column("sandbox", String, nullable=False, unique=True),
)

opened = Table(
    "opened",
    metadata,
    Column("learner", String, primary_key=True),
    Column("lesson", String, primary_key=True),
    Column("at", Float, nullable=False),  # on the engine's clock
    Column("turn", Integer, nullable=False),  # the highest is the current lesson
)

runs = Table(
    "runs",
    metadata,
    Column("learner", String, primary_key=True),
    Column("id", String, primary_key=True),
)

classes = Table(
    "classes",
    metadata,
    Column("number", Integer, primary_key=True),  # the highest is the current class
    Column("code", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", Float, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("learner", String, primary_key=True),
    Column("number", Integer, nullable=False),  # of the class
    Column("name", String, nullable=False),
    Column("personal", String, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("number", "personal"),
)

activities = Table(
    "deeds",
    metadata,
    Column("order", Integer, primary_key=True),  # in which they were saved
    Column("learner", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("lesson", String, nullable=False),
    Column("step", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    # A terminal's log is read again after a restart and repeats its commands: an equal activity is saved once.
    UniqueConstraint("learner", "at", "kind", "text"),
)
