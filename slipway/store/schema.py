"""The tables. Times are seconds since the epoch, on the clock of whoever hands them in."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Integer, MetaData, String, Table, Text

VERSION = 1
"""Raise it, and say in database.py how to get there, whenever a table changes."""

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
    Column("version", String, nullable=False),  # of the lesson's content that was judged
)

seats = Table(
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
    Column("turn", Integer, nullable=False),  # the highest is the lesson at hand
)

runs = Table(
    "runs",
    metadata,
    Column("learner", String, primary_key=True),
    Column("id", String, primary_key=True),
)
