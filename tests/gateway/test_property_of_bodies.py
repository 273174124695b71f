"""Every create that the gateway forwards, parsed as Go parses it, is allowed."""

from __future__ import annotations

import json

from hypothesis import example, given, settings

from slipway.gateway.policy.decision import Allowed
from slipway.gateway.policy.http_head import Head
from tests.gateway import go_decoder
from tests.gateway.decisions import decide
from tests.gateway.oracle import MIB, OPTIONS, violations
from tests.gateway.request_mutator import DANGEROUS, DANGEROUS_TOP_LEVEL, creates


@settings(max_examples=1000)
@given(creates())
@example(b'{"Image":"busybox","hostconfig":{"Privileged":true}}')
@example(b'{"Image":"busybox","HostConfig":{"\\u0050rivileged":true}}')
@example('{"Image":"busybox","HoſtConfig":{"Privileged":true}}'.encode())
@example('{"Image":"busybox","HostConfig":{"Networ\u212aMode":"host"}}'.encode())
@example(b'{"Image":"busybox","HostConfig":{},"HostConfig":{"Privileged":true}}')
@example(b'{"Image":"busybox","HostConfig":{"Privileged":true,"Privileged":null}}')
@example(b'{"Image":"busybox","Binds":["/:/host"]}')
@example(b'{"Image":"busybox","Privileged":true}')
def test_forwarded_create_as_go_parses_it_is_allowed(raw: bytes) -> None:
    decision = decide(Head("POST", "/containers/create", content_type="application/json"), raw, OPTIONS)
    if isinstance(decision, Allowed):
        assert decision.body is not None
        assert not [*violations(go_decoder.read(decision.body))]


def test_oracle_finds_violations() -> None:
    """Otherwise the property would hold for a gateway that refuses nothing."""
    bounds = {"Memory": MIB, "MemorySwap": MIB, "PidsLimit": 1, "NanoCpus": 1, "ShmSize": 1}
    fine = {**bounds, "LogConfig": {"Type": "local", "Config": {"max-size": "1"}}}
    assert not [*violations(go_decoder.read(json.dumps({"Image": "x", "HostConfig": fine}).encode()))]
    for key, value in DANGEROUS:
        if (key, value) != ("CpuQuota", 10**9):
            assert [
                *violations(go_decoder.read(json.dumps({"Image": "x", "HostConfig": fine | {key: value}}).encode()))
            ], key
    for key, value in DANGEROUS_TOP_LEVEL:
        assert [*violations(go_decoder.read(json.dumps({"Image": "x", "HostConfig": fine, key: value}).encode()))], key
