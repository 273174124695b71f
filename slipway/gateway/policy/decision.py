"""The decision on a request: Allowed (with the canonical request), Answered (by the lab itself) or Refused.

Pure: checks query and body against the route's schema and writes the request anew. No byte of the client reaches the
engine unchecked, except those of an archive and of a stream.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from slipway.gateway.policy import messages, query, strict_json, values
from slipway.gateway.policy.forced_query import apply_forced_query
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal, printable
from slipway.gateway.policy.resource_limits import apply_limits
from slipway.gateway.policy.route_lookup import RouteMatch
from slipway.gateway.policy.routes import Route
from slipway.gateway.policy.strict_model import StrictModel

_FIELD_NAME = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
"""A field of the engine's API, as opposed to a learner's key in a map (`80/tcp`, `max-size`)."""
_ARCHIVE_TYPES = frozenset({"", "application/x-tar", "application/tar"})
_COPY_TYPES = _ARCHIVE_TYPES | {"text/plain", "application/octet-stream"}
"""Types that clients send for an archive (`docker cp`: text/plain). The engine always gets application/x-tar."""


@dataclass(frozen=True)
class Allowed:
    """A request as it goes to the engine. `body` is None for an archive, which is passed on unread."""

    match: RouteMatch
    target: str
    params: dict[str, Any]
    body: bytes | None
    json: dict[str, Any] | None = None
    upgrade: bool = False
    networks: tuple[str, ...] = field(default=())
    """References to networks, each of which the proxy must find to be a bridge before it forwards the request."""

    @property
    def route(self) -> Route:
        """The row of the policy's table."""
        return self.match.route

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.match.route.method

    @property
    def path(self) -> str:
        """The path without its version."""
        return self.match.path.rstrip("/")

    @property
    def names(self) -> dict[str, str]:
        """The names in the path, by their kind (`container`, `image`, …)."""
        return self.match.names

    def with_body(self, document: dict[str, Any]) -> Allowed:
        """Return the request with another body."""
        return replace(self, json=document, body=_encode(document))


@dataclass(frozen=True)
class Answered:
    """A request that the lab answers itself, with `value` as JSON."""

    route: Route
    value: Any


@dataclass(frozen=True)
class Refused:
    """A request that is not forwarded, and the message for its client."""

    name: str
    method: str
    path: str
    status: int
    message: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


Decision: TypeAlias = Allowed | Answered | Refused


def decide(match: RouteMatch, head: Head, body: bytes, options: PolicyOptions) -> Decision:
    """Decide on a request whose route has been found. `body` is b"" for an archive, which is not read. Never raises."""
    try:
        return _decide(match, head, body, options)
    except Refusal as refusal:
        return make_refused(head, refusal, match)


def make_refused(head: Head, refusal: Refusal, match: RouteMatch | None) -> Refused:
    """Return the refusal in the form for the journal and the client. `match` is None if no route was found."""
    return Refused(
        name=match.route.name if match else "unknown",
        method=head.method[:20],
        path=match.path if match else head.target.partition("?")[0][:200],
        status=refusal.status,
        message=refusal.message,
        reason=refusal.reason or "policy",
        params=as_params(match.pairs) if match else {},
        names=match.names if match else {},
    )


def as_params(pairs: query.Pairs) -> dict[str, Any]:
    """Return the query in the journal's form: texts, and lists where a name was repeated."""
    params: dict[str, Any] = {}
    for name, text in pairs:
        params[name] = [*_as_list(params[name]), text] if name in params else text
    return params


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _decide(match: RouteMatch, head: Head, body: bytes, options: PolicyOptions) -> Decision:
    route = match.route
    if route.action == "deny":
        catalogue = f"This lab's hub carries {', '.join(options.catalogue)}."
        raise Refusal(route.status, route.message.replace("{hub}", catalogue), "route")
    pairs = apply_forced_query(route, query.check(match.pairs, route.query, options), options)
    document = _parse_body(route, head, body, options)
    upgrade = _check_upgrade(route, head, document)
    if route.action == "lab":
        return Answered(route, route.answer)
    encoded_query = query.write(pairs)
    return Allowed(
        match=match,
        target=f"{match.version}{match.path.rstrip('/')}{'?' + encoded_query if encoded_query else ''}",
        params=as_params(match.pairs) | ({"body": document} if document is not None else {}),
        body=None if route.tar else _encode(document),
        json=document,
        upgrade=upgrade,
        networks=_networks_to_check(match, document),
    )


