"""One decision for each request: Allowed (the canonical request), Answered (by the lab itself) or Refused.

Pure: parse, look the route up in routes.py, check query and body against its schema, write everything anew. What
reaches the engine is never a byte of the client's own, except an archive's and a stream's.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from slipway.gateway.policy import messages, query, strict_json, values
from slipway.gateway.policy.forced_query import forced
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal, shown
from slipway.gateway.policy.resource_limits import bounded
from slipway.gateway.policy.route_lookup import RouteMatch, find
from slipway.gateway.policy.routes import Route
from slipway.gateway.policy.strict_model import StrictModel

_FIELD = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
"""A field of the engine's own, as opposed to a learner's key in a map (`80/tcp`, `max-size`)."""


_ARCHIVES = frozenset({"", "application/x-tar", "application/tar"})
_COPIED = _ARCHIVES | {"text/plain", "application/octet-stream"}
"""How clients call an archive; `docker cp` calls it text/plain. The engine is always told application/x-tar."""


@dataclass(frozen=True)
class Allowed:
    """A request as it goes to the engine. `body` is None for an archive, which is passed on as it comes."""

    route: Route
    method: str
    target: str
    path: str
    names: dict[str, str]
    params: dict[str, Any]
    body: bytes | None
    json: dict[str, Any] | None = None
    upgrade: bool = False
    networks: tuple[str, ...] = field(default=())
    """Networks by reference, which the proxy must find to be bridges before the request may go."""

    def saying(self, document: dict[str, Any]) -> Allowed:
        """The same request with another body, which is the lab's own."""
        return replace(self, json=document, body=_encoded(document))


@dataclass(frozen=True)
class Answered:
    """A request that the lab answers itself, with `value` as JSON."""

    route: Route
    value: Any


@dataclass(frozen=True)
class Refused:
    """A request that goes nowhere, and what its client is told."""

    name: str
    method: str
    path: str
    status: int
    message: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


Decision: TypeAlias = Allowed | Answered | Refused


def decide(head: Head, body: bytes, rules: PolicyOptions) -> Decision:
    """What becomes of one request; `body` is b"" for an archive, which nobody reads. Never raises."""
    place: RouteMatch | None = None
    try:
        place = find(head)
        return _pass(place, head, body, rules)
    except Refusal as refusal:
        return refused(head, refusal, place, rules)


def refused(head: Head, refusal: Refusal, place: RouteMatch | None, rules: PolicyOptions) -> Refused:
    """The refusal as the journal and the client get it."""
    return Refused(
        name=place.route.name if place else "unknown",
        method=head.method[:20],
        path=place.path if place else head.target.partition("?")[0][:200],
        status=refusal.status,
        message=refusal.message,
        reason=refusal.reason or "policy",
        params=as_params(place.pairs) if place else {},
        names=place.names if place else {},
    )


def as_params(pairs: query.Pairs) -> dict[str, Any]:
    """The query as the journal keeps it: texts, and lists where a name came more than once."""
    params: dict[str, Any] = {}
    for name, text in pairs:
        params[name] = [*_listed(params[name]), text] if name in params else text
    return params


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pass(place: RouteMatch, head: Head, body: bytes, rules: PolicyOptions) -> Decision:
    route = place.route
    if route.verdict == "deny":
        hub = f"This lab's hub carries {', '.join(rules.catalogue)}."
        raise Refusal(route.status, route.sentence.replace("{hub}", hub), "route")
    pairs = forced(route, query.check(place.pairs, route.query, rules), rules)
    document = _document(route, head, body, rules)
    upgrade = _upgrade(route, head, document)
    if route.verdict == "lab":
        return Answered(route, route.answer)
    params = as_params(place.pairs) | ({"body": document} if document is not None else {})
    path = place.path.rstrip("/")
    written = query.write(pairs)
    return Allowed(
        route=route,
        method=route.method,
        target=f"{place.version}{path}{'?' + written if written else ''}",
        path=path,
        names=place.names,
        params=params,
        body=None if route.tar else _encoded(document),
        json=document,
        upgrade=upgrade,
        networks=_networks(route, place, document),
    )


def _document(route: Route, head: Head, body: bytes, rules: PolicyOptions) -> dict[str, Any] | None:
    if route.tar:
        _check_archive(route, head)
        return None
    if route.body is None:
        if body:
            raise Refusal(400, "This call takes no body.", "body:none")
        return None
    if body and not head.json:
        raise Refusal(415, "This call takes JSON: Content-Type: application/json.", "http:content-type")
    document = _validated(route.body, strict_json.loads(body or b"{}", rules.limits.json_depth))
    return bounded(document, rules.limits) if route.name == "container.create" else document


def _check_archive(route: Route, head: Head) -> None:
    if head.kind not in (_COPIED if route.flow == "upload" else _ARCHIVES):
        raise Refusal(415, "This call takes an archive: Content-Type: application/x-tar.", "http:content-type")


def _validated(model: type[StrictModel], value: Any) -> dict[str, Any]:
    try:
        return model.model_validate(value).canonical()
    except ValidationError as error:
        raise _explained(error.errors()[0]) from None


def _explained(error: ErrorDetails) -> Refusal:
    path = _field(error)
    own = error.get("ctx", {}).get("error")
    reason = f"field:{shown(path, 80)}"
    if isinstance(own, Refusal) and own.message:
        return Refusal(own.status, own.message, own.reason or reason)
    known = error["type"] != "extra_forbidden"
    return Refusal(403 if known else 400, messages.field(shown(path, 80), known), reason)


def _field(error: ErrorDetails) -> str:
    parts = [part for part in error["loc"] if isinstance(part, str)]
    unknown = parts[-1:] if error["type"] == "extra_forbidden" else []
    named = [part for part in parts[: len(parts) - len(unknown)] if _FIELD.match(part)]
    return ".".join([*named, *unknown]) or "body"


def _encoded(document: dict[str, Any] | None) -> bytes:
    return b"" if document is None else json.dumps(document, separators=(",", ":")).encode("ascii")


def _upgrade(route: Route, head: Head, document: dict[str, Any] | None) -> bool:
    wanted = route.flow == "hijack" and not (document or {}).get("Detach", False)
    if head.upgrade and not (route.flow == "hijack" and head.upgrade.lower() == "tcp"):
        raise Refusal(400, "The lab can't change to another protocol here.", "http:upgrade")
    if wanted and not head.upgrade:
        raise Refusal(400, messages.UPGRADE, "http:upgrade")
    return wanted


def _joinable(network: str) -> str:
    if network == "none":
        sentence = "The network none connects to nothing. Use one of your own: docker network create."
        raise Refusal(403, sentence, "path:network")
    try:
        return values.network(network)
    except Refusal as refusal:
        raise Refusal(refusal.status, refusal.message, "path:network") from None


def _networks(route: Route, place: RouteMatch, document: dict[str, Any] | None) -> tuple[str, ...]:
    if route.name == "network.connect":
        return (_joinable(place.names["network"]),)
    if route.name != "container.create":
        return ()
    body = document or {}
    mode = body["HostConfig"].get("NetworkMode", "default")
    joined = body.get("NetworkingConfig", {}).get("EndpointsConfig", {})
    return tuple(sorted({mode, *joined} - {"default", "bridge", "none"}))
