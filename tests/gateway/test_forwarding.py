"""What a recording engine receives: nothing of a refused call, and every allowed one whatever it answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.recorder import http_request, json_response, send_raw, serving

BOX = b"x" * 64
LEAVES = http_request(b"/containers/create?name=box", {"Image": "busybox", "HostConfig": {"AutoRemove": True}})
STAYS = http_request(b"/containers/create?name=box", {"Image": "busybox"})
STARTS = [http_request(b"/containers/" + ref + b"/start") for ref in (BOX, b"box")]


async def one_after_the_other(folder: Path, limits: GatewayLimits, *raws: bytes) -> tuple[list[int], list[bytes]]:
    """Return the status of each response, and what the engine received, for an engine with one running container."""
    received: list[bytes] = []

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        received.append(head.split(b" HTTP")[0])
        listed = json_response([{"Id": "a"}])
        made = json_response({"Id": BOX.decode()}).replace(b"200 OK", b"201 Created")
        writer.write(made if head.startswith(b"POST") else listed if b"/containers/json" in head else json_response({}))
        writer.close()

    statuses = []
    async with serving(folder, engine, PolicyOptions(limits=limits), []), asyncio.timeout(20):
        for raw in raws:
            reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
            writer.write(raw)
            statuses.append(int((await reader.read()).split(b" ")[1]))
            writer.close()
    return statuses, received


@pytest.mark.parametrize("limits", [GatewayLimits(running=1), GatewayLimits(burst=1, rate=0)])
@pytest.mark.parametrize("start", STARTS, ids=["by its id", "by its name"])
def test_auto_remove_container_is_removed_when_its_start_is_refused(
    tmp_path: Path, limits: GatewayLimits, start: bytes
) -> None:
    """`docker run --rm` waits for the removal; the engine removes the container when a start fails."""
    statuses, received = asyncio.run(one_after_the_other(tmp_path, limits, LEAVES, start, start))
    assert statuses == [201, 429, 429]
    assert [one for one in received if one.startswith(b"DELETE")] == [b"DELETE /containers/" + BOX + b"?v=1"]


@pytest.mark.parametrize(
    "raws",
    [
        (STAYS, STARTS[0]),
        (LEAVES, STARTS[0].replace(b"/start", b"/start?checkpoint=x")),
        (LEAVES, http_request(b"/containers/box/stop")),
        (STARTS[1],),
    ],
    ids=["one that stays", "a start that is no call", "a stop", "one that nobody made here"],
)
def test_other_containers_are_not_removed(tmp_path: Path, raws: tuple[bytes, ...]) -> None:
    _, received = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(running=1), *raws))
    assert not [one for one in received if one.startswith(b"DELETE")]


def test_refused_calls_do_not_reach_the_engine(tmp_path: Path) -> None:
    """Not even a query for their container: a flood of calls would be a flood of queries."""
    calls = [http_request(b"/containers/box/json", method=b"GET"), *STARTS, http_request(b"/containers/box/update")]
    statuses, received = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(burst=0), *calls))
    assert (statuses, received) == ([429] * 4, [])
    statuses, received = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(connections=0), *calls[:3]))
    assert (statuses, received) == ([429] * 3, [])
    refused = [b"GET /containers/box/export", b"POST /containers/box/update", b"GET /containers/box/attach/ws"]
    raws = [line + b" HTTP/1.1\r\nHost: x\r\n\r\n" for line in refused]
    raws += [
        http_request(b"/containers/box/exec", {"Privileged": True}),
        http_request(b"/containers/box/exec", {"Cmd": 3}),
    ]
    raws += [http_request(b"/exec/" + b"a" * 64 + b"/start", {"Detach": 0})]
    statuses, received = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(), *raws))
    assert (statuses, received) == ([403] * 6, [])


@pytest.mark.parametrize("body", [b"{}", b"[]", b"", b"null", b"3", b"hello", b'{"Id":"a"}', b'[{"Id":[]}]', b"[[3]]"])
@pytest.mark.parametrize("status", [b"200 OK", b"201 Created", b"404 Not Found"])
def test_recording_engine_receives_every_allowed_call(tmp_path: Path, body: bytes, status: bytes) -> None:
    """Whatever it answers: an answer that no engine would give means that the object does not exist."""
    answer = b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
    mine = {"Image": "busybox", "HostConfig": {"NetworkMode": "mine", "Binds": ["data:/data"]}}
    for path, request in [
        (b"/containers/create", mine),
        (b"/containers/box/exec", {"Cmd": ["true"]}),
        (b"/containers/box/start", None),
        (b"/containers/box/stop", None),
        (b"/volumes/create", {"Name": "data"}),
        (b"/networks/create", {"Name": "mine"}),
        (b"/networks/mine/connect", {"Container": "box"}),
        (b"/images/create?fromImage=busybox", None),
        (b"/images/busybox/tag?repo=mine", None),
    ]:
        place = tmp_path / path.strip(b"/").replace(b"/", b"-").decode()
        place.mkdir()
        received = send_raw(place, http_request(path, request), answer=answer).forwarded
        assert b"POST " + path in received, path
