"""The class: its code, its members, and how they come back.

A lab run with `./lab up --class` has one class, which outlives restarts until the instructor starts a new one. Without
`--class` no class is open, and the only person is the instructor. Saves everything in the store; knows nothing of the
web, of engines, or of how often somebody tries codes.
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

CODE_LENGTH, PERSONAL_CODE_LENGTH = 6, 8
"""Characters: 64 million class codes, 25 billion (25·10⁹) personal ones."""
MAX_MEMBERS = 200
"""With more, somebody is playing with the join page."""

NOT_OPEN = "No class is open here. Ask your instructor for the link."
WRONG_CODE = "That is not this class's code. Check it on the projector."
WRONG_PERSONAL_CODE = "Nobody in this class has that personal code. Your instructor can look it up for you."
NO_NAME = "Enter a visible name, so that your instructor knows who you are."
NOT_A_MEMBER = "This learner is not in the class any more."
FULL = "This class is full. Tell your instructor."


class JoinRefused(ValueError):
    """The message is a sentence for the person. `wrong_code` if they may have guessed a code."""

    def __init__(self, say: str, wrong_code: bool = False) -> None:
        super().__init__(say)
        self.wrong_code = wrong_code


class MemberStore(Protocol):
    """The class and its members (slipway/store/class_store.py)."""

    def newest_class(self) -> Class | None:
        """Return the class that was created last, None before the first."""
        ...

    def create_class(self, code: str, key: str, at: float) -> Class:
        """Create a class with the next number, and return it."""
        ...

    def members(self, number: int) -> Sequence[Member]:
        """Return the members of the class `number`, in the order in which they joined."""
        ...

    def save_member(self, number: int, member: Member) -> None:
        """Add the member to the class `number`, or update them."""
        ...

    def remove_member(self, learner: str) -> None:
        """Remove the learner from their class. Idempotent; their activities stay."""
        ...


class Classroom:
    """The members of one class. `open` is whether there is a class at all; `clock` returns seconds since the epoch."""

    def __init__(self, store: MemberStore, open: bool, clock: Callable[[], float] = time.time) -> None:
        self.open = open
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._members: dict[str, Member] = {}
        self._class = Class(0, "", "", 0.0)
        if open:
            self._class = store.newest_class() or self._create_class()
            self._members = {member.learner: member for member in store.members(self._class.number)}

    @property
    def code(self) -> str:
        """The short code that people type, "" when no class is open."""
        return self._class.code

    @property
    def key(self) -> str:
        """The long code of links and QR codes, which nobody can guess and nobody has to type."""
        return self._class.key

    @property
    def since(self) -> float:
        """When this class was created, in seconds since the epoch."""
        return self._class.at

    def people(self) -> Sequence[Person]:
        """Return the learners in the order in which they joined, without the instructor."""
        return [_person(member) for member in self._all()]

    def person(self, learner: str) -> Person | None:
        """Return the member with this id, or the instructor; None if they are not in this class."""
        if learner == INSTRUCTOR:
            return Person(INSTRUCTOR, "Instructor" if self.open else "", instructor=True)
        member = self._members.get(learner)
        return _person(member) if member else None

    def is_member(self, learner: str) -> bool:
        """Whether this is a member of the class, or the instructor."""
        return learner == INSTRUCTOR or learner in self._members

    def personal_code(self, learner: str) -> str:
        """Return the personal code of a learner, "" for anyone else."""
        member = self._members.get(learner)
        return member.personal_code if member else ""

    def join(self, name: str, code: str, personal_code: str = "") -> Person:
        """Add a learner with the class's code or key, or find the one with this personal code. Raises JoinRefused."""
        if not self.open:
            raise JoinRefused(NOT_OPEN)
        if personal_code:
            return self._find(personal_code)
        if not self.accepts_code(code):
            raise JoinRefused(WRONG_CODE, wrong_code=True)
        return _person(self._add(_visible(name)))

    def accepts_code(self, code: str) -> bool:
        """Whether this is the class's code or its key. False if no class is open."""
        is_code = self.open and hmac.compare_digest(normalize_code(code).encode(errors="replace"), self.code.encode())
        return is_code or self.accepts_key(code)

    def accepts_key(self, key: str) -> bool:
        """Whether this is the class's key, which nobody can guess. False if no class is open."""
        return self.open and hmac.compare_digest(key.strip().encode(errors="replace"), self.key.encode())

    def rename(self, learner: str, name: str) -> Person:
        """Change the name of a learner. Raises JoinRefused."""
        visible = _visible(name)
        with self._lock:
            member = self._members.get(learner)
            if member is None:
                raise JoinRefused(NOT_A_MEMBER)
            self._save(Member(learner, visible, member.personal_code, member.at))
            return _person(self._members[learner])

    def remove(self, learner: str) -> None:
        """Remove a learner from the class. Idempotent."""
        with self._lock:
            self._store.remove_member(learner)  # first: if it fails they stay, and the instructor reads why
            self._members.pop(learner, None)

    def start_new_class(self) -> None:
        """Start a new class with a new code and without members. Raises JoinRefused if no class is open."""
        if not self.open:
            raise JoinRefused(NOT_OPEN)
        with self._lock:
            self._class, self._members = self._create_class(), {}

    def _create_class(self) -> Class:
        return self._store.create_class(_random_code(CODE_LENGTH), secrets.token_urlsafe(12), self._clock())

    def _find(self, personal_code: str) -> Person:
        wanted = normalize_code(personal_code).encode(errors="replace")
        matching = [member for member in self._all() if hmac.compare_digest(member.personal_code.encode(), wanted)]
        if not matching:
            raise JoinRefused(WRONG_PERSONAL_CODE, wrong_code=True)
        return _person(matching[0])

    def _all(self) -> Sequence[Member]:
        return list(self._members.values())

    def _add(self, name: str) -> Member:
        with self._lock:
            if len(self._members) >= MAX_MEMBERS:
                raise JoinRefused(FULL)
            taken = {member.personal_code for member in self._members.values()}
            codes = iter(lambda: _random_code(PERSONAL_CODE_LENGTH), "")
            member = Member(
                secrets.token_hex(6), name, next(code for code in codes if code not in taken), self._clock()
            )
            self._save(member)
            return member

    def _save(self, member: Member) -> None:
        self._store.save_member(self._class.number, member)
        self._members[member.learner] = member


def _visible(name: str) -> str:
    """Return the name without invisible characters. Raises JoinRefused if nothing is left."""
    visible = normalize_name(name)
    if not visible:
        raise JoinRefused(NO_NAME)
    return visible


def _person(member: Member) -> Person:
    return Person(member.learner, member.name, instructor=False)


def _random_code(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
