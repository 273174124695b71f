"""The class: its code, who joined it, and how they come back.

A lab run with `./lab up --class` has one class, which outlives restarts until the instructor begins another. Without
`--class` it is closed, and the only person is the instructor. Keeps what it knows in the store; knows nothing of the
web, of engines, or of who tries codes how often.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from slipway.core.classroom.members import (
    CODE_ALPHABET,
    INSTRUCTOR,
    Class,
    Member,
    Person,
    normalize_code,
    normalize_name,
)

CODE, PERSONAL = 6, 8
"""Signs: 64 million class codes, 25 thousand million personal ones."""
MOST = 200
"""People in a class: beyond this, somebody plays with the join page."""

NOT_OPEN = "No class is open here. Ask your instructor for the link."
WRONG_CODE = "That is not this class's code. Look at the projector once more."
WRONG_PERSONAL = "Nobody in this class has that personal code. Your instructor can look it up for you."
NO_NAME = "Write a name that can be seen, so that your instructor knows who you are."
GONE = "They are not in this class any more."
FULL = "This class is full. Tell your instructor."


class JoinRefused(ValueError):
    """Somebody may not join; the message is the sentence for them. `guessed` when a code was wrong."""

    def __init__(self, say: str, guessed: bool = False) -> None:
        super().__init__(say)
        self.guessed = guessed


class MemberStore(Protocol):
    """The store, with the class and its members."""

    def newest_class(self) -> Class | None: ...
    def create_class(self, code: str, key: str, at: float) -> Class: ...
    def members(self, number: int) -> Sequence[Member]: ...
    def save_member(self, number: int, member: Member) -> None: ...
    def remove_member(self, learner: str) -> None: ...


class Classroom:
    """Everybody who may come in, of one class; `open` is whether there is a class at all."""

    def __init__(self, roll: MemberStore, open: bool, clock: Callable[[], float] = time.time) -> None:
        self.open = open
        self._roll, self._clock = roll, clock
        self._lock = threading.Lock()
        self._members: dict[str, Member] = {}
        self._class = Class(0, "", "", 0.0)
        if open:
            self._class = roll.newest_class() or self._begin()
            self._members = {one.learner: one for one in roll.members(self._class.number)}

    @property
    def code(self) -> str:
        """The short code, "" when no class is open."""
        return self._class.code

    @property
    def key(self) -> str:
        """The code's long sister, which nobody can guess and nobody has to type."""
        return self._class.key

    @property
    def since(self) -> float:
        """When this class was begun, in seconds since the epoch."""
        return self._class.at

    def people(self) -> Sequence[Person]:
        """The learners, in the order in which they joined; the instructor is not among them."""
        return [_person(one) for one in self._all()]

    def person(self, learner: str) -> Person | None:
        """Who that is, the instructor included; None for somebody of no class, or of an earlier one."""
        if learner == INSTRUCTOR:
            return Person(INSTRUCTOR, "Instructor" if self.open else "", instructor=True)
        member = self._members.get(learner)
        return _person(member) if member else None

    def has(self, learner: str) -> bool:
        """Whether somebody is of this class, the instructor included."""
        return learner == INSTRUCTOR or learner in self._members

    def personal(self, learner: str) -> str:
        """The personal code of a learner, "" for somebody who has none."""
        member = self._members.get(learner)
        return member.personal_code if member else ""

    def join(self, name: str, code: str, personal: str = "") -> Person:
        """A new learner by the class's code or key, or one who comes back by their personal code. Raises Refused."""
        if not self.open:
            raise JoinRefused(NOT_OPEN)
        if personal:
            return self._returning(personal)
        if not self.fits(code):
            raise JoinRefused(WRONG_CODE, guessed=True)
        shown = normalize_name(name)
        if not shown:
            raise JoinRefused(NO_NAME)
        return _person(self._enrol(shown))

    def fits(self, given: str) -> bool:
        """Whether this is the class's code or its key. Never true where no class is open."""
        typed = self.open and hmac.compare_digest(normalize_code(given).encode(errors="replace"), self.code.encode())
        return typed or self.is_key(given)

    def is_key(self, given: str) -> bool:
        """Whether this is the class's key, which nobody can guess. Never true where no class is open."""
        return self.open and hmac.compare_digest(given.strip().encode(errors="replace"), self.key.encode())

    def rename(self, learner: str, name: str) -> Person:
        """Another name for a learner. Raises Refused."""
        shown = normalize_name(name)
        if not shown:
            raise JoinRefused(NO_NAME)
        with self._lock:
            member = self._members.get(learner)
            if member is None:
                raise JoinRefused(GONE)
            self._keep(Member(learner, shown, member.personal_code, member.at))
            return _person(self._members[learner])

    def remove(self, learner: str) -> None:
        """This learner is of the class no more; gone already is fine."""
        with self._lock:
            self._roll.remove_member(learner)  # first: who can't be forgotten stays, and the instructor reads why
            self._members.pop(learner, None)

    def begin_anew(self) -> None:
        """Another class, with another code: whoever was in this one is not in that. Raises Refused where none is."""
        if not self.open:
            raise JoinRefused(NOT_OPEN)
        with self._lock:
            self._class, self._members = self._begin(), {}

    def _begin(self) -> Class:
        return self._roll.create_class(_code(CODE), secrets.token_urlsafe(12), self._clock())

    def _returning(self, personal: str) -> Person:
        wanted = normalize_code(personal).encode(errors="replace")
        found = [one for one in self._all() if hmac.compare_digest(one.personal_code.encode(), wanted)]
        if not found:
            raise JoinRefused(WRONG_PERSONAL, guessed=True)
        return _person(found[0])

    def _all(self) -> Sequence[Member]:
        return list(self._members.values())

    def _enrol(self, name: str) -> Member:
        with self._lock:
            if len(self._members) >= MOST:
                raise JoinRefused(FULL)
            taken = {one.personal_code for one in self._members.values()}
            personal = next(code for code in iter(lambda: _code(PERSONAL), "") if code not in taken)
            member = Member(secrets.token_hex(6), name, personal, self._clock())
            self._keep(member)
            return member

    def _keep(self, member: Member) -> None:
        self._roll.save_member(self._class.number, member)
        self._members[member.learner] = member


def _person(member: Member) -> Person:
    return Person(member.learner, member.name, instructor=False)


def _code(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
