"""A class of sixty, and its door: who is who by their token. For tests of what a class does, not of joining one."""

from __future__ import annotations

from dataclasses import dataclass

INSTRUCTOR = "me"


@dataclass(frozen=True)
class Classmate:
    """Somebody with a seat."""

    learner: str
    name: str
    instructor: bool


def secret(learner: str) -> str:
    """The token of a learner."""
    return f"the-secret-of-{learner}"


class Classmates:
    """`token` is the instructor's."""

    open = True

    def __init__(self, token: str) -> None:
        self._people = {token: Classmate(INSTRUCTOR, "Instructor", instructor=True)}
        for number in range(60):
            one = Classmate(f"learner{number}", f"Name of learner{number}", instructor=False)
            self._people[secret(one.learner)] = one

    def who(self, token: str) -> Classmate | None:
        return self._people.get(token)

    def learner(self, token: str) -> str | None:
        person = self.who(token)
        return person.learner if person else None

    def enter(self, token: str) -> str | None:
        return token if token in self._people else None

    def person(self, learner: str) -> Classmate | None:
        return next((one for one in self._people.values() if one.learner == learner), None)
