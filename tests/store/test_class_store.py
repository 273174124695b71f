"""Classes, members and activities are persisted, and a file of version 1 is migrated."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from slipway.core.classroom.activity import Activity
from slipway.core.classroom.members import Class, Member
from slipway.store import Store

# As version 1 created it: from such a file, with `.schema`.
VERSION_1 = """
CREATE TABLE verdicts (learner VARCHAR NOT NULL, lesson VARCHAR NOT NULL, step VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL, evidence JSON NOT NULL, why TEXT NOT NULL, at FLOAT NOT NULL, version VARCHAR NOT NULL,
    PRIMARY KEY (learner, lesson, step));
CREATE TABLE seats (learner VARCHAR NOT NULL, sandbox VARCHAR NOT NULL, PRIMARY KEY (learner), UNIQUE (sandbox));
CREATE TABLE opened (learner VARCHAR NOT NULL, lesson VARCHAR NOT NULL, at FLOAT NOT NULL, turn INTEGER NOT NULL,
    PRIMARY KEY (learner, lesson));
CREATE TABLE runs (learner VARCHAR NOT NULL, id VARCHAR NOT NULL, PRIMARY KEY (learner, id));
INSERT INTO verdicts VALUES ('me', '01-life', 'create', 'passed', '[{"at": 1.5, "text": "created"}]', '', 1.5, '');
INSERT INTO seats VALUES ('me', 'box-1');
INSERT INTO opened VALUES ('me', '01-life', 100.0, 1);
INSERT INTO runs VALUES ('me', 'click-1');
PRAGMA user_version = 1;
"""
ACTIVITY = Activity("ada", 10.5, "01-life", "create", "command", "docker create “x” ✓")


def test_file_of_version_1_is_migrated_with_its_content(path: Path) -> None:
    old = sqlite3.connect(path)
    old.executescript(VERSION_1)
    old.close()
    for _ in range(2):  # and once more, now that it is of version 2
        store = Store.at(path)
        assert store.verdicts("me")["01-life"]["create"]["evidence"] == [{"at": 1.5, "text": "created"}]
        assert (store.assignment("me"), store.opened_at("me", "01-life"), store.claim_run("me", "click-1")) == (
            "box-1",
            100.0,
            False,
        )
        assert store.create_class("KRT7PH", "long", 5.0) == store.newest_class()
        store.save_activity(ACTIVITY)
        store.close()
    version = sqlite3.connect(path)
    assert version.execute("PRAGMA user_version").fetchone() == (2,)
    version.close()


def test_newest_class_is_the_one_created_last(store: Store, path: Path) -> None:
    assert store.newest_class() is None
    store.create_class("AAA", "key-a", 9.0)
    store.create_class("BBB", "key-b", 8.0)
    store.close()
    again = Store.at(path)
    assert again.newest_class() == Class(2, "BBB", "key-b", 8.0)
    again.close()


def test_members_of_a_class_are_in_the_order_of_joining(store: Store) -> None:
    ada, eve = Member("a1", "Ada", "KRTP", 2.0), Member("e1", "ليلى", "PTRK", 1.0)
    store.save_member(1, ada)
    store.save_member(1, eve)
    store.save_member(2, Member("x", "Of another class", "KRTP", 0.0))
    assert store.members(1) == [eve, ada]
    store.save_member(1, replace(ada, name="Ada L."))
    store.remove_member("e1")
    store.remove_member("e1")
    assert [one.name for one in store.members(1)] == ["Ada L."]


def test_equal_activity_is_saved_once(store: Store, path: Path) -> None:
    assert store.save_activity(ACTIVITY)
    assert not store.save_activity(ACTIVITY)
    assert store.save_activity(replace(ACTIVITY, at=11.0))
    assert store.save_activity(replace(ACTIVITY, learner="eve"))
    store.close()
    again = Store.at(path)
    assert not again.save_activity(ACTIVITY)
    assert again.activities("ada") == [ACTIVITY, replace(ACTIVITY, at=11.0)]
    assert again.activities(since=11.0) == [replace(ACTIVITY, at=11.0)]
    assert len(again.activities()) == 3
    assert again.activities("nobody") == []
    again.close()
