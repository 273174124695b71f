"""The attack catalogue: every row that the policy's tables refuse, sent to a gateway in front of a recorder.

They are the tables of the policy's unit tests; here each row is a numbered request. None reaches the engine, each gets
a message, and each is in the journal with its reason.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.routes import DENIED
from tests.gateway.policy import (
    test_bodies,
    test_container_create,
    test_decision,
    test_host_config,
    test_http_head,
    test_query,
)
from tests.gateway.recorder import http_request, json_response, serving

LEAST = 130


def creating(body: dict[str, Any]) -> bytes:
    return http_request(b"/v1.45/containers/create", {"Image": "busybox"} | body)


def catalogue() -> Iterator[bytes]:
    """Yield every refused request of the tables."""
    yield from (raw for _, raw in test_http_head.REFUSED.values())
    for route in DENIED:
        for version in ("", "/v1.41"):
            yield http_request((version + test_decision.path(route)).encode(), method=route.method.encode())
    for method, target in test_decision.DISGUISES:
        yield http_request(target.encode(), method=method.encode())
    yield from (creating(fields) for fields, _ in test_container_create.DANGEROUS)
    yield from (creating({"HostConfig": {field: value}}) for field, value in test_host_config.DANGEROUS)
    yield from (http_request(target.encode(), body) for target, body, _ in test_bodies.DANGEROUS)
    for method, target, _ in test_query.DANGEROUS:
        body = {"Image": "busybox"} if "/containers/create" in target else None
        yield http_request(target.encode(), body, method.encode())


def test_no_attack_of_the_catalogue_reaches_the_engine(tmp_path: Path) -> None:
    cases = [*catalogue()]
    lines: list[str] = []
    result = asyncio.run(told_to(tmp_path, cases, lines))
    assert len(cases) > LEAST
    for number, (raw, (answer, received)) in enumerate(zip(cases, result, strict=True), 1):
        assert not received, (number, raw[:200], received)
        status = int(answer.split(b" ")[1])
        assert status in (400, 403, 404, 408, 413, 415, 417, 431, 501), (number, raw[:200], answer)
        record = json.loads(lines[number - 1])
        assert (record["half"], record["status"]) == ("refused", status), (number, raw[:200])
        assert record["reason"], (number, raw[:200])
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["message"] == record["message"]


async def told_to(folder: Path, cases: list[bytes], lines: list[str]) -> list[tuple[bytes, list[bytes]]]:
    """Return each request's response, and what the engine received of it."""
    received: list[bytes] = []

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(json_response({}))
        writer.close()

    result = []
    limits = GatewayLimits(rate=10**6, burst=10**6)
    async with serving(folder, engine, PolicyOptions(limits=limits), lines), asyncio.timeout(120):
        for raw in cases:
            reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
            writer.write(raw)
            answer = await reader.read()
            writer.close()
            result.append((answer, received[:]))
            received.clear()
    return result
