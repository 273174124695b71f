"""The invitation for a projector: the URL, the class's code, and a QR code.

The page itself contains nothing; what it shows comes from the API, for the instructor only. There is no token in it,
only what everybody in the room may know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from flask import Blueprint, abort, render_template

from slipway.classroom.invitation import invitation, qr_rows
from slipway.core.classroom.members import format_code
from slipway.settings import Settings
from slipway.web.security import bearer
from slipway.web.security.auth import Authenticator

NO_CLASS = "There is no class here. Start one with `./lab up --class`."


class OpenClass(Protocol):
    """The present class (slipway/classroom/members.py)."""

    open: bool

    @property
    def code(self) -> str:
        """Return the short code of the class."""
        ...

    @property
    def key(self) -> str:
        """Return the key of the class for links and QR codes."""
        ...


def blueprint(settings: Settings, classroom: OpenClass, authenticator: Authenticator) -> Blueprint:
    """Serve `GET /invite` and `/api/invitation`, with the addresses at the start: the lab answers to no others."""
    bp, template = Blueprint("invite", __name__), invitation(settings, "", "")

    @bp.get("/invite")
    def page() -> str:
        return render_template("invite.html")

    @bp.get("/api/invitation")
    def current() -> dict[str, Any]:
        bearer.require_instructor(authenticator)
        if not classroom.open:
            abort(404, NO_CLASS)
        now = replace(template, code=format_code(classroom.code), key=classroom.key)
        return {"places": now.places, "code": now.code, "link": now.links[0], "dots": qr_rows(now.links[0])}

    return bp
