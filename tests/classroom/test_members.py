"""A class: joining by its code, coming back by a personal code, and what a restart must keep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.classroom.members import MAX_MEMBERS, Classroom, JoinRefused
from slipway.core.classroom.members import Person, format_code
from slipway.store import Store, StoreError
from tests.disks import Disk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.at(tmp_path / "progress.db")
    yield store
    store.close()


@pytest.fixture
def classroom(store: Store) -> Classroom:
    return Classroom(store, open=True)


def test_without_a_class_there_is_only_the_instructor(store: Store) -> None:
    closed = Classroom(store, open=False)
    assert closed.person("me") == Person("me", "", instructor=True)
    assert (closed.people(), closed.person("ada"), closed.code) == ([], None, "")
    for attempt in (lambda: closed.join("Ada", ""), lambda: closed.join("", "", "KRTP"), closed.start_new_class):
        with pytest.raises(JoinRefused, match="No class is open"):
            attempt()


def test_learner_joins_by_code_in_any_spelling_or_by_link(classroom: Classroom) -> None:
    ada = classroom.join(" Ada ", classroom.code)
    eve = classroom.join("Eve", format_code(classroom.code).lower())
    kim = classroom.join("Kim", classroom.key)
    assert [one.name for one in classroom.people()] == ["Ada", "Eve", "Kim"]
    assert classroom.person(ada.learner) == ada == Person(ada.learner, "Ada", instructor=False)
    assert len({ada.learner, eve.learner, kim.learner}) == 3


def test_two_learners_may_have_the_same_name(classroom: Classroom) -> None:
    assert classroom.join("Kim", classroom.code).learner != classroom.join("Kim", classroom.code).learner


@pytest.mark.parametrize("code", ["", "-", "WRONG9", "é", "\ud800", "KRT7PH" * 100])
def test_wrong_code_is_refused_as_a_guess(classroom: Classroom, code: str) -> None:
    with pytest.raises(JoinRefused, match="not this class's code") as refused:
        classroom.join("Mallory", code)
    assert refused.value.wrong_code
    assert classroom.people() == []


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\n"])
def test_invisible_name_is_refused_but_not_as_a_guess(classroom: Classroom, name: str) -> None:
    with pytest.raises(JoinRefused, match="Enter a visible name") as refused:
        classroom.join(name, classroom.code)
    assert not refused.value.wrong_code


def test_personal_code_restores_the_same_learner(classroom: Classroom) -> None:
    ada = classroom.join("Ada", classroom.code)
    assert classroom.join("", "", format_code(classroom.personal_code(ada.learner)).lower()) == ada
    with pytest.raises(JoinRefused, match="personal code") as refused:
        classroom.join("", "", "GUESSED9")
    assert refused.value.wrong_code
    assert len(classroom.people()) == 1


def test_restart_keeps_codes_and_members(classroom: Classroom, store: Store) -> None:
    ada = classroom.join("Ada", classroom.code)
    classroom.rename(ada.learner, " Ada  L. ")
    again = Classroom(store, open=True)
    assert (again.code, again.key, again.since) == (classroom.code, classroom.key, classroom.since)
    assert again.person(ada.learner) == Person(ada.learner, "Ada L.", instructor=False)
    assert again.personal_code(ada.learner) == classroom.personal_code(ada.learner)


def test_new_class_has_a_new_code_and_no_members(classroom: Classroom, store: Store) -> None:
    ada = classroom.join("Ada", classroom.code)
    code, key = classroom.code, classroom.key
    classroom.start_new_class()
    for now in (classroom, Classroom(store, open=True)):
        assert now.code != code
        assert (now.people(), now.person(ada.learner), now.personal_code(ada.learner)) == ([], None, "")
        for old in (code, key):
            with pytest.raises(JoinRefused):
                now.join("Ada", old)


def test_removed_learner_cannot_come_back_and_removing_is_idempotent(classroom: Classroom, store: Store) -> None:
    eve = classroom.join("Eve", classroom.code)
    personal = classroom.personal_code(eve.learner)
    classroom.remove(eve.learner)
    classroom.remove(eve.learner)
    assert classroom.person(eve.learner) is None
    assert Classroom(store, open=True).people() == []
    with pytest.raises(JoinRefused):
        classroom.join("", "", personal)
    with pytest.raises(JoinRefused, match="not in the class any more"):
        classroom.rename(eve.learner, "Eve")


def test_class_has_a_maximum_size(classroom: Classroom) -> None:
    for number in range(MAX_MEMBERS):
        classroom.join(f"Learner {number}", classroom.key)
    with pytest.raises(JoinRefused, match="class is full"):
        classroom.join("One too many", classroom.key)
    assert len({classroom.personal_code(one.learner) for one in classroom.people()}) == MAX_MEMBERS


def test_invisible_name_is_refused_when_renaming(classroom: Classroom) -> None:
    ada = classroom.join("Ada", classroom.code)
    with pytest.raises(JoinRefused, match="Enter a visible name"):
        classroom.rename(ada.learner, " ")


def test_full_disk_leaves_no_change_half_done(disk: Disk) -> None:
    store = Store.at(disk.path / "progress.db")
    classroom = Classroom(store, open=True)
    ada, code = classroom.join("Ada", classroom.code), classroom.code
    disk.fill()
    while has_room(store):
        pass
    for attempt in (
        lambda: classroom.join("Eve", code),
        lambda: classroom.rename(ada.learner, "Ada L."),
        lambda: classroom.remove(ada.learner),
        classroom.start_new_class,
    ):
        with pytest.raises(StoreError, match="no space left on its disk"):
            attempt()
        assert (classroom.people(), classroom.code) == ([ada], code)
    disk.free()
    eve = classroom.join("Eve", code)
    classroom.remove(ada.learner)
    store.close()
    again = Store.at(disk.path / "progress.db")
    assert Classroom(again, open=True).people() == [eve]
    again.close()


def has_room(store: Store) -> bool:
    """Write one more row. False if it no longer fits into the last block of SQLite's log."""
    try:
        store.save_opened_at("filler", "01-life", 0.0)
    except StoreError:
        return False
    return True
