"""Decisions of the policy on single requests, and their parts."""

from __future__ import annotations

import json
from typing import Any

from slipway.gateway.policy import decision, route_lookup
from slipway.gateway.policy.decision import Allowed, Decision, Refused
from slipway.gateway.policy.http_head import Head
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal

OPTIONS = PolicyOptions()


def decide(head: Head, body: bytes, options: PolicyOptions = OPTIONS) -> Decision:
    """Look the route up, then decide, as the proxy does."""
    try:
        match = route_lookup.find(head)
    except Refusal as refusal:
        return decision.make_refused(head, refusal, None)
    return decision.decide(match, head, body, options)


def request(
    method: str, target: str, body: Any = None, upgrade: str = "", options: PolicyOptions = OPTIONS
) -> Decision:
    """Return the decision on a request with this JSON body."""
    raw = b"" if body is None else json.dumps(body).encode()
    content_type = "" if body is None else "application/json"
    return decide(Head(method, target, content_type=content_type, upgrade=upgrade), raw, options)


def create(**fields: Any) -> Decision:
    """Return the decision on a create of a container."""
    return request("POST", "/v1.45/containers/create", {"Image": "busybox", **fields})


def create_with_host_config(**fields: Any) -> Decision:
    """Return the decision on a create with this HostConfig."""
    return create(HostConfig=fields)


def forwarded_body(decision: Decision) -> dict[str, Any]:
    """Return the body that goes to the engine."""
    assert isinstance(decision, Allowed), decision
    body: dict[str, Any] = json.loads(decision.body or b"{}")
    return body


def forwarded_target(decision: Decision) -> str:
    """Return the target that goes to the engine."""
    assert isinstance(decision, Allowed), decision
    return decision.target


def refusal_reason(decision: Decision) -> str:
    """Return the journal's reason for a refusal."""
    assert isinstance(decision, Refused), decision
    assert 0 < len(decision.message) <= 300
    return decision.reason
