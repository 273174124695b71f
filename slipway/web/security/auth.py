"""Who may come in, and as whom.

The install's token is printed in the URL; a page exchanges it once for its own secret, which is what the page keeps.
Whoever joins a class gets such a secret too. Both are compared in constant time. Knows no HTTP, and no class but by
what it asks of it: it is handed strings and answers with a person or None.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from slipway.core.classroom.members import INSTRUCTOR, Person

__all__ = ["Authenticator", "FailedAttempts", "LearnerLookup", "Person", "TooManyTries"]


class LearnerLookup(Protocol):
    """Who there is (slipway/classroom/members.py)."""

    def person(self, learner: str) -> Person | None: ...


class SingleLearner:
    """A lab that is no class: whoever holds its token, and nobody else."""

    def person(self, learner: str) -> Person | None:
        return Person(INSTRUCTOR, "", instructor=True) if learner == INSTRUCTOR else None


class TooManyTries(PermissionError):
    """Too many wrong tokens of late; the message is the sentence for the person who tries."""


class FailedAttempts:
    """The wrong tries of the last `window` seconds, of which there may be `limit`."""

    def __init__(self, limit: int = 10, window: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.window, self._clock = limit, window, clock
        self._at: deque[float] = deque(maxlen=limit)

    def spent(self) -> bool:
        """Whether the last `limit` tries all fall into the window."""
        return len(self._at) == self.limit and self._clock() - self._at[0] < self.window

    def note(self) -> None:
        self._at.append(self._clock())


class Authenticator:
    """The doorkeeper of one install.

    `token` is the install's own. Page secrets are made from it, so they outlive a restart and die with the token.
    A right token is let in however many wrong ones came before: 192 random bits can't be guessed, and one visitor's
    wrong tries must not lock out the others. What the limit stops is a loop that hammers at the door.
    """

    def __init__(self, token: str, tries: FailedAttempts | None = None, people: LearnerLookup | None = None) -> None:
        self._people = people or SingleLearner()
        self._token = token.encode()
        self._key = hmac.digest(self._token, b"slipway: page secrets", hashlib.sha256)
        self._tries = tries or FailedAttempts()

    def enter(self, token: str) -> str | None:
        """The page secret that `token` is exchanged for; None when it is wrong. Raises TooManyTries."""
        if self._is_token(token):
            return self.secret(INSTRUCTOR)
        self._wrong()
        return None

    def who(self, token: str) -> Person | None:
        """Whose page secret (or install token) this is; None when it is nobody's. Raises TooManyTries.

        A secret of somebody who is of this class no more is nobody's, but no guess either.
        """
        learner = self.recognised(token)
        if learner is not None:
            return self._people.person(learner)
        self._wrong()
        return None

    def recognised(self, token: str) -> str | None:
        """The learner whose page secret (or install token) this is, of this class or not; a wrong one is not a try."""
        name, _, _ = token.rpartition(".")
        if name and hmac.compare_digest(_bytes(self.secret(name)), _bytes(token)):
            return name
        return INSTRUCTOR if self._is_token(token) else None

    def learner(self, token: str) -> str | None:
        """The learner id of `who`. Raises TooManyTries."""
        person = self.who(token)
        return person.learner if person else None

    def secret(self, learner: str) -> str:
        """The page secret of a learner: for them only."""
        return f"{learner}.{hmac.new(self._key, _bytes(learner), hashlib.sha256).hexdigest()}"

    def _is_token(self, token: str) -> bool:
        return hmac.compare_digest(self._token, _bytes(token))

    def _wrong(self) -> None:
        spent = self._tries.spent()
        self._tries.note()
        if spent:
            raise TooManyTries(
                f"Too many wrong tokens. Wait {self._tries.window:.0f} seconds, then use the URL of `./lab up`."
            )


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # JSON can carry half a surrogate pair, and a stranger may send it
