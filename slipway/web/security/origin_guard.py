"""The web's doors: which hosts and origins are answered, and the headers that every answer carries.

Socket.IO requests never reach Flask's hooks, so the same rules stand twice: as Flask hooks (`init_app`) and as a WSGI
middleware around everything (`Guard`). Knows nothing of tokens.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, g, request

from slipway.classroom.addresses import EVERYWHERE, LOOPBACK, own_names
from slipway.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WRONG_HOST = "This lab does not go by that name. Use the address that `./lab up` printed."
WRONG_ORIGIN = "Another site may not talk to this lab."


@dataclass(frozen=True)
class AllowedOrigins:
    """The `Host` values and the `Origin` values that this install answers to, compared exactly."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> AllowedOrigins:
        """Loopback under its three names, and where `--host` says; on every interface, this machine's own names."""
        names = {*LOOPBACK, settings.host.lower(), *(own_names() if settings.host in EVERYWHERE else ())}
        hosts = {authority(name, settings.port) for name in names}
        if settings.port == 80:  # browsers leave out the port that goes without saying
            hosts |= {host.removesuffix(":80") for host in hosts}
        return cls(frozenset(hosts), frozenset(f"http://{host}" for host in hosts))

    def refusal(self, host: str, origin: str | None) -> tuple[int, str] | None:
        """The status and sentence for a request that came by the wrong door, or None."""
        if host.lower() not in self.hosts:
            return 421, WRONG_HOST
        if origin is not None and origin not in self.origins:
            return 403, WRONG_ORIGIN
        return None


def authority(name: str, port: int) -> str:
    """`name:port` as a `Host` header writes it, IPv6 in brackets."""
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def headers(host: str, nonce: str | None = None) -> dict[str, str]:
    """What every answer carries; `nonce` lets this answer's own inline script and style through.

    `host` is repeated in connect-src because not every browser counts ws: as 'self'.
    """
    inline = f" 'nonce-{nonce}'" if nonce else ""
    policy = {
        "default-src": "'none'",
        "script-src": f"'self'{inline}",
        "style-src": f"'self'{inline}",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' ws://{host}",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return STANDING | {"Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items())}


def nonce() -> str:
    """This answer's nonce, made on first use."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    return str(g.nonce)


def init_app(app: Flask, doors: AllowedOrigins) -> None:
    """Put the doors before, and the headers after, everything that Flask answers."""

    @app.before_request
    def _check_doors() -> None:
        refusal = doors.refusal(request.headers.get("Host", ""), request.headers.get("Origin"))
        if refusal:
            abort(*refusal)

    @app.after_request
    def _add_headers(response: Response) -> Response:
        host = request.headers.get("Host", "")
        for key, value in headers(host if host.lower() in doors.hosts else "localhost", g.get("nonce")).items():
            response.headers.setdefault(key, value)
        return response


class OriginGuard:
    """The same, around a whole WSGI application, Engine.IO included.

    It also takes away the offer to compress WebSocket messages, which costs a third of the bulk rate on loopback.
    """

    def __init__(self, app: WSGIApplication, doors: AllowedOrigins) -> None:
        self._app, self._doors = app, doors

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        refusal = self._doors.refusal(host, environ.get("HTTP_ORIGIN"))
        if refusal:
            return _refuse(*refusal, start_response)
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)

        def start(status: str, given: list[tuple[str, str]], *exc: Any) -> Any:
            present = {key.lower() for key, _ in given}
            missing = [(key, value) for key, value in headers(host).items() if key.lower() not in present]
            return start_response(status, given + missing, *exc)

        return self._app(environ, start)


def _refuse(status: int, sentence: str, start_response: StartResponse) -> Iterable[bytes]:
    body = json.dumps({"error": sentence}).encode()
    length = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(f"{status} {REASONS[status]}", [*length, *headers("localhost").items()])
    return [body]


REASONS = {403: "Forbidden", 421: "Misdirected Request"}

STANDING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
