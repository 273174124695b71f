"""The invitation for a projector: where to go, the class's code, and a QR code. The page holds nothing; what it shows
comes over the API, to the instructor only, and has no token in it: only what the whole room may know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from flask import Blueprint, abort, render_template

from slipway.classroom.invitation import dots, invitation
from slipway.core.classroom.members import format_code
from slipway.settings import Settings
from slipway.web.security import bearer
from slipway.web.security.auth import Authenticator

NO_CLASS = "There is no class here. Start the lab with `./lab up --class`."


class OpenClass(Protocol):
    """The class at hand (slipway/classroom/members.py)."""

    open: bool

    @property
    def code(self) -> str: ...
    @property
    def key(self) -> str: ...


def blueprint(settings: Settings, classroom: OpenClass, access: Authenticator) -> Blueprint:
    """`GET /invite` and `/api/invitation`. The addresses are those of the start: the lab answers to no others."""
    bp, places = Blueprint("invite", __name__), invitation(settings, "", "")

    @bp.get("/invite")
    def page() -> str:
        return render_template("invite.html")

    @bp.get("/api/invitation")
    def told() -> dict[str, Any]:
        bearer.instructor(access)
        if not classroom.open:
            abort(404, NO_CLASS)
        now = replace(places, code=format_code(classroom.code), key=classroom.key)
        return {"places": now.places, "code": now.code, "link": now.links[0], "dots": dots(now.links[0])}

    return bp
