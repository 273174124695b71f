"""A class of sixty, and its authenticator. For tests of what a class does, not of joining one."""

from __future__ import annotations

from slipway.core.classroom.members import INSTRUCTOR, Person
from slipway.web.security.auth import Authenticator


def secret(learner: str) -> str:
    """Return the token of a learner."""
    return f"the-secret-of-{learner}"


class Classmates(Authenticator):
    """The token of the instructor is `token`, that of a learner their `secret`."""

    open = True

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self._by_token = {token: Person(INSTRUCTOR, "Instructor", instructor=True)}
        for number in range(60):
            one = Person(f"learner{number}", f"Name of learner{number}", instructor=False)
            self._by_token[secret(one.learner)] = one

    def identify(self, token: str) -> Person | None:
        return self._by_token.get(token)

    def verify(self, token: str) -> str | None:
        person = self.identify(token)
        return person.learner if person else None

    def exchange(self, token: str) -> str | None:
        return token if token in self._by_token else None

    def person(self, learner: str) -> Person | None:
        return next((one for one in self._by_token.values() if one.learner == learner), None)
