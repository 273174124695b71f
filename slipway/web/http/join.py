"""The way into a class: a name and the class's code, or a personal code, for a page secret.

Typed codes are tried a few times a minute from one address, so that none can be guessed; the long key of link and QR
code can't be guessed at all and always opens, so that nobody's wrong tries lock out a room behind one address. A whole
room joins at once; who goes on and on joining is told to wait.
"""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from typing import Any

from flask import Blueprint, abort, render_template, request

from slipway.classroom.addresses import neighbourhood
from slipway.classroom.members import Classroom, JoinRefused
from slipway.core.errors import StorageError
from slipway.settings import LabLimits
from slipway.web.payload import body
from slipway.web.security.auth import Authenticator, FailedAttempts
from slipway.web.security.rate_limit import RateLimits

TOO_MANY = "That were many wrong codes. Wait a minute, then type it once more, or open the link or the QR code."
CROWD = "Many people have joined from where you are just now. In {seconds} seconds, try once more."
ADDRESSES = 500


def blueprint(classroom: Classroom, access: Authenticator, limits: LabLimits) -> Blueprint:
    """`GET /join` and `POST /api/join`; so many wrong codes a minute, and so many people, may come from one address."""
    bp = Blueprint("join", __name__)
    guesses, joins = JoinAttempts(limits.wrong_tokens), RateLimits(limits.joins, limits.joins_burst)

    @bp.get("/join")
    def page() -> str:
        return render_template("join.html")

    @bp.post("/api/join")
    def join() -> dict[str, str]:
        said, whence = body(), neighbourhood(request.remote_addr or "")
        name, code, personal = (_text(said, key) for key in ("name", "code", "personal"))
        typed = guesses.of(whence)
        if typed.spent() and (personal or not classroom.is_key(code)):
            abort(429, TOO_MANY)
        if not personal and classroom.fits(code) and (rest := joins.take(whence)):
            abort(429, CROWD.format(seconds=ceil(rest)))
        try:
            person = classroom.join(name, code, personal)
        except JoinRefused as refused:
            if refused.guessed:
                typed.note()
            abort(403 if refused.guessed else 400, str(refused))
        except StorageError:  # nobody has joined: a room that tries again and again is not turned away for it
            joins.give_back(whence)
            raise
        return {
            "secret": access.secret(person.learner),
            "learner": person.learner,
            "name": person.name,
            "personal": classroom.personal(person.learner),
        }

    return bp


class JoinAttempts:
    """The wrong codes of each address, of which the longest unseen are forgotten first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_address: OrderedDict[str, FailedAttempts] = OrderedDict()

    def of(self, address: str) -> FailedAttempts:
        tries = self._by_address.setdefault(address, FailedAttempts(self._limit))
        self._by_address.move_to_end(address)
        while len(self._by_address) > ADDRESSES:
            self._by_address.popitem(last=False)
        return tries


def _text(said: Any, key: str) -> str:
    value = said.get(key, "") if isinstance(said, dict) else ""
    return value[:200] if isinstance(value, str) else ""
