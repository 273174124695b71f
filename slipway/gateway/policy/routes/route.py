"""The type of a row in the policy's table, and schemas that rows share. Knows no row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from slipway.gateway.policy import query as q
from slipway.gateway.policy.strict_model import StrictModel

RouteAction: TypeAlias = Literal["allow", "inspect", "deny", "lab"]
Flow: TypeAlias = Literal["plain", "stream", "wait", "events", "hijack", "build", "upload", "download", "walk"]


@dataclass(frozen=True)
class Route:
    """One row: the requests that it matches, and the action for them.

    `name` is the call's short name in the journal; `flow` is how its response arrives (and which limit counts it);
    `tar` means that the body is an archive, passed on unread.
    """

    method: str
    path: str
    name: str = "unknown"
    action: RouteAction = "allow"
    query: q.Schema = field(default_factory=dict)
    body: type[StrictModel] | None = None
    flow: Flow = "plain"
    tar: bool = False
    message: str = ""
    status: int = 403
    answer: Any = None


FILTERS: q.Schema = {"filters": q.filters}
TIME = q.text_of("-:.+TZ")
"""A time as clients send it: seconds, a date, a duration."""


def deny(message: str, *rows: str, status: int = 403) -> tuple[Route, ...]:
    """Return rows (`METHOD /path`) that are refused with this message."""
    split = (row.split(" ") for row in rows)
    return tuple(Route(method, path, action="deny", message=message, status=status) for method, path in split)
