"""What goes on and what is there already decides too: each limit has its own sentence; silence lets nothing pass."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from slipway.gateway.limits import Limits
from slipway.gateway.rules import Rules
from tests.gateway.recorder import Talk, serving, talk

THREE = [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]
UPGRADE = b"Connection: Upgrade\r\nUpgrade: tcp\r\n"
OPENED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


def says(value: Any) -> bytes:
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def post(path: bytes, body: Any = None, method: bytes = b"POST") -> bytes:
    raw = b"" if body is None else json.dumps(body).encode()
    kind = b"Content-Type: application/json\r\n" if raw else b""
    return b"%b %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n%b" % (method, path, kind, len(raw), raw)


def reason(told: Talk) -> str:
    refused: dict[str, Any] = json.loads(told.journal.splitlines()[-1])
    assert refused["message"] == told.message
    return str(refused["reason"])


CREATE = post(b"/containers/create", {"Image": "busybox"})


@pytest.mark.parametrize(
    ("raw", "there", "limits", "expected"),
    [
        (CREATE, THREE, Limits(containers=3), "limit:containers"),
        (CREATE, THREE, Limits(running=3), "limit:running"),
        (post(b"/volumes/create", {}), {"Volumes": THREE}, Limits(volumes=3), "limit:volumes"),
        (post(b"/networks/create", {"Name": "d"}), [*THREE, {"Name": "host"}], Limits(networks=3), "limit:networks"),
        (post(b"/images/create?fromImage=busybox"), THREE, Limits(images=3), "limit:images"),
        (post(b"/images/busybox/tag?repo=mine"), THREE, Limits(images=3), "limit:images"),
        (post(b"/build"), THREE, Limits(images=3), "limit:images"),
        (post(b"/build"), THREE, Limits(builds=0), "limit:build"),
        (post(b"/containers/x/archive?path=/", method=b"PUT"), {}, Limits(uploads=0), "limit:upload"),
        (post(b"/containers/x/logs?stdout=1", method=b"GET"), {}, Limits(streams=0), "limit:streams"),
        (post(b"/containers/x/wait"), {}, Limits(waits=0), "limit:wait"),
        (post(b"/events", method=b"GET"), {}, Limits(events=0), "limit:events"),
        (post(b"/containers/x/exec", {"Cmd": ["a"]}), {"ExecIDs": ["a", "b"]}, Limits(execs=2), "limit:execs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_enough_is_enough(tmp_path: Path, raw: bytes, there: Any, limits: Limits, expected: str) -> None:
    told = talk(tmp_path, raw, says=says(there), limits=limits)
    assert told.status == 429
    assert reason(told) == expected


@pytest.mark.parametrize("there", [THREE, {"Volumes": None}, {}, [], None, 3])
def test_below_the_limit_things_go_on_whatever_the_engine_calls_them(tmp_path: Path, there: Any) -> None:
    assert talk(tmp_path, post(b"/volumes/create", {}), says=says(there)).status == 200


@pytest.mark.parametrize("network", [b"deadbeef", b"mine"])
@pytest.mark.parametrize("driver", ["host", "null", "macvlan", "bridge"])
def test_a_network_is_what_the_engine_says_it_is(tmp_path: Path, network: bytes, driver: str) -> None:
    connect = post(b"/networks/" + network + b"/connect", {"Container": "box"})
    told = talk(tmp_path, connect, says=says({"Driver": driver, "Name": "x"}))
    assert told.status == (200 if driver == "bridge" else 403)
    assert (b"POST" in told.reached) == (driver == "bridge")


def test_when_the_engine_is_silent_nothing_passes_that_hangs_on_it(tmp_path: Path) -> None:
    told = talk(tmp_path, CREATE, says=b"")
    assert (told.status, reason(told)) == (503, "engine:silent")
    assert b"POST" not in told.reached


def test_only_so_many_calls_are_at_work_at_once(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def story() -> bytes:
        place = str(tmp_path / "g")
        async with serving(tmp_path, silent, Rules(limits=Limits(connections=1)), lines), asyncio.timeout(20):
            _, first = await asyncio.open_unix_connection(place)
            first.write(post(b"/version", method=b"GET"))
            while not lines:
                await asyncio.sleep(0.01)
            reader, second = await asyncio.open_unix_connection(place)
            second.write(post(b"/version", method=b"GET"))
            answer = await reader.read()
            first.close()
            second.close()
        return answer

    lines: list[str] = []
    assert asyncio.run(story()).startswith(b"HTTP/1.1 429")
    assert '"reason":"limit:connections"' in lines[1]
    assert '"cut":true' in lines[2]


def test_a_tunnel_in_which_nobody_speaks_ends(tmp_path: Path) -> None:
    start = b"POST /exec/" + b"a" * 64 + b"/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + UPGRADE
    told = talk(tmp_path, start + b"Content-Length: 2\r\n\r\n{}", says=OPENED, limits=Limits(idle=0.2))
    assert told.status == 101
    assert '"half":"ended"' in told.journal


def test_a_call_in_which_nothing_happens_is_told_so(tmp_path: Path) -> None:
    told = talk(tmp_path, post(b"/containers/box/stop"), holds=True, limits=Limits(idle=0.2))
    assert told.status == 504
    assert "closed this call" in told.message
