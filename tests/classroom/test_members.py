"""A class: joining by its code, coming back by one's own, and what a restart must not forget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.classroom.members import MOST, Classroom, JoinRefused
from slipway.core.classroom.members import Person, format_code
from slipway.store import Store, StoreError
from tests.disks import Disk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.at(tmp_path / "progress.db")
    yield store
    store.close()


@pytest.fixture
def room(store: Store) -> Classroom:
    return Classroom(store, open=True)


def test_without_a_class_there_is_only_the_instructor(store: Store) -> None:
    closed = Classroom(store, open=False)
    assert closed.person("me") == Person("me", "", instructor=True)
    assert (closed.people(), closed.person("ada"), closed.code) == ([], None, "")
    for attempt in (lambda: closed.join("Ada", ""), lambda: closed.join("", "", "KRTP"), closed.begin_anew):
        with pytest.raises(JoinRefused, match="No class is open"):
            attempt()


def test_learner_joins_by_code_in_any_spelling_or_by_link(room: Classroom) -> None:
    ada = room.join(" Ada ", room.code)
    eve = room.join("Eve", format_code(room.code).lower())
    kim = room.join("Kim", room.key)
    assert [one.name for one in room.people()] == ["Ada", "Eve", "Kim"]
    assert room.person(ada.learner) == ada == Person(ada.learner, "Ada", instructor=False)
    assert len({ada.learner, eve.learner, kim.learner}) == 3


def test_two_learners_may_have_the_same_name(room: Classroom) -> None:
    assert room.join("Kim", room.code).learner != room.join("Kim", room.code).learner


@pytest.mark.parametrize("code", ["", "-", "WRONG9", "é", "\ud800", "KRT7PH" * 100])
def test_wrong_code_is_refused_as_a_guess(room: Classroom, code: str) -> None:
    with pytest.raises(JoinRefused, match="not this class's code") as refused:
        room.join("Mallory", code)
    assert refused.value.guessed
    assert room.people() == []


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\n"])
def test_invisible_name_is_refused_but_not_as_a_guess(room: Classroom, name: str) -> None:
    with pytest.raises(JoinRefused, match="Write a name") as refused:
        room.join(name, room.code)
    assert not refused.value.guessed


def test_personal_code_restores_the_same_learner(room: Classroom) -> None:
    ada = room.join("Ada", room.code)
    assert room.join("", "", format_code(room.personal(ada.learner)).lower()) == ada
    with pytest.raises(JoinRefused, match="personal code") as refused:
        room.join("", "", "GUESSED9")
    assert refused.value.guessed
    assert len(room.people()) == 1


def test_restart_keeps_codes_and_members(room: Classroom, store: Store) -> None:
    ada = room.join("Ada", room.code)
    room.rename(ada.learner, " Ada  L. ")
    again = Classroom(store, open=True)
    assert (again.code, again.key, again.since) == (room.code, room.key, room.since)
    assert again.person(ada.learner) == Person(ada.learner, "Ada L.", instructor=False)
    assert again.personal(ada.learner) == room.personal(ada.learner)


def test_new_class_has_a_new_code_and_no_members(room: Classroom, store: Store) -> None:
    ada = room.join("Ada", room.code)
    code, key = room.code, room.key
    room.begin_anew()
    for now in (room, Classroom(store, open=True)):
        assert now.code != code
        assert (now.people(), now.person(ada.learner), now.personal(ada.learner)) == ([], None, "")
        for old in (code, key):
            with pytest.raises(JoinRefused):
                now.join("Ada", old)


def test_removed_learner_cannot_come_back_and_removing_is_idempotent(room: Classroom, store: Store) -> None:
    eve = room.join("Eve", room.code)
    personal = room.personal(eve.learner)
    room.remove(eve.learner)
    room.remove(eve.learner)
    assert room.person(eve.learner) is None
    assert Classroom(store, open=True).people() == []
    with pytest.raises(JoinRefused):
        room.join("", "", personal)
    with pytest.raises(JoinRefused, match="not in this class any more"):
        room.rename(eve.learner, "Eve")


def test_class_has_a_maximum_size(room: Classroom) -> None:
    for number in range(MOST):
        room.join(f"Learner {number}", room.key)
    with pytest.raises(JoinRefused, match="class is full"):
        room.join("One too many", room.key)
    assert len({room.personal(one.learner) for one in room.people()}) == MOST


def test_invisible_name_is_refused_when_renaming(room: Classroom) -> None:
    ada = room.join("Ada", room.code)
    with pytest.raises(JoinRefused, match="Write a name"):
        room.rename(ada.learner, " ")


def test_full_disk_leaves_no_change_half_done(disk: Disk) -> None:
    store = Store.at(disk.path / "progress.db")
    room = Classroom(store, open=True)
    ada, code = room.join("Ada", room.code), room.code
    disk.fill()
    while filled(store):
        pass
    for attempt in (
        lambda: room.join("Eve", code),
        lambda: room.rename(ada.learner, "Ada L."),
        lambda: room.remove(ada.learner),
        room.begin_anew,
    ):
        with pytest.raises(StoreError, match="no space left on its disk"):
            attempt()
        assert (room.people(), room.code) == ([ada], code)
    disk.free()
    eve = room.join("Eve", code)
    room.remove(ada.learner)
    store.close()
    again = Store.at(disk.path / "progress.db")
    assert Classroom(again, open=True).people() == [eve]
    again.close()


def filled(store: Store) -> bool:
    """Whether there was still room for one more, in the last block of SQLite's log."""
    try:
        store.save_opened_at("filler", "01-life", 0.0)
    except StoreError:
        return False
    return True
