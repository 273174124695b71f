"""What reaches the engine: a recorder takes its place, and answers as little as the test needs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.recorder import send_raw, serving

UPGRADE = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
START = b"POST /exec/" + b"a" * 64 + b"/start HTTP/1.1\r\n" + UPGRADE


def test_call_is_rewritten_for_the_engine(tmp_path: Path) -> None:
    raw = b"GET /v1.41/containers/json?all=true HTTP/1.1\r\nHost: x\r\nX-Registry-Auth: secret\r\n\r\n"
    result = send_raw(tmp_path, raw)
    assert result.status == 404
    assert result.forwarded.startswith(b"GET /v1.41/containers/json?all=1 HTTP/1.1\r\n")
    assert b"secret" not in result.forwarded
    assert '"half":"started"' in result.journal
    assert '"half":"ended"' in result.journal


def test_bytes_after_a_failed_upgrade_are_not_forwarded(tmp_path: Path) -> None:
    result = send_raw(tmp_path, START + b"Content-Length: 2\r\n\r\n{}" + b"POST /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert result.status == 404
    assert b"smuggled" not in result.forwarded


def test_bytes_after_a_detached_start_are_not_forwarded(tmp_path: Path) -> None:
    body = b'{"Detach":true}'
    fine = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    result = send_raw(
        tmp_path, START + b"Content-Length: 15\r\n\r\n" + body + b"POST /smuggled HTTP/1.1\r\n\r\n", answer=fine
    )
    assert result.status == 200
    assert b"Upgrade" not in result.forwarded
    assert b"smuggled" not in result.forwarded


def test_tunnel_without_a_request_for_one_does_not_open(tmp_path: Path) -> None:
    opened = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello"
    result = send_raw(tmp_path, b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n", answer=opened)
    assert result.status == 503
    assert b"hello" not in result.response


def test_tunnel_passes_bytes_both_ways_and_holds_early_bytes(tmp_path: Path) -> None:
    opened = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello"
    result = send_raw(tmp_path, START + b"Content-Length: 2\r\n\r\n{}", b"typed", answer=opened, half_close=True)
    head, _, rest = result.response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 UPGRADED")
    assert rest == b"hello"
    assert result.forwarded.endswith(b"{}typed")


def test_plain_response_that_is_a_stream_passes_bytes_both_ways(tmp_path: Path) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nhello"
    result = send_raw(tmp_path, START + b"Content-Length: 2\r\n\r\n{}", b"typed", answer=raw, half_close=True)
    head, _, rest = result.response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"chunked" not in head
    assert rest == b"hello"
    assert result.forwarded.endswith(b"{}typed")


@pytest.mark.parametrize("kind", [b"application/json", b"application/vnd.docker.raw-stream"])
def test_other_plain_response_passes_bytes_one_way(tmp_path: Path, kind: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: " + kind + b"\r\n\r\n{}"
    smuggled = b"POST /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    result = send_raw(tmp_path, START + b"Content-Length: 2\r\n\r\n{}" + smuggled, answer=answer, half_close=True)
    assert result.status == 200
    assert b"smuggled" not in result.forwarded


def test_tunnel_with_half_closed_client_ends_when_the_engine_ends_it(tmp_path: Path) -> None:
    """The client half-closes but reads on: `docker attach` once hung forever."""

    async def scenario() -> bytes:
        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"{}")
            writer.write(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            await reader.read()  # until the client has half-closed; only then the last output
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
    assert asyncio.run(scenario()) == b"last word"
    ended = json.loads(lines[-1])
    assert (ended["half"], ended["cut"], ended["status"]) == ("ended", False, 101)


def test_refused_head_request_has_no_body(tmp_path: Path) -> None:
    result = send_raw(tmp_path, b"HEAD /swarm HTTP/1.1\r\nHost: x\r\n\r\n")
    assert result.status == 403
    assert result.response.endswith(b"\r\n\r\n")
    assert not result.forwarded


def test_refusal_is_sent_after_the_body_has_been_read(tmp_path: Path) -> None:
    head = b"POST /auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n"
    result = send_raw(tmp_path, head, *[b"x" * 50_000] * 4)
    assert result.status == 403
    assert result.message.startswith("docker login isn't needed here")


def test_upload_over_the_limit_is_refused_before_it_reaches_the_engine(tmp_path: Path) -> None:
    head = b"PUT /containers/box/archive?path=/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n"
    result = send_raw(tmp_path, head, b"x" * 3000, limits=GatewayLimits(archive=2000))
    assert result.status == 413
    assert b"PUT" not in result.forwarded


def test_chunked_upload_is_counted_as_it_arrives(tmp_path: Path) -> None:
    head = b"PUT /containers/box/archive?path=/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    result = send_raw(
        tmp_path, head, piece, piece, piece, b"0\r\n\r\n", limits=GatewayLimits(archive=2000), answer_only_get=True
    )
    assert result.status == 413


def test_request_flood_is_refused(tmp_path: Path) -> None:
    result = send_raw(tmp_path, b"GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n", limits=GatewayLimits(burst=0))
    assert result.status == 429
    assert '"reason":"limit:rate"' in result.journal
    assert '"name":"system.ping"' in result.journal


def test_missing_engine_is_reported(tmp_path: Path) -> None:
    result = send_raw(tmp_path, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n", answer=b"")
    assert result.status == 503
    assert "doesn't answer" in result.message


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b"nothing"])
def test_invalid_answer_of_the_engine_is_passed_on(tmp_path: Path, body: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )
    result = send_raw(tmp_path, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n", answer=answer)
    assert result.status == 200


def test_oldest_idle_connection_is_closed_for_a_new_one(tmp_path: Path) -> None:
    async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def scenario() -> bytes:
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

    assert asyncio.run(scenario()).startswith(b"HTTP/1.1 200")
