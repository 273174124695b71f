"""Questions to the policy, in one line each."""

from __future__ import annotations

import json
from typing import Any

from slipway.gateway.policy.decision import Allowed, Decision, Refused, decide
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions

RULES = PolicyOptions()


def ask(method: str, target: str, body: Any = None, upgrade: str = "", rules: PolicyOptions = RULES) -> Decision:
    """The decision on one request."""
    raw = b"" if body is None else json.dumps(body).encode()
    kind = "" if body is None else "application/json"
    return decide(Head(method, target, content_type=kind, upgrade=upgrade), raw, rules)


def create(**fields: Any) -> Decision:
    """The decision on a container."""
    return ask("POST", "/v1.45/containers/create", {"Image": "busybox", **fields})


def host(**fields: Any) -> Decision:
    """The decision on a container with this HostConfig."""
    return create(HostConfig=fields)


def written(decision: Decision) -> dict[str, Any]:
    """The body that goes to the engine."""
    assert isinstance(decision, Allowed), decision
    body: dict[str, Any] = json.loads(decision.body or b"{}")
    return body


def sent(decision: Decision) -> str:
    """The target that goes to the engine."""
    assert isinstance(decision, Allowed), decision
    return decision.target


def why(decision: Decision) -> str:
    """The journal's reason for a refusal."""
    assert isinstance(decision, Refused), decision
    assert 0 < len(decision.message) <= 300
    return decision.reason