def _parse_body(route: Route, head: Head, body: bytes, options: PolicyOptions) -> dict[str, Any] | None:
    if route.tar:
        _check_archive_type(route, head)
        return None
    if route.body is None:
        if body:
            raise Refusal(400, "This call takes no body.", "body:none")
        return None
    if body and not head.is_json:
        raise Refusal(415, "This call takes JSON: Content-Type: application/json.", "http:content-type")
    document = _validate(route.body, strict_json.loads(body or b"{}", options.limits.json_depth))
    return apply_limits(document, options.limits) if route.name == "container.create" else document


def _check_archive_type(route: Route, head: Head) -> None:
    if head.media_type not in (_COPY_TYPES if route.flow == "upload" else _ARCHIVE_TYPES):
        raise Refusal(415, "This call takes an archive: Content-Type: application/x-tar.", "http:content-type")


def _validate(model: type[StrictModel], value: Any) -> dict[str, Any]:
    try:
        return model.model_validate(value).canonical()
    except ValidationError as error:
        raise _explain(error.errors()[0]) from None


def _explain(error: ErrorDetails) -> Refusal:
    path = _field_path(error)
    cause = error.get("ctx", {}).get("error")
    reason = f"field:{printable(path, 80)}"
    if isinstance(cause, Refusal) and cause.message:
        return Refusal(cause.status, cause.message, cause.reason or reason)
    is_known = error["type"] != "extra_forbidden"
    return Refusal(403 if is_known else 400, messages.field_message(printable(path, 80), is_known), reason)


def _field_path(error: ErrorDetails) -> str:
    parts = [part for part in error["loc"] if isinstance(part, str)]
    unknown = parts[-1:] if error["type"] == "extra_forbidden" else []
    fields = [part for part in parts[: len(parts) - len(unknown)] if _FIELD_NAME.match(part)]
    return ".".join([*fields, *unknown]) or "body"


def _encode(document: dict[str, Any] | None) -> bytes:
    return b"" if document is None else json.dumps(document, separators=(",", ":")).encode("ascii")


def _check_upgrade(route: Route, head: Head, document: dict[str, Any] | None) -> bool:
    """Return whether the request becomes a two-way stream."""
    is_stream = route.flow == "hijack" and not (document or {}).get("Detach", False)
    if head.upgrade and not (route.flow == "hijack" and head.upgrade.lower() == "tcp"):
        raise Refusal(400, "The lab can't change to another protocol here.", "http:upgrade")
    if is_stream and not head.upgrade:
        raise Refusal(400, messages.UPGRADE, "http:upgrade")
    return is_stream


def _check_network_name(network: str) -> str:
    if network == "none":
        message = "The network none connects to nothing. Use one of your own: docker network create."
        raise Refusal(403, message, "path:network")
    try:
        return values.network(network)
    except Refusal as refusal:
        raise Refusal(refusal.status, refusal.message, "path:network") from None


def _networks_to_check(match: RouteMatch, document: dict[str, Any] | None) -> tuple[str, ...]:
    if match.route.name == "network.connect":
        return (_check_network_name(match.names["network"]),)
    if match.route.name != "container.create":
        return ()
    body = document or {}
    mode = body["HostConfig"].get("NetworkMode", "default")
    joined = body.get("NetworkingConfig", {}).get("EndpointsConfig", {})
    return tuple(sorted({mode, *joined} - {"default", "bridge", "none"}))
