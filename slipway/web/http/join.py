"""Joining a class: a name and the class's code, or a personal code, in exchange for a page secret.

Codes can be tried a few times a minute from one address, so that none can be guessed. The long key of the link and the
QR code can't be guessed and is always accepted, so that wrong attempts do not lock out a class behind one address. A
whole class may join at once; joining again and again is rate limited.
"""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from typing import Any

from flask import Blueprint, abort, render_template, request

from slipway.classroom.addresses import client_network
from slipway.classroom.members import Classroom, JoinRefused
from slipway.core.errors import StorageError
from slipway.settings import LabLimits
from slipway.web.payload import json_body
from slipway.web.security.auth import Authenticator, FailedAttempts
from slipway.web.security.rate_limit import RateLimits

TOO_MANY_CODES = "Too many wrong codes. Wait a minute, or use the link or QR code."
TOO_MANY_JOINS = "Many people have just joined from your network. Try again in {seconds} seconds."
MAX_ADDRESSES = 500


def blueprint(classroom: Classroom, authenticator: Authenticator, limits: LabLimits) -> Blueprint:
    """Serve `GET /join` and `POST /api/join`, with limits on wrong codes and on joins from one address."""
    bp = Blueprint("join", __name__)
    attempts, joins = JoinAttempts(limits.wrong_tokens), RateLimits(limits.joins, limits.joins_burst)

    @bp.get("/join")
    def page() -> str:
        return render_template("join.html")

    @bp.post("/api/join")
    def join() -> dict[str, str]:
        payload, address = json_body(), client_network(request.remote_addr or "")
        name, code, personal = (_text(payload, key) for key in ("name", "code", "personal"))
        failures = attempts.from_address(address)
        if failures.exhausted() and (personal or not classroom.accepts_key(code)):
            abort(429, TOO_MANY_CODES)
        if not personal and classroom.accepts_code(code) and (wait := joins.take(address)):
            abort(429, TOO_MANY_JOINS.format(seconds=ceil(wait)))
        try:
            person = classroom.join(name, code, personal)
        except JoinRefused as refused:
            if refused.wrong_code:
                failures.record()
            abort(403 if refused.wrong_code else 400, str(refused))
        except StorageError:  # nobody has joined: a class that tries again is not refused for it
            joins.refund(address)
            raise
        return {
            "secret": authenticator.secret(person.learner),
            "learner": person.learner,
            "name": person.name,
            "personal": classroom.personal_code(person.learner),
        }

    return bp


class JoinAttempts:
    """The wrong codes of each address; of more than MAX_ADDRESSES the least recently used is forgotten."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_address: OrderedDict[str, FailedAttempts] = OrderedDict()

    def from_address(self, address: str) -> FailedAttempts:
        """Return the failed attempts from an address."""
        failures = self._by_address.setdefault(address, FailedAttempts(self._limit))
        self._by_address.move_to_end(address)
        while len(self._by_address) > MAX_ADDRESSES:
            self._by_address.popitem(last=False)
        return failures


def _text(payload: Any, key: str) -> str:
    value = payload.get(key, "") if isinstance(payload, dict) else ""
    return value[:200] if isinstance(value, str) else ""
