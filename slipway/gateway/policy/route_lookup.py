"""Finds the row of the table for a request. Accepts only paths that the engine can't parse differently.

Pure. decision.py applies the row's rules for query and body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slipway.gateway.policy import image_names, messages, query, values
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.refusal import Refusal, printable
from slipway.gateway.policy.routes import ROUTES, Route

_VERSION = re.compile(r"/v1\.([2-9][0-9])(?=/)")
_ODD_VERSION = re.compile(r"/[vV][0-9.]+(?=/|\Z)")
_PATH = re.compile(r"/[A-Za-z0-9._/:@~+-]*\Z")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MIN_MINOR_VERSION = 24
_METHODS = frozenset(route.method for route in ROUTES)
_EXEC_ID = re.compile(r"[0-9a-f]{12,64}\Z")


@dataclass(frozen=True)
class RouteMatch:
    """A request's route, with its query unchecked."""

    route: Route
    version: str
    path: str
    names: dict[str, str]
    pairs: query.Pairs


def find(head: Head) -> RouteMatch:
    """Return the route of a request, with its names checked. Raises Refusal if the path is unknown or not canonical."""
    raw, _, raw_query = head.target.partition("?")
    if head.method not in _METHODS:
        raise _unknown(head.method, raw)
    version, path = _split_version(raw)
    pairs = query.parse(raw_query)
    for route, pattern in _PATTERNS:
        match = pattern.match(path) if route.method == head.method else None
        if match:
            return RouteMatch(route, version, path, _check_names(match.groupdict()), pairs)
    raise _unknown(head.method, path)


def _unknown(method: str, path: str) -> Refusal:
    return Refusal(403, messages.UNKNOWN.format(what=f"{printable(method, 10)} {printable(path, 80)}"), "route")


def _split_version(raw: str) -> tuple[str, str]:
    if not _PATH.match(raw) or any(part in ("", ".", "..") for part in raw[1:].rstrip("/").split("/")):
        raise Refusal(404, "No such object: no name in Docker is written like that.", "path:syntax")
    match = _VERSION.match(raw)
    if match and int(match[1]) >= _MIN_MINOR_VERSION:
        return match[0], raw[match.end() :]
    if _ODD_VERSION.match(raw):
        raise Refusal(400, "The lab speaks the versions of the Docker Engine API from 1.24 on.", "path:version")
    return "", raw


def _compile(path: str) -> re.Pattern[str]:
    many = ("any", "image")
    pattern = _PLACEHOLDER.sub(lambda m: f"(?P<{m[1]}>{'.+' if m[1] in many else '[^/]+'})", path.replace(".", r"\."))
    return re.compile(pattern + r"\Z")


_PATTERNS = tuple((route, _compile(route.path)) for route in ROUTES)


def _check_names(names: dict[str, str]) -> dict[str, str]:
    for kind, name in names.items():
        if not _is_valid_name(kind, name):
            raise Refusal(404, f"No such {kind}: {printable(name)}", f"path:{kind}")
    return names


def _is_valid_name(kind: str, name: str) -> bool:
    if kind == "any":
        return True
    if kind == "exec":
        return bool(_EXEC_ID.match(name))
    if kind != "image":
        return bool(values.CONTAINER.match(name))
    try:
        image_names.split_reference(name)
    except Refusal:
        return False
    return True
