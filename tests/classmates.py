"""A class of sixty, and its authenticator. For tests of what a class does, not of joining one."""

from __future__ import annotations

from slipway.core.classroom.members import INSTRUCTOR, Person


def secret(learner: str) -> str:
    """Return the token of a learner."""
    return f"the-secret-of-{learner}"


class Classmates:
    """`token` is the instructor's."""

    open = True

    def __init__(self, token: str) -> None:
        self._people = {token: Person(INSTRUCTOR, "Instructor", instructor=True)}
        for number in range(60):
            one = Person(f"learner{number}", f"Name of learner{number}", instructor=False)
            self._people[secret(one.learner)] = one

    def identify(self, token: str) -> Person | None:
        return self._people.get(token)

    def verify(self, token: str) -> str | None:
        person = self.identify(token)
        return person.learner if person else None

    def exchange(self, token: str) -> str | None:
        return token if token in self._people else None

    def person(self, learner: str) -> Person | None:
        return next((one for one in self._people.values() if one.learner == learner), None)
