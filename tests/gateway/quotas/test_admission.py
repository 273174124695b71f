"""Limits that depend on other calls and on existing objects; a silent engine means a refusal."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.recorder import (
    EngineHandler,
    RawExchange,
    http_request,
    json_response,
    send_raw,
    send_with_answers,
    serving,
)

THREE = [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]
UPGRADE = b"Connection: Upgrade\r\nUpgrade: tcp\r\n"
OPENED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


def reason(result: RawExchange) -> str:
    refused: dict[str, Any] = json.loads(result.journal.splitlines()[-1])
    assert refused["message"] == result.message
    return str(refused["reason"])


CREATE = http_request(b"/containers/create", {"Image": "busybox"})


@pytest.mark.parametrize(
    ("raw", "there", "limits", "expected"),
    [
        (CREATE, THREE, GatewayLimits(containers=3), "limit:containers"),
        (http_request(b"/containers/x/start"), THREE, GatewayLimits(running=3), "limit:running"),
        (http_request(b"/containers/x/restart"), THREE, GatewayLimits(running=3), "limit:running"),
        (http_request(b"/volumes/create", {}), {"Volumes": THREE}, GatewayLimits(volumes=3), "limit:volumes"),
        (
            http_request(b"/networks/create", {"Name": "d"}),
            [*THREE, {"Name": "host"}],
            GatewayLimits(networks=3),
            "limit:networks",
        ),
        (http_request(b"/images/create?fromImage=busybox"), THREE, GatewayLimits(images=3), "limit:images"),
        (http_request(b"/images/busybox/tag?repo=mine"), THREE, GatewayLimits(images=3), "limit:images"),
        (http_request(b"/build"), THREE, GatewayLimits(images=3), "limit:images"),
        (http_request(b"/build"), THREE, GatewayLimits(builds=0), "limit:build"),
        (http_request(b"/containers/x/archive?path=/", method=b"PUT"), {}, GatewayLimits(uploads=0), "limit:upload"),
        (http_request(b"/containers/x/logs?stdout=1", method=b"GET"), {}, GatewayLimits(streams=0), "limit:streams"),
        (http_request(b"/containers/x/wait"), {}, GatewayLimits(waits=0), "limit:wait"),
        (http_request(b"/events", method=b"GET"), {}, GatewayLimits(events=0), "limit:events"),
        (
            http_request(b"/containers/x/archive?path=/", method=b"GET"),
            {},
            GatewayLimits(downloads=0),
            "limit:download",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_call_over_a_limit_is_refused(
    tmp_path: Path, raw: bytes, there: Any, limits: GatewayLimits, expected: str
) -> None:
    result = send_raw(tmp_path, raw, answer=json_response(there), limits=limits)
    assert result.status == 429
    assert reason(result) == expected


@pytest.mark.parametrize("there", [THREE, {"Volumes": None}, {}, [], None, 3])
def test_call_below_a_limit_passes_whatever_the_engine_answers(tmp_path: Path, there: Any) -> None:
    assert send_raw(tmp_path, http_request(b"/volumes/create", {}), answer=json_response(there)).status == 200


@pytest.mark.parametrize("network", [b"deadbeef", b"mine"])
@pytest.mark.parametrize("driver", ["host", "null", "macvlan", "bridge"])
def test_only_a_bridge_network_is_joined(tmp_path: Path, network: bytes, driver: str) -> None:
    connect = http_request(b"/networks/" + network + b"/connect", {"Container": "box"})
    result = send_raw(tmp_path, connect, answer=json_response({"Driver": driver, "Name": "x"}))
    assert result.status == (200 if driver == "bridge" else 403)
    assert (b"POST" in result.forwarded) == (driver == "bridge")


def test_call_with_a_quota_is_refused_when_the_engine_is_silent(tmp_path: Path) -> None:
    result = send_raw(tmp_path, CREATE, answer=b"")
    assert (result.status, reason(result)) == (503, "engine:silent")
    assert b"POST" not in result.forwarded


def test_calls_in_progress_are_limited(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def scenario() -> bytes:
        place = str(tmp_path / "g")
        async with (
            serving(tmp_path, silent, PolicyOptions(limits=GatewayLimits(connections=1)), lines),
            asyncio.timeout(20),
        ):
            _, first = await asyncio.open_unix_connection(place)
            first.write(http_request(b"/version", method=b"GET"))
            while not lines:
                await asyncio.sleep(0.01)
            reader, second = await asyncio.open_unix_connection(place)
            second.write(http_request(b"/version", method=b"GET"))
            answer = await reader.read()
            first.close()
            second.close()
        return answer

    lines: list[str] = []
    assert asyncio.run(scenario()).startswith(b"HTTP/1.1 429")
    assert '"reason":"limit:connections"' in lines[1]
    assert '"cut":true' in lines[2]


def test_idle_tunnel_ends(tmp_path: Path) -> None:
    start = b"POST /exec/" + b"a" * 64 + b"/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + UPGRADE
    result = send_raw(tmp_path, start + b"Content-Length: 2\r\n\r\n{}", answer=OPENED, limits=GatewayLimits(idle=0.2))
    assert result.status == 101
    assert '"half":"ended"' in result.journal


def test_idle_call_gets_a_message(tmp_path: Path) -> None:
    result = send_raw(
        tmp_path, http_request(b"/containers/box/stop"), answer_only_get=True, limits=GatewayLimits(idle=0.2)
    )
    assert result.status == 504
    assert "closed this call" in result.message


def test_execs_of_all_containers_are_counted_together(tmp_path: Path) -> None:
    there = {b"/containers/json": [{"Id": "a"}, {"Id": "b"}], b"/containers/": {"Id": "a", "ExecIDs": ["x", "y"]}}
    raw = http_request(b"/containers/a/exec", {"Cmd": ["true"]})
    answer, journal = asyncio.run(send_with_answers(tmp_path, raw, GatewayLimits(execs=4), there))
    assert answer.startswith(b"HTTP/1.1 429")
    assert '"reason":"limit:execs"' in journal


def test_volumes_of_a_create_are_counted_before_it(tmp_path: Path) -> None:
    there = {b"/containers/json": [], b"/volumes": {"Volumes": [{"Name": "a"}, {"Name": "b"}]}}
    raw = http_request(
        b"/containers/create", {"Image": "busybox", "Volumes": {"/x": {}}, "HostConfig": {"Binds": ["a:/a"]}}
    )
    answer, journal = asyncio.run(send_with_answers(tmp_path, raw, GatewayLimits(volumes=2), there))
    assert answer.startswith(b"HTTP/1.1 429")
    assert '"reason":"limit:volumes"' in journal


def test_health_check_of_an_image_is_slowed_down(tmp_path: Path) -> None:
    image = {"Config": {"Healthcheck": {"Test": ["CMD", "x"], "Interval": 10**6, "Timeout": 10**10, "StartPeriod": 0}}}
    result = send_raw(tmp_path, http_request(b"/containers/create", {"Image": "busybox"}), answer=json_response(image))
    body = result.forwarded[result.forwarded.index(b"POST") :].partition(b"\r\n\r\n")[2].partition(b"GET ")[0]
    assert json.loads(body)["Healthcheck"] == {"Interval": 10**9}


def test_running_container_may_be_started_again_at_the_limit(tmp_path: Path) -> None:
    there = {b"GET /containers/json": [{"Id": "x" * 64}], b"GET /containers/": {"Id": "x" * 64}, b"POST": {}}
    answer, _ = asyncio.run(
        send_with_answers(tmp_path, http_request(b"/containers/box/start"), GatewayLimits(running=1), there)
    )
    assert answer.startswith(b"HTTP/1.1 200")


PULL = http_request(b"/images/create?fromImage=busybox")


def test_pending_pull_counts_as_an_image(tmp_path: Path) -> None:
    """Otherwise thirty pulls at once could each take the last place."""

    async def scenario() -> tuple[bytes, bytes]:
        pulled, first = asyncio.Event(), asyncio.Event()

        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if (await reader.readuntil(b"\r\n\r\n")).startswith(b"POST"):
                first.set()
                await pulled.wait()
            writer.write(json_response([]))
            writer.close()

        async with serving(tmp_path, engine, PolicyOptions(limits=GatewayLimits(images=1)), []), asyncio.timeout(20):
            one = await asyncio.open_unix_connection(str(tmp_path / "g"))
            one[1].write(PULL)
            await first.wait()
            two = await asyncio.open_unix_connection(str(tmp_path / "g"))
            two[1].write(PULL)
            answers = [await two[0].read()]
            pulled.set()
            answers.append(await one[0].read())
            for _, writer in (one, two):
                writer.close()
        return answers[0], answers[1]

    second, first = asyncio.run(scenario())
    assert second.startswith(b"HTTP/1.1 429")
    assert first.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("tag", "status"), [("busybox:latest", 200), ("busybox:old", 429)])
def test_existing_image_may_be_pulled_again_at_the_limit(tmp_path: Path, tag: str, status: int) -> None:
    assert (
        send_raw(tmp_path, PULL, answer=json_response([{"RepoTags": [tag]}]), limits=GatewayLimits(images=1)).status
        == status
    )


def test_disk_walks_are_rate_limited(tmp_path: Path) -> None:
    async def scenario() -> list[bytes]:
        answers = []
        async with (
            serving(tmp_path, _answering({}), PolicyOptions(limits=GatewayLimits(walks=0.001)), []),
            asyncio.timeout(20),
        ):
            for _ in range(5):
                reader, writer = await asyncio.open_unix_connection(str(tmp_path / "g"))
                writer.write(http_request(b"/system/df", method=b"GET"))
                answers.append((await reader.read())[:12])
                writer.close()
        return answers

    assert asyncio.run(scenario()) == [b"HTTP/1.1 200"] * 4 + [b"HTTP/1.1 429"]


def _answering(value: Any) -> EngineHandler:
    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(json_response(value))
        writer.close()

    return engine


def test_client_that_leaves_before_the_tunnel_opens_is_dropped(tmp_path: Path) -> None:
    """An attach to a container that does not answer, then Ctrl-C."""

    async def scenario() -> None:
        left = asyncio.Event()

        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"POST"):
                writer.write(json_response({}))
            else:
                await reader.read()  # until the gateway disconnects
                left.set()
            writer.close()

        async with serving(tmp_path, engine, PolicyOptions(), []), asyncio.timeout(20):
            _, writer = await asyncio.open_unix_connection(str(tmp_path / "g"))
            writer.write(b"POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n")
            await asyncio.sleep(0.1)
            writer.close()
            await left.wait()

    asyncio.run(scenario())


STAT = b"X-Docker-Container-Path-Stat: %b\r\n"


@pytest.mark.parametrize(
    ("stat", "body", "status"),
    [
        ({"name": "f", "size": 3 << 20, "mode": 0o644}, b"", 413),
        ({"name": "f", "size": 10, "mode": 0o644}, b"x" * 2048, 200),
        ({"name": "d", "size": 4096, "mode": 1 << 31}, b"x" * (2 << 20), 200),
    ],
    ids=["a file that is too large", "a small file", "a large directory"],
)
def test_copy_out_is_limited(tmp_path: Path, stat: Any, body: bytes, status: int) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + STAT % base64.b64encode(json.dumps(stat).encode())
    result = send_raw(
        *(tmp_path, http_request(b"/containers/x/archive?path=/f", method=b"GET")),
        answer=head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        limits=GatewayLimits(archive=1 << 20),
    )
    assert result.status == status
    whole = len(result.response.partition(b"\r\n\r\n")[2]) >= len(body)
    assert whole == (len(body) < 1 << 20)
    assert ("takes at most 1 MiB out of" in result.journal) == (status == 413 or len(body) > 1 << 20)
