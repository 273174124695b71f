"""Tokens of HTTP requests: who sends a request, or which error ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort, request

from slipway.web.security.auth import Authenticator, Person, TooManyAttempts

WRONG_TOKEN = "This token is not valid for this lab. Use the URL that `./lab up` printed."  # noqa: S105 - a sentence
NO_TOKEN = "A token is required: send `Authorization: Bearer TOKEN` with the token from the lab's URL."  # noqa: S105
INSTRUCTOR_ONLY = "Only the instructor of this class may see that."

T = TypeVar("T")


def check(lookup: Callable[[str], T | None], token: str | None) -> T:
    """Return what `lookup` finds for the token. Ends the request with 401 or 429 if it is missing or wrong."""
    if not token:
        abort(401, NO_TOKEN)
    try:
        found = lookup(token)
    except TooManyAttempts as error:
        abort(429, str(error))
    if found is None:
        abort(401, WRONG_TOKEN)
    return found


def authenticate(authenticator: Authenticator) -> Person:
    """Return who sends this request. Ends it with 401 or 429 if that is unknown."""
    return check(authenticator.identify, request.authorization.token if request.authorization else None)


def require_instructor(authenticator: Authenticator) -> Person:
    """Return the instructor who sends this request. Ends it with 401, 403 or 429 for anybody else."""
    person = authenticate(authenticator)
    if not person.instructor:
        abort(403, INSTRUCTOR_ONLY)
    return person
