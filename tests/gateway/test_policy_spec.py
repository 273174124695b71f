"""The policy's document against its table, and against what reaches an engine, byte by byte."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from slipway.gateway.policy.decision import Refused
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.routes import ROUTES
from tests.gateway import policy_spec
from tests.gateway.decisions import request
from tests.gateway.recorder import serving


def test_table_has_exactly_the_rows_of_the_policy() -> None:
    rows = {f"{route.method} {re.sub('{.*?}', '{}', route.path)}": route.action for route in ROUTES}
    assert {row for row, action in rows.items() if action in ("allow", "inspect")} == {*policy_spec.PASSES}
    assert {row for row, action in rows.items() if action == "lab"} == {*policy_spec.ANSWERED_HERE}
    assert {row for row, action in rows.items() if action == "deny"} == {*policy_spec.REFUSED}
    assert (
        len(rows) == len(ROUTES) == len(policy_spec.PASSES) + len(policy_spec.ANSWERED_HERE) + len(policy_spec.REFUSED)
    )


@pytest.mark.parametrize("version", ["", "/v1.24", "/v1.45", "/v1.56"])
@pytest.mark.parametrize("row", [*policy_spec.REFUSED, *policy_spec.NO_ROUTE])
def test_denied_route_is_refused_in_every_version(row: str, version: str) -> None:
    method, _, path = row.replace("{}", "thing").partition(" ")
    assert isinstance(request(method, version + path), Refused)


UPGRADE = "Connection: Upgrade\r\nUpgrade: tcp\r\n"
CLOSE = "Connection: close\r\n"
EXEC = "e" * 64
BOUNDED = (
    '"HostConfig":{"Memory":67108864,"MemorySwap":67108864,"PidsLimit":64,"ShmSize":16777216,"NanoCpus":500000000,'
    '"LogConfig":{"Type":"json-file","Config":{"max-size":"1048576","max-file":"2"}}}'
)
JSON = "Content-Type: application/json\r\n"
TAR = "Content-Type: application/x-tar\r\n"
FORCED = "memory=134217728&memswap=134217728&cpuperiod=100000&cpuquota=50000"
KEEP = "filters=%7B%22label%21%22%3A%7B%22lab.keep%22%3Atrue%7D%7D"

REACHES: dict[str, tuple[str, str, str, str]] = {
    "GET /events": ("?since=1&filters={}", "", "?since=1", ""),
    "GET /system/df": ("?type=image&type=volume", "", "?type=image&type=volume", ""),
    "GET /containers/json": ("?all=true&size=1&limit=5000", "", "?all=1&limit=1000", ""),
    "POST /containers/create": (
        "?name=box&platform=",
        '{"Image":"busybox","Tty":false,"HostConfig":{"Privileged":false,"Memory":0}}',
        "?name=box",
        '{"Image":"busybox",' + BOUNDED + "}",
    ),
    "GET /containers/{}/json": ("?size=1", "", "", ""),
    "GET /containers/{}/logs": ("?stdout=true&follow=1&tail=-1", "", "?stdout=1&follow=1&tail=all", ""),
    "GET /containers/{}/top": ("?ps_args=aux", "", "?ps_args=aux", ""),
    "GET /containers/{}/stats": ("?stream=false&one-shot=True", "", "?stream=0&one-shot=1", ""),
    "GET /containers/{}/archive": ("?path=/etc/x%20y", "", "?path=%2Fetc%2Fx+y", ""),
    "HEAD /containers/{}/archive": ("?path=/etc", "", "?path=%2Fetc", ""),
    "PUT /containers/{}/archive": ("?path=/&copyUIDGID=true", "TAR", "?path=%2F&copyUIDGID=1", "TAR"),
    "POST /containers/{}/attach": ("?stream=1&stdin=true", "", "?stream=1&stdin=1", ""),
    "POST /containers/{}/start": ("?detachKeys=ctrl-p", "", "?detachKeys=ctrl-p", ""),
    "POST /containers/{}/stop": ("?t=999", "", "?t=60", ""),
    "POST /containers/{}/restart": ("?t=-9&signal=INT", "", "?t=-1&signal=INT", ""),
    "POST /containers/{}/kill": ("?signal=9", "", "?signal=9", ""),
    "POST /containers/{}/wait": ("?condition=next-exit", "", "?condition=next-exit", ""),
    "POST /containers/{}/resize": ("?h=0&w=80", "", "?h=1&w=80", ""),
    "POST /containers/{}/rename": ("?name=other", "", "?name=other", ""),
    "POST /containers/{}/exec": (
        "",
        '{"Tty": false, "Cmd": ["sh"], "User": "\\u00e9"}',
        "",
        '{"Cmd":["sh"],"User":"\\u00e9"}',
    ),
    "POST /exec/{}/start": ("", '{"Detach": false, "Tty": true}', "", '{"Tty":true}'),
    "POST /exec/{}/resize": ("?h=24&w=80", "", "?h=24&w=80", ""),
    "DELETE /containers/{}": ("?v=1&force=true&link=0", "", "?v=1&force=1", ""),
    "POST /images/create": ("?fromImage=docker.io/library/busybox", "", "?fromImage=busybox&tag=latest", ""),
    "POST /images/{}/tag": ("?repo=mine&tag=", "", "?repo=mine", ""),
    "DELETE /images/{}": ("?force=1", "", "?force=1", ""),
    "POST /images/prune": ("", "", f"?{KEEP}", ""),
    "POST /build": ("?t=a&t=b&remote=&cpuquota=-1", "TAR", f"?t=a&t=b&{FORCED}", "TAR"),
    "POST /build/prune": ("?all=true", "", "?all=1", ""),
    "GET /networks/{}": ("?scope=&verbose=true", "", "?verbose=1", ""),
    "POST /networks/create": ("", '{"Name": "mine", "Driver": "bridge"}', "", '{"Name":"mine","Driver":"bridge"}'),
    "POST /networks/{}/connect": ("", '{"Container": "box"}', "", '{"Container":"box"}'),
    "POST /networks/{}/disconnect": (
        "",
        '{"Force": false, "Container": "box"}',
        "",
        '{"Container":"box","Force":false}',
    ),
    "POST /volumes/create": ("", '{"Name": "data", "DriverOpts": {}}', "", '{"Name":"data"}'),
    "DELETE /volumes/{}": ("?force=1", "", "?force=1", ""),
}
"""Requests (query, body), and what reaches the engine. For a route that is not listed both are empty."""


@pytest.mark.parametrize("version", ["", "/v1.45"])
def test_allowed_request_reaches_the_engine_in_canonical_form(tmp_path: Path, version: str) -> None:
    asyncio.run(_all_of_them(tmp_path, version))


async def _all_of_them(folder: Path, version: str) -> None:
    received: list[bytes] = []

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
        rest = await reader.read()
        if b"User-Agent" in head:  # not one of the gateway's own queries
            received.append(head + rest)
        writer.close()

    assert REACHES.keys() <= {*policy_spec.PASSES}
    async with serving(folder, engine, PolicyOptions(), []), asyncio.timeout(120):
        for row in policy_spec.PASSES:
            reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
            query, body, canonical, anew = REACHES.get(row, ("", "", "", ""))
            writer.write(asked(row, version, query, body))
            assert (await reader.read()).startswith(b"HTTP/1.1 404"), row
            writer.close()
            while not received:
                await asyncio.sleep(0.01)
            assert received == [reached(row, version, canonical, anew)]
            received.clear()


def asked(row: str, version: str, query: str, body: str) -> bytes:
    """Return a request as a client may write it: with other headers, in another order."""
    method, path = named(row)
    kind = TAR if body == "TAR" else JSON if body else ""
    lines = f"X-Registry-Auth: secret\r\nContent-Length: {len(body)}\r\n{kind}Host: x\r\nUser-Agent: me\r\n"
    upgrade = UPGRADE if is_two_way(row) else ""
    return f"{method} {version}{path}{query} HTTP/1.1\r\n{lines}{upgrade}\r\n{body}".encode()


def reached(row: str, version: str, query: str, body: str) -> bytes:
    method, path = named(row)
    kind = TAR if body == "TAR" else JSON if body else ""
    length = f"Content-Length: {len(body)}\r\n" if method in ("POST", "PUT") else ""
    lines = f"Host: docker\r\nUser-Agent: me\r\n{kind}{length}{UPGRADE if is_two_way(row) else CLOSE}"
    return f"{method} {version}{path.rstrip('/')}{query} HTTP/1.1\r\n{lines}\r\n{body}".encode()


def is_two_way(row: str) -> bool:
    return row in ("POST /containers/{}/attach", "POST /exec/{}/start")


def named(row: str) -> tuple[str, str]:
    method, _, path = row.partition(" ")
    return method, path.replace("{}", EXEC if path.startswith("/exec/") else "thing")
