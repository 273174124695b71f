"""Which hosts and origins are answered, and the security headers of every response.

Socket.IO requests never reach Flask's hooks, so the same rules are applied twice: by Flask hooks (`init_app`) and by a
WSGI middleware around everything (`OriginGuard`). Knows nothing of tokens.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, g, request

from slipway.classroom.addresses import ANY_ADDRESS, LOOPBACK, own_hosts
from slipway.install.public_address import PublicUrl
from slipway.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WRONG_HOST = (
    "This lab is not served under that host name. Use the address that `./lab up` printed. Behind a proxy, whoever "
    "runs the lab must give it that name: SLIPWAY_URL."
)
WRONG_ORIGIN = (
    "Requests from other sites are not allowed. Behind a proxy, whoever runs the lab must give it the address that "
    "browsers open: SLIPWAY_URL."
)


@dataclass(frozen=True)
class AllowedOrigins:
    """The `Host` and `Origin` values that this install answers to, compared exactly, and loopback names with any port.

    A forwarded port (`ssh -L 9000:localhost:8000`) keeps the name and changes the port. That is no way in for other
    sites, because a loopback name belongs to none (docs/decisions/0015-behind-a-proxy.md). `origins` are those of
    `hosts`; a proxy may send any of the lab's names as `Host`, with the origin of `public`.
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    public: PublicUrl | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> AllowedOrigins:
        """Allow `--host`, if that is every interface this machine's own names, and the public URL."""
        names = {*LOOPBACK, settings.host.lower(), *(own_hosts() if settings.host in ANY_ADDRESS else ())}
        hosts = {authority(name, settings.port) for name in names}
        if settings.port == 80:  # browsers leave out the default port
            hosts |= {host.removesuffix(":80") for host in hosts}
        return cls(frozenset(hosts), frozenset(f"http://{host}" for host in hosts), settings.public_url)

    def answers_to(self, host: str) -> bool:
        """Return whether this `Host` is the lab's."""
        return host.lower() in self.hosts or is_loopback(host) or self._is_public(host)

    def socket_hosts(self, host: str) -> tuple[str, ...]:
        """Return where a page with this `Host` may open sockets: a proxy that sends its own hides the public one."""
        own = host if self.answers_to(host) else "localhost"
        return (own, self.public.authority) if self.public else (own,)

    def refusal(self, host: str, origin: str | None) -> tuple[int, str] | None:
        """Return the status and the sentence for a request that is not allowed, or None."""
        if not self.answers_to(host):
            return 421, WRONG_HOST
        if origin is not None and not self._is_own_origin(host.lower(), origin):
            return 403, WRONG_ORIGIN
        return None

    def engineio_allows(self, origin: str | None, environ: WSGIEnvironment) -> bool:
        """Return whether Engine.IO may answer this origin: the same rule."""
        return self.refusal(environ.get("HTTP_HOST", ""), origin) is None

    def _is_public(self, host: str) -> bool:
        return self.public is not None and host.lower() == self.public.authority

    def _is_own_origin(self, host: str, origin: str) -> bool:
        if self.public and origin == str(self.public):
            return True
        if is_loopback(host) and origin in (f"http://{host}", f"https://{host}"):
            return True  # the same forwarded port; at another one may be another program of that machine
        return host in self.hosts and origin in self.origins


_LOOPBACK = re.compile(r"(?:(?:[a-z0-9_-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?", re.ASCII)


def is_loopback(host: str) -> bool:
    """Return whether a `Host` names the machine of the browser itself, whatever its port."""
    return _LOOPBACK.fullmatch(host.lower()) is not None


def authority(name: str, port: int) -> str:
    """Return `name:port` as a `Host` header has it, with IPv6 in brackets."""
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def security_headers(*hosts: str, nonce: str | None = None) -> dict[str, str]:
    """Return the headers of every response; `nonce` allows this response's own inline script and style.

    `hosts`, the lab's own, are repeated in connect-src because not every browser counts ws: and wss: as 'self'.
    """
    sockets = " ".join(f"ws://{host} wss://{host}" for host in dict.fromkeys(hosts))
    inline = f" 'nonce-{nonce}'" if nonce else ""
    policy = {
        "default-src": "'none'",
        "script-src": f"'self'{inline}",
        "style-src": f"'self'{inline}",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' {sockets}",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return FIXED_HEADERS | {"Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items())}


def nonce() -> str:
    """Return this response's nonce, made on first use."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    return str(g.nonce)


def init_app(app: Flask, allowed: AllowedOrigins) -> None:
    """Check all requests that Flask answers, and add the headers to the responses."""

    @app.before_request
    def _check_origin() -> None:
        refusal = allowed.refusal(request.headers.get("Host", ""), request.headers.get("Origin"))
        if refusal:
            abort(*refusal)

    @app.after_request
    def _add_headers(response: Response) -> Response:
        hosts = allowed.socket_hosts(request.headers.get("Host", ""))
        for key, value in security_headers(*hosts, nonce=g.get("nonce")).items():
            response.headers.setdefault(key, value)
        return response


class OriginGuard:
    """The same for a whole WSGI application, Engine.IO included.

    It also removes the offer to compress WebSocket messages, which costs a third of the bulk rate on loopback.
    """

    def __init__(self, app: WSGIApplication, allowed: AllowedOrigins) -> None:
        self._app, self._allowed = app, allowed

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it with 403 or 421 before anything else sees it."""
        host = environ.get("HTTP_HOST", "")
        refusal = self._allowed.refusal(host, environ.get("HTTP_ORIGIN"))
        if refusal:
            return refuse(*refusal, start_response)
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)

        def start(status: str, given: list[tuple[str, str]], *exc: Any) -> Any:
            present = {key.lower() for key, _ in given}
            headers = security_headers(*self._allowed.socket_hosts(host)).items()
            missing = [(key, value) for key, value in headers if key.lower() not in present]
            return start_response(status, given + missing, *exc)

        return self._app(environ, start)


def refuse(status: int, sentence: str, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request with an error, before Flask or Engine.IO see it."""
    body = json.dumps({"error": sentence}).encode()
    length = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(f"{status} {REASONS[status]}", [*length, *security_headers("localhost").items()])
    return [body]


REASONS = {403: "Forbidden", 421: "Misdirected Request", 429: "Too Many Requests"}

FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
