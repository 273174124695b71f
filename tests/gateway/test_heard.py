"""What an engine that only records hears: nothing of a refused call, and every honest one whatever it answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.quotas.test_admission import post, says
from tests.gateway.recorder import serving, talk

BOX = b"x" * 64
LEAVES = post(b"/containers/create?name=box", {"Image": "busybox", "HostConfig": {"AutoRemove": True}})
STAYS = post(b"/containers/create?name=box", {"Image": "busybox"})
STARTS = [post(b"/containers/" + ref + b"/start") for ref in (BOX, b"box")]


async def one_after_the_other(folder: Path, limits: GatewayLimits, *raws: bytes) -> tuple[list[int], list[bytes]]:
    """How each request is answered, and what the engine heard, of an engine where one container runs."""
    heard: list[bytes] = []

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head.split(b" HTTP")[0])
        listed = says([{"Id": "a"}])
        made = says({"Id": BOX.decode()}).replace(b"200 OK", b"201 Created")
        writer.write(made if head.startswith(b"POST") else listed if b"/containers/json" in head else says({}))
        writer.close()

    statuses = []
    async with serving(folder, engine, PolicyOptions(limits=limits), []), asyncio.timeout(20):
        for raw in raws:
            reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
            writer.write(raw)
            statuses.append(int((await reader.read()).split(b" ")[1]))
            writer.close()
    return statuses, heard


@pytest.mark.parametrize("limits", [GatewayLimits(running=1), GatewayLimits(burst=1, rate=0)])
@pytest.mark.parametrize("start", STARTS, ids=["by its id", "by its name"])
def test_a_container_that_may_not_start_and_was_to_remove_itself_is_removed(
    tmp_path: Path, limits: GatewayLimits, start: bytes
) -> None:
    """`docker run --rm` waits for the removal; the engine itself removes it when a start fails."""
    statuses, heard = asyncio.run(one_after_the_other(tmp_path, limits, LEAVES, start, start))
    assert statuses == [201, 429, 429]
    assert [one for one in heard if one.startswith(b"DELETE")] == [b"DELETE /containers/" + BOX + b"?v=1"]


@pytest.mark.parametrize(
    "raws",
    [
        (STAYS, STARTS[0]),
        (LEAVES, STARTS[0].replace(b"/start", b"/start?checkpoint=x")),
        (LEAVES, post(b"/containers/box/stop")),
        (STARTS[1],),
    ],
    ids=["one that stays", "a start that is no call", "a stop", "one that nobody made here"],
)
def test_no_other_container_is_removed(tmp_path: Path, raws: tuple[bytes, ...]) -> None:
    _, heard = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(running=1), *raws))
    assert not [one for one in heard if one.startswith(b"DELETE")]


def test_of_refused_calls_the_engine_hears_nothing(tmp_path: Path) -> None:
    """Not even a question what container they are about: a flood of them would be a flood there."""
    calls = [post(b"/containers/box/json", method=b"GET"), *STARTS, post(b"/containers/box/update")]
    statuses, heard = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(burst=0), *calls))
    assert (statuses, heard) == ([429] * 4, [])
    statuses, heard = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(connections=0), *calls[:3]))
    assert (statuses, heard) == ([429] * 3, [])
    refused = [b"GET /containers/box/export", b"POST /containers/box/update", b"GET /containers/box/attach/ws"]
    raws = [line + b" HTTP/1.1\r\nHost: x\r\n\r\n" for line in refused]
    raws += [post(b"/containers/box/exec", {"Privileged": True}), post(b"/containers/box/exec", {"Cmd": 3})]
    raws += [post(b"/exec/" + b"a" * 64 + b"/start", {"Detach": 0})]
    statuses, heard = asyncio.run(one_after_the_other(tmp_path, GatewayLimits(), *raws))
    assert (statuses, heard) == ([403] * 6, [])


@pytest.mark.parametrize("told", [b"{}", b"[]", b"", b"null", b"3", b"hello", b'{"Id":"a"}', b'[{"Id":[]}]', b"[[3]]"])
@pytest.mark.parametrize("status", [b"200 OK", b"201 Created", b"404 Not Found"])
def test_an_engine_that_only_records_hears_every_honest_call(tmp_path: Path, told: bytes, status: bytes) -> None:
    """Whatever it answers: what is no answer of an engine's says that nothing is there."""
    answer = b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(told), told)
    mine = {"Image": "busybox", "HostConfig": {"NetworkMode": "mine", "Binds": ["data:/data"]}}
    for path, body in [
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
        heard = talk(place, post(path, body), says=answer).reached
        assert b"POST " + path in heard, path
