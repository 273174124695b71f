"""What reaches the engine: a recorder listens in its place, and answers as little as the test needs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.recorder import serving, talk

UPGRADE = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
START = b"POST /exec/" + b"a" * 64 + b"/start HTTP/1.1\r\n" + UPGRADE


def test_a_call_reaches_the_engine_anew(tmp_path: Path) -> None:
    raw = b"GET /v1.41/containers/json?all=true HTTP/1.1\r\nHost: x\r\nX-Registry-Auth: secret\r\n\r\n"
    told = talk(tmp_path, raw)
    assert told.status == 404
    assert told.reached.startswith(b"GET /v1.41/containers/json?all=1 HTTP/1.1\r\n")
    assert b"secret" not in told.reached
    assert '"half":"started"' in told.journal
    assert '"half":"ended"' in told.journal


def test_bytes_after_a_failed_upgrade_reach_nobody(tmp_path: Path) -> None:
    told = talk(tmp_path, START + b"Content-Length: 2\r\n\r\n{}" + b"POST /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert told.status == 404
    assert b"smuggled" not in told.reached


def test_bytes_after_a_detached_start_reach_nobody(tmp_path: Path) -> None:
    body = b'{"Detach":true}'
    fine = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    told = talk(tmp_path, START + b"Content-Length: 15\r\n\r\n" + body + b"POST /smuggled HTTP/1.1\r\n\r\n", says=fine)
    assert told.status == 200
    assert b"Upgrade" not in told.reached
    assert b"smuggled" not in told.reached


def test_a_tunnel_that_nobody_asked_for_does_not_open(tmp_path: Path) -> None:
    opened = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello"
    told = talk(tmp_path, b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n", says=opened)
    assert told.status == 503
    assert b"hello" not in told.answer


def test_a_tunnel_carries_both_ways_and_early_bytes_wait_for_it(tmp_path: Path) -> None:
    opened = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello"
    told = talk(tmp_path, START + b"Content-Length: 2\r\n\r\n{}", b"typed", says=opened, end=True)
    head, _, rest = told.answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 UPGRADED")
    assert rest == b"hello"
    assert told.reached.endswith(b"{}typed")


def test_a_plain_answer_that_is_a_stream_carries_both_ways_too(tmp_path: Path) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nhello"
    told = talk(tmp_path, START + b"Content-Length: 2\r\n\r\n{}", b"typed", says=raw, end=True)
    head, _, rest = told.answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"chunked" not in head
    assert rest == b"hello"
    assert told.reached.endswith(b"{}typed")


@pytest.mark.parametrize("kind", [b"application/json", b"application/vnd.docker.raw-stream"])
def test_any_other_plain_answer_carries_one_way_only(tmp_path: Path, kind: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: " + kind + b"\r\n\r\n{}"
    smuggled = b"POST /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    told = talk(tmp_path, START + b"Content-Length: 2\r\n\r\n{}" + smuggled, says=answer, end=True)
    assert told.status == 200
    assert b"smuggled" not in told.reached


def test_a_tunnel_ends_when_the_engine_ends_it_though_the_client_only_half_closed(tmp_path: Path) -> None:
    """The client says no more, but reads on: so did `docker attach` when it once hung for ever."""

    async def story() -> bytes:
        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"{}")
            writer.write(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            await reader.read()  # until the client's half is closed, and only then the last word
            writer.write(b"last word")
            writer.close()

        async with serving(tmp_path, engine, PolicyOptions(), lines), asyncio.timeout(20):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "g"))
            writer.write(START + b"Content-Length: 2\r\n\r\n{}")
            await reader.readuntil(b"\r\n\r\n")
            writer.write_eof()
            rest = await reader.read()
            writer.close()
        return rest

    lines: list[str] = []
    assert asyncio.run(story()) == b"last word"
    ended = json.loads(lines[-1])
    assert (ended["half"], ended["cut"], ended["status"]) == ("ended", False, 101)


def test_a_refused_head_answers_without_a_body(tmp_path: Path) -> None:
    told = talk(tmp_path, b"HEAD /swarm HTTP/1.1\r\nHost: x\r\n\r\n")
    assert told.status == 403
    assert told.answer.endswith(b"\r\n\r\n")
    assert not told.reached


def test_a_refusal_waits_until_the_body_was_read(tmp_path: Path) -> None:
    head = b"POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n"
    told = talk(tmp_path, head, *[b"x" * 50_000] * 4)
    assert told.status == 403
    assert told.message.startswith("docker login isn't needed here")


def test_an_upload_over_the_limit_is_refused_before_the_engine_hears_of_it(tmp_path: Path) -> None:
    head = b"PUT /containers/box/archive?path=/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n"
    told = talk(tmp_path, head, b"x" * 3000, limits=GatewayLimits(archive=2000))
    assert told.status == 413
    assert b"PUT" not in told.reached


def test_an_upload_in_pieces_is_counted_as_it_comes(tmp_path: Path) -> None:
    head = b"PUT /containers/box/archive?path=/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    told = talk(tmp_path, head, piece, piece, piece, b"0\r\n\r\n", limits=GatewayLimits(archive=2000), holds=True)
    assert told.status == 413


def test_a_request_flood_is_told_to_wait(tmp_path: Path) -> None:
    told = talk(tmp_path, b"GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n", limits=GatewayLimits(burst=0))
    assert told.status == 429
    assert '"reason":"limit:rate"' in told.journal
    assert '"name":"system.ping"' in told.journal


def test_an_engine_that_is_not_there_is_no_riddle(tmp_path: Path) -> None:
    told = talk(tmp_path, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n", says=b"")
    assert told.status == 503
    assert "doesn't answer" in told.message


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b"nothing"])
def test_an_engine_that_talks_nonsense_is_passed_on_not_fallen_over(tmp_path: Path, body: bytes) -> None:
    says = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    told = talk(tmp_path, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n", says=says)
    assert told.status == 200


def test_who_stands_about_longest_gives_way_to_whoever_asks(tmp_path: Path) -> None:
    async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def story() -> bytes:
        place = str(tmp_path / "g")
        async with (
            serving(tmp_path, nobody, PolicyOptions(limits=GatewayLimits(connections=1)), []),
            asyncio.timeout(20),
        ):
            half_open = [await asyncio.open_unix_connection(place) for _ in range(30)]
            for _, writer in half_open:
                writer.write(b"GET /_ping HT")
            reader, writer = await asyncio.open_unix_connection(place)
            writer.write(b"GET /plugins HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await reader.read()
            for _, one in [*half_open, (reader, writer)]:
                one.close()
        return answer

    assert asyncio.run(story()).startswith(b"HTTP/1.1 200")
