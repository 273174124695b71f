"""Who may connect, and as whom.

The install's token is printed in the URL; a page exchanges it once for its own secret, which is what the page keeps. A
learner who joins a class gets such a secret, too. Both are compared in constant time. Knows no HTTP, and the class only
by the protocol it looks learners up with: it gets strings, and returns a person or None.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from slipway.core.classroom.members import INSTRUCTOR, Person

__all__ = ["Authenticator", "FailedAttempts", "LearnerLookup", "Person", "TooManyAttempts"]


class LearnerLookup(Protocol):
    """The people of a lab (slipway/classroom/members.py)."""

    def person(self, learner: str) -> Person | None:
        """Return the member with this id, or None."""
        ...


class SingleLearner:
    """The people of a lab without a class: only the holder of its token."""

    def person(self, learner: str) -> Person | None:
        """Return the holder of the token, who is instructor and learner at once; None for anybody else."""
        return Person(INSTRUCTOR, "", instructor=True) if learner == INSTRUCTOR else None


class TooManyAttempts(PermissionError):
    """Too many wrong tokens lately; the message is a sentence for the person who tries."""


class FailedAttempts:
    """The failed attempts of the last `window` seconds, of which `limit` are allowed."""

    def __init__(self, limit: int = 10, window: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.window, self._clock = limit, window, clock
        self._times: deque[float] = deque(maxlen=limit)

    def exhausted(self) -> bool:
        """Return whether there were `limit` failed attempts within the window."""
        return len(self._times) == self.limit and self._clock() - self._times[0] < self.window

    def record(self) -> None:
        """Count a failed attempt."""
        self._times.append(self._clock())


class Authenticator:
    """Checks the tokens of one install.

    `token` is the install's own. Page secrets are derived from it, so they outlive a restart and expire with the token.
    A right token is accepted however many wrong ones came before: 192 random bits can't be guessed, and one visitor's
    wrong attempts must not lock out the others. What the limit stops is a client that tries in a loop.
    """

    def __init__(self, token: str, failures: FailedAttempts | None = None, people: LearnerLookup | None = None) -> None:
        self._people = people or SingleLearner()
        self._token = token.encode()
        self._key = hmac.digest(self._token, b"slipway: page secrets", hashlib.sha256)
        self._failures = failures or FailedAttempts()

    def exchange(self, token: str) -> str | None:
        """Return the page secret for the install's token; None if it is wrong. Raises TooManyAttempts."""
        if self._is_token(token):
            return self.secret(INSTRUCTOR)
        self._record_failure()
        return None

    def identify(self, token: str) -> Person | None:
        """Return the owner of this page secret or install token; None if it is unknown. Raises TooManyAttempts.

        The secret of a learner who was removed is nobody's, but does not count as a failed attempt.
        """
        learner = self.verify(token)
        if learner is not None:
            return self._people.person(learner)
        self._record_failure()
        return None

    def verify(self, token: str) -> str | None:
        """Return the learner this page secret (or install token) was made for, removed or not.

        None if it is wrong, which does not count as a failed attempt.
        """
        name, _, _ = token.rpartition(".")
        if name and hmac.compare_digest(_bytes(self.secret(name)), _bytes(token)):
            return name
        return INSTRUCTOR if self._is_token(token) else None

    def secret(self, learner: str) -> str:
        """Return the page secret of a learner, which is for that learner only."""
        return f"{learner}.{hmac.new(self._key, _bytes(learner), hashlib.sha256).hexdigest()}"

    def _is_token(self, token: str) -> bool:
        return hmac.compare_digest(self._token, _bytes(token))

    def _record_failure(self) -> None:
        exhausted = self._failures.exhausted()
        self._failures.record()
        if exhausted:
            raise TooManyAttempts(
                f"Too many wrong tokens. Wait {self._failures.window:.0f} seconds, then use the URL of `./lab up`."
            )


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # JSON can carry half a surrogate pair, and anybody may send one
