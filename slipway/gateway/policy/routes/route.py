"""One row of the policy's table, and the words that rows share. Knows nothing of any row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from slipway.gateway.policy import query as q
from slipway.gateway.policy.strict_model import StrictModel

RouteAction: TypeAlias = Literal["allow", "inspect", "deny", "lab"]
Flow: TypeAlias = Literal["plain", "stream", "wait", "events", "hijack", "build", "upload", "download", "walk"]


@dataclass(frozen=True)
class Route:
    """One row: which requests it means, and what becomes of them.

    `name` is the call's short name in the journal; `flow` says how its answer comes (and which limit counts it);
    `tar` says that the body is an archive, passed on unread.
    """

    method: str
    path: str
    name: str = "unknown"
    verdict: RouteAction = "allow"
    query: q.Schema = field(default_factory=dict)
    body: type[StrictModel] | None = None
    flow: Flow = "plain"
    tar: bool = False
    sentence: str = ""
    status: int = 403
    answer: Any = None


FILTERS: q.Schema = {"filters": q.filters}
TIME = q.text_of("-:.+TZ")
"""A moment as clients write it: seconds, a date, a duration."""


def deny(sentence: str, *rows: str, status: int = 403) -> tuple[Route, ...]:
    """Rows (`METHOD /path`) that are refused with this sentence."""
    split = (row.split(" ") for row in rows)
    return tuple(Route(method, path, verdict="deny", sentence=sentence, status=status) for method, path in split)
