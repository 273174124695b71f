"""Authentication by the install's token, or by a page secret derived from it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slipway.core.classroom.members import Person
from slipway.web.security.auth import Authenticator, FailedAttempts, TooManyAttempts

TOKEN = "T0ken"  # noqa: S105 - a test's own


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def learner_of(authenticator: Authenticator, token: str) -> str | None:
    person = authenticator.identify(token)
    return person.learner if person else None


def test_the_token_is_exchanged_for_a_secret_that_is_not_the_token() -> None:
    authenticator = Authenticator(TOKEN)
    secret = authenticator.exchange(TOKEN)
    assert secret
    assert TOKEN not in secret
    assert learner_of(authenticator, secret) == learner_of(authenticator, TOKEN) == "me"


def test_page_secret_outlives_a_restart_and_expires_with_the_token() -> None:
    secret = Authenticator(TOKEN).exchange(TOKEN)
    assert secret
    assert learner_of(Authenticator(TOKEN), secret) == "me"
    assert learner_of(Authenticator("another"), secret) is None


def test_verifying_does_not_count_as_an_attempt() -> None:
    authenticator = Authenticator(TOKEN, FailedAttempts(limit=1))
    secret = authenticator.exchange(TOKEN)
    assert [authenticator.verify(one) for one in (TOKEN, secret or "", "wrong", "me.wrong", "")] == [
        "me",
        "me",
        None,
        None,
        None,
    ]
    assert authenticator.identify("wrong") is None


def test_a_secret_can_not_be_exchanged_again() -> None:
    authenticator = Authenticator(TOKEN)
    assert authenticator.exchange(authenticator.exchange(TOKEN) or "") is None


@given(st.text(st.characters(), max_size=80), st.booleans())
@example("me.\ud800", False)
@example("\ud800", True)
def test_any_other_token_is_refused(guess: str, exchanging: bool) -> None:
    authenticator = Authenticator(TOKEN)
    if guess not in (TOKEN, authenticator.exchange(TOKEN)):
        assert (authenticator.exchange(guess) if exchanging else learner_of(authenticator, guess)) is None


@given(st.text(min_size=1, max_size=20))
def test_secret_is_valid_for_its_own_learner_only(other: str) -> None:
    authenticator = Authenticator(TOKEN)
    proof = (authenticator.exchange(TOKEN) or "").rpartition(".")[2]
    if other != "me":
        assert learner_of(authenticator, f"{other}.{proof}") is None


def test_eleventh_wrong_attempt_in_a_minute_is_limited() -> None:
    clock = Clock()
    authenticator = Authenticator(TOKEN, FailedAttempts(clock=clock))
    assert [authenticator.exchange("wrong") for _ in range(10)] == [None] * 10
    with pytest.raises(TooManyAttempts, match="Wait 60 seconds"):
        authenticator.exchange("wrong")
    clock.now = 61.0
    assert authenticator.exchange("wrong") is None


def test_wrong_attempts_do_not_lock_out_the_right_token() -> None:
    authenticator = Authenticator(TOKEN, FailedAttempts(clock=Clock()))
    secret = authenticator.exchange(TOKEN) or ""
    for _ in range(30):
        with pytest.raises(TooManyAttempts) if authenticator._failures.exhausted() else _nothing():
            learner_of(authenticator, "wrong")
    assert authenticator.exchange(TOKEN) == secret
    assert learner_of(authenticator, secret) == learner_of(authenticator, TOKEN) == "me"


def test_without_a_class_the_token_identifies_the_instructor() -> None:
    authenticator = Authenticator(TOKEN)
    instructor = Person("me", "", instructor=True)
    assert authenticator.identify(authenticator.exchange(TOKEN) or "") == instructor
    assert authenticator.identify(TOKEN) == instructor
    assert authenticator.identify(authenticator.secret("ada")) is None


def test_member_is_identified_until_removed() -> None:
    people = {"ada": Person("ada", "Ada", instructor=False), "me": Person("me", "Instructor", instructor=True)}
    authenticator = Authenticator(TOKEN, FailedAttempts(limit=1, clock=Clock()), people=Register(people))
    secret = authenticator.secret("ada")
    assert (authenticator.identify(secret), learner_of(authenticator, secret)) == (people["ada"], "ada")
    del people["ada"]
    assert [authenticator.identify(secret) for _ in range(3)] == [None] * 3  # not counted as failed attempts


class Register:
    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people

    def person(self, learner: str) -> Person | None:
        return self._people.get(learner)


class _nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...
