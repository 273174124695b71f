"""The door of the JSON interface: `Authorization: Bearer`, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort, request

from slipway.web.security.auth import Authenticator, Person, TooManyTries

WRONG_TOKEN = "That token is not this lab's. Use the URL that `./lab up` printed."  # noqa: S105 - a sentence
NO_TOKEN = "This needs a token: send `Authorization: Bearer TOKEN`, with the one from the lab's URL."  # noqa: S105
NOT_YOURS = "Only the instructor of this class may see that."

T = TypeVar("T")


def let_in(door: Callable[[str], T | None], token: str | None) -> T:
    """What the door answers to the token. Ends the request with 401 or 429 when it is a wrong one."""
    if not token:
        abort(401, NO_TOKEN)
    try:
        found = door(token)
    except TooManyTries as error:
        abort(429, str(error))
    if found is None:
        abort(401, WRONG_TOKEN)
    return found


def asking(access: Authenticator) -> Person:
    """Who sends this request. Ends it with 401 or 429 when nobody knows."""
    return let_in(access.who, request.authorization.token if request.authorization else None)


def instructor(access: Authenticator) -> Person:
    """The same, for what is the instructor's only. Ends the request with 403 for everybody else."""
    person = asking(access)
    if not person.instructor:
        abort(403, NOT_YOURS)
    return person
