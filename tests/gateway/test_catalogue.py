"""The attack catalogue: every row that the policy's tables refuse, as bytes on a gateway's socket before a recorder.

They are the tables by which the policy is judged by value; here each row is a request of its own, with a number.
Of none does the engine hear anything; each is told a sentence, and each is in the journal with its reason.
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
from tests.gateway.quotas.test_admission import post, says
from tests.gateway.recorder import serving

LEAST = 130


def creating(body: dict[str, Any]) -> bytes:
    return post(b"/v1.45/containers/create", {"Image": "busybox"} | body)


def catalogue() -> Iterator[bytes]:
    """Every refused request that stands in a table."""
    yield from (raw for _, raw in test_http_head.REFUSED.values())
    for route in DENIED:
        for version in ("", "/v1.41"):
            yield post((version + test_decision.path(route)).encode(), method=route.method.encode())
    for method, target in test_decision.DISGUISES:
        yield post(target.encode(), method=method.encode())
    yield from (creating(fields) for fields, _ in test_container_create.OTHER)
    yield from (creating({"HostConfig": {field: value}}) for field, value in test_host_config.ODD)
    yield from (post(target.encode(), body) for target, body, _ in test_bodies.OTHER)
    for method, target, _ in test_query.OTHER:
        body = {"Image": "busybox"} if "/containers/create" in target else None
        yield post(target.encode(), body, method.encode())


def test_of_the_whole_catalogue_the_engine_hears_nothing(tmp_path: Path) -> None:
    cases, lines = [*catalogue()], []
    told = asyncio.run(told_to(tmp_path, cases, lines))
    assert len(cases) > LEAST
    for number, (raw, (answer, heard)) in enumerate(zip(cases, told, strict=True), 1):
        assert not heard, (number, raw[:200], heard)
        status = int(answer.split(b" ")[1])
        assert status in (400, 403, 404, 408, 413, 415, 417, 431, 501), (number, raw[:200], answer)
        record = json.loads(lines[number - 1])
        assert (record["half"], record["status"]) == ("refused", status), (number, raw[:200])
        assert record["reason"], (number, raw[:200])
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["message"] == record["message"]


async def told_to(folder: Path, cases: list[bytes], lines: list[str]) -> list[tuple[bytes, list[bytes]]]:
    """What each request is answered, and what the engine heard of it."""
    heard: list[bytes] = []

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(says({}))
        writer.close()

    told = []
    limits = GatewayLimits(rate=10**6, burst=10**6)
    async with serving(folder, engine, PolicyOptions(limits=limits), lines), asyncio.timeout(120):
        for raw in cases:
            reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
            writer.write(raw)
            answer = await reader.read()
            writer.close()
            told.append((answer, heard[:]))
            heard.clear()
    return told
