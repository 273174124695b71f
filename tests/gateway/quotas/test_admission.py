"""What goes on and what is there already decides too: each limit has its own sentence; silence lets nothing pass."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.recorder import EngineHandler, Talk, serving, talk

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


async def by_path(
    folder: Path, raw: bytes, limits: GatewayLimits, answers: dict[bytes, Any], asked: list[bytes] | None = None
) -> tuple[bytes, str]:
    """What a client is told, and the journal, when the engine answers each path in its own way."""

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(head.split(b" HTTP")[0])
        value = next((answer for path, answer in answers.items() if path in head), None)
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" if value is None else says(value))
        writer.close()

    lines: list[str] = []
    async with serving(folder, engine, PolicyOptions(limits=limits), lines), asyncio.timeout(20):
        reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
        writer.write(raw)
        answer = await reader.read()
        writer.close()
    return answer, "".join(lines)


CREATE = post(b"/containers/create", {"Image": "busybox"})


@pytest.mark.parametrize(
    ("raw", "there", "limits", "expected"),
    [
        (CREATE, THREE, GatewayLimits(containers=3), "limit:containers"),
        (post(b"/containers/x/start"), THREE, GatewayLimits(running=3), "limit:running"),
        (post(b"/containers/x/restart"), THREE, GatewayLimits(running=3), "limit:running"),
        (post(b"/volumes/create", {}), {"Volumes": THREE}, GatewayLimits(volumes=3), "limit:volumes"),
        (
            post(b"/networks/create", {"Name": "d"}),
            [*THREE, {"Name": "host"}],
            GatewayLimits(networks=3),
            "limit:networks",
        ),
        (post(b"/images/create?fromImage=busybox"), THREE, GatewayLimits(images=3), "limit:images"),
        (post(b"/images/busybox/tag?repo=mine"), THREE, GatewayLimits(images=3), "limit:images"),
        (post(b"/build"), THREE, GatewayLimits(images=3), "limit:images"),
        (post(b"/build"), THREE, GatewayLimits(builds=0), "limit:build"),
        (post(b"/containers/x/archive?path=/", method=b"PUT"), {}, GatewayLimits(uploads=0), "limit:upload"),
        (post(b"/containers/x/logs?stdout=1", method=b"GET"), {}, GatewayLimits(streams=0), "limit:streams"),
        (post(b"/containers/x/wait"), {}, GatewayLimits(waits=0), "limit:wait"),
        (post(b"/events", method=b"GET"), {}, GatewayLimits(events=0), "limit:events"),
        (post(b"/containers/x/archive?path=/", method=b"GET"), {}, GatewayLimits(downloads=0), "limit:download"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_enough_is_enough(tmp_path: Path, raw: bytes, there: Any, limits: GatewayLimits, expected: str) -> None:
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
        async with (
            serving(tmp_path, silent, PolicyOptions(limits=GatewayLimits(connections=1)), lines),
            asyncio.timeout(20),
        ):
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
    told = talk(tmp_path, start + b"Content-Length: 2\r\n\r\n{}", says=OPENED, limits=GatewayLimits(idle=0.2))
    assert told.status == 101
    assert '"half":"ended"' in told.journal


def test_a_call_in_which_nothing_happens_is_told_so(tmp_path: Path) -> None:
    told = talk(tmp_path, post(b"/containers/box/stop"), holds=True, limits=GatewayLimits(idle=0.2))
    assert told.status == 504
    assert "closed this call" in told.message


def test_the_commands_of_all_containers_are_counted_together(tmp_path: Path) -> None:
    there = {b"/containers/json": [{"Id": "a"}, {"Id": "b"}], b"/containers/": {"Id": "a", "ExecIDs": ["x", "y"]}}
    raw = post(b"/containers/a/exec", {"Cmd": ["true"]})
    answer, journal = asyncio.run(by_path(tmp_path, raw, GatewayLimits(execs=4), there))
    assert answer.startswith(b"HTTP/1.1 429")
    assert '"reason":"limit:execs"' in journal


def test_the_volumes_that_a_container_brings_count_before_they_are_made(tmp_path: Path) -> None:
    there = {b"/containers/json": [], b"/volumes": {"Volumes": [{"Name": "a"}, {"Name": "b"}]}}
    raw = post(b"/containers/create", {"Image": "busybox", "Volumes": {"/x": {}}, "HostConfig": {"Binds": ["a:/a"]}})
    answer, journal = asyncio.run(by_path(tmp_path, raw, GatewayLimits(volumes=2), there))
    assert answer.startswith(b"HTTP/1.1 429")
    assert '"reason":"limit:volumes"' in journal


def test_a_health_check_of_an_images_own_pauses_too(tmp_path: Path) -> None:
    image = {"Config": {"Healthcheck": {"Test": ["CMD", "x"], "Interval": 10**6, "Timeout": 10**10, "StartPeriod": 0}}}
    told = talk(tmp_path, post(b"/containers/create", {"Image": "busybox"}), says=says(image))
    body = told.reached[told.reached.index(b"POST") :].partition(b"\r\n\r\n")[2].partition(b"GET ")[0]
    assert json.loads(body)["Healthcheck"] == {"Interval": 10**9}


def test_a_container_that_runs_may_be_started_again_though_the_house_is_full(tmp_path: Path) -> None:
    there = {b"GET /containers/json": [{"Id": "x" * 64}], b"GET /containers/": {"Id": "x" * 64}, b"POST": {}}
    answer, _ = asyncio.run(by_path(tmp_path, post(b"/containers/box/start"), GatewayLimits(running=1), there))
    assert answer.startswith(b"HTTP/1.1 200")


PULL = post(b"/images/create?fromImage=busybox")


def test_a_pull_that_is_on_its_way_counts_as_an_image(tmp_path: Path) -> None:
    """Else thirty pulls at once would all be the last one."""

    async def story() -> tuple[bytes, bytes]:
        pulled, first = asyncio.Event(), asyncio.Event()

        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if (await reader.readuntil(b"\r\n\r\n")).startswith(b"POST"):
                first.set()
                await pulled.wait()
            writer.write(says([]))
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

    second, first = asyncio.run(story())
    assert second.startswith(b"HTTP/1.1 429")
    assert first.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("tag", "status"), [("busybox:latest", 200), ("busybox:old", 429)])
def test_an_image_that_is_there_may_be_pulled_again_though_the_house_is_full(
    tmp_path: Path, tag: str, status: int
) -> None:
    assert talk(tmp_path, PULL, says=says([{"RepoTags": [tag]}]), limits=GatewayLimits(images=1)).status == status


def test_the_disk_is_walked_now_and_then_only(tmp_path: Path) -> None:
    async def story() -> list[bytes]:
        answers = []
        async with (
            serving(tmp_path, _answering({}), PolicyOptions(limits=GatewayLimits(walks=0.001)), []),
            asyncio.timeout(20),
        ):
            for _ in range(5):
                reader, writer = await asyncio.open_unix_connection(str(tmp_path / "g"))
                writer.write(post(b"/system/df", method=b"GET"))
                answers.append((await reader.read())[:12])
                writer.close()
        return answers

    assert asyncio.run(story()) == [b"HTTP/1.1 200"] * 4 + [b"HTTP/1.1 429"]


def _answering(value: Any) -> EngineHandler:
    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says(value))
        writer.close()

    return engine


def test_who_leaves_before_the_engine_opens_the_tunnel_is_not_served_for_ever(tmp_path: Path) -> None:
    """An attach to a container that does not answer, and Ctrl-C."""

    async def story() -> None:
        left = asyncio.Event()

        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"POST"):
                writer.write(says({}))
            else:
                await reader.read()  # until the gateway hangs up
                left.set()
            writer.close()

        async with serving(tmp_path, engine, PolicyOptions(), []), asyncio.timeout(20):
            _, writer = await asyncio.open_unix_connection(str(tmp_path / "g"))
            writer.write(b"POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n")
            await asyncio.sleep(0.1)
            writer.close()
            await left.wait()

    asyncio.run(story())


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
def test_a_copy_out_has_a_bound_as_a_copy_in_has(tmp_path: Path, stat: Any, body: bytes, status: int) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + STAT % base64.b64encode(json.dumps(stat).encode())
    told = talk(
        *(tmp_path, post(b"/containers/x/archive?path=/f", method=b"GET")),
        says=head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        limits=GatewayLimits(archive=1 << 20),
    )
    assert told.status == status
    whole = len(told.answer.partition(b"\r\n\r\n")[2]) >= len(body)
    assert whole == (len(body) < 1 << 20)
    assert ("takes at most 1 MiB out of" in told.journal) == (status == 413 or len(body) > 1 << 20)
