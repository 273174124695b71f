"""Which row of the table a request means: its path read in the one way that the engine could not read otherwise.

Pure. What the row says about query and body is policy.py's to carry out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slipway.gateway.policy import image_names, messages, query, values
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.refusal import Refusal, shown
from slipway.gateway.policy.routes import ROUTES, Route

_VERSION = re.compile(r"/v1\.([2-9][0-9])(?=/)")
_ODD_VERSION = re.compile(r"/[vV][0-9.]+(?=/|\Z)")
_PATH = re.compile(r"/[A-Za-z0-9._/:@~+-]*\Z")
_NAMED = re.compile(r"\{(\w+)\}")
_OLDEST = 24
_METHODS = frozenset(route.method for route in ROUTES)
_EXEC = re.compile(r"[0-9a-f]{12,64}\Z")


@dataclass(frozen=True)
class RouteMatch:
    """A request's route, before its query and body were looked at."""

    route: Route
    version: str
    path: str
    names: dict[str, str]
    pairs: query.Pairs


def find(head: Head) -> RouteMatch:
    """The route of a request, its names checked. Raises Refusal for a path that is not canonical or not known."""
    raw, _, raw_query = head.target.partition("?")
    if head.method not in _METHODS:
        raise _unknown(head.method, raw)
    version, path = _canonical(raw)
    pairs = query.parse(raw_query)
    for route, pattern in _PATTERNS:
        match = pattern.match(path) if route.method == head.method else None
        if match:
            return RouteMatch(route, version, path, _checked(match.groupdict()), pairs)
    raise _unknown(head.method, path)


def _unknown(method: str, path: str) -> Refusal:
    return Refusal(403, messages.UNKNOWN.format(what=f"{shown(method, 10)} {shown(path, 80)}"), "route")


def _canonical(raw: str) -> tuple[str, str]:
    if not _PATH.match(raw) or any(part in ("", ".", "..") for part in raw[1:].rstrip("/").split("/")):
        raise Refusal(404, "No such object: no name in Docker is written like that.", "path:syntax")
    match = _VERSION.match(raw)
    if match and int(match[1]) >= _OLDEST:
        return match[0], raw[match.end() :]
    if _ODD_VERSION.match(raw):
        raise Refusal(400, "The lab speaks the versions of the Docker Engine API from 1.24 on.", "path:version")
    return "", raw


def _compiled(path: str) -> re.Pattern[str]:
    many = ("any", "image")
    spots = _NAMED.sub(lambda m: f"(?P<{m[1]}>{'.+' if m[1] in many else '[^/]+'})", path.replace(".", r"\."))
    return re.compile(spots + r"\Z")


_PATTERNS = tuple((route, _compiled(route.path)) for route in ROUTES)


def _checked(names: dict[str, str]) -> dict[str, str]:
    for kind, name in names.items():
        if not _is_name(kind, name):
            raise Refusal(404, f"No such {kind}: {shown(name)}", f"path:{kind}")
    return names


def _is_name(kind: str, name: str) -> bool:
    if kind == "any":
        return True
    if kind == "exec":
        return bool(_EXEC.match(name))
    if kind != "image":
        return bool(values.CONTAINER.match(name))
    try:
        image_names.split(name)
    except Refusal:
        return False
    return True
