"""What reaches the engine: a recorder listens in its place, and answers as little as the test needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from slipway.gateway.journal import Journal
from slipway.gateway.proxy import Proxy
from slipway.gateway.rules import Rules

MISSING = b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{"message":"gone"}'


async def _talk(folder: Path, raw: bytes, lines: list[str]) -> tuple[bytes, list[bytes]]:
    """Send `raw` through a gateway; the client's answer, and each request that reached the engine."""
    reached: list[bytes] = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(MISSING)
        await writer.drain()
        reached.append(await reader.read())
        writer.close()

    engine = await asyncio.start_unix_server(record, str(folder / "e"))
    proxy = Proxy(str(folder / "e"), Journal(lines.append), Rules())
    server = await proxy.listen(str(folder / "g"))
    reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
    writer.write(raw)
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    await proxy.stop()
    server.close()
    engine.close()
    return answer, reached


def talk(folder: Path, raw: bytes) -> tuple[bytes, bytes, str]:
    """The client's answer, all bytes that reached the engine, and the journal."""
    lines: list[str] = []
    answer, reached = asyncio.run(_talk(folder, raw, lines))
    return answer, b"".join(reached), "".join(lines)


def test_a_call_reaches_the_engine_anew(tmp_path: Path) -> None:
    raw = b"GET /v1.41/containers/json?all=true HTTP/1.1\r\nHost: x\r\nX-Registry-Auth: secret\r\n\r\n"
    answer, reached, journal = talk(tmp_path, raw)
    assert answer.startswith(b"HTTP/1.1 404")
    assert reached.startswith(b"GET /v1.41/containers/json?all=1 HTTP/1.1\r\n")
    assert b"secret" not in reached
    assert '"half":"started"' in journal
    assert '"half":"ended"' in journal


def test_bytes_after_a_failed_upgrade_reach_nobody(tmp_path: Path) -> None:
    upgrade = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
    start = b"POST /exec/" + b"a" * 64 + b"/start HTTP/1.1\r\n" + upgrade + b"Content-Length: 2\r\n\r\n{}"
    answer, reached, _ = talk(tmp_path, start + b"POST /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"smuggled" not in reached


def test_a_request_with_two_lengths_is_refused(tmp_path: Path) -> None:
    lengths = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    raw = b"POST /containers/create HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n0\r\n\r\n"
    answer, reached, journal = talk(tmp_path, raw)
    assert answer.startswith(b"HTTP/1.1 400")
    assert not reached
    assert '"half":"refused"' in journal


def test_a_refused_head_answers_without_a_body(tmp_path: Path) -> None:
    answer, reached, _ = talk(tmp_path, b"HEAD /swarm HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")
    assert answer.endswith(b"\r\n\r\n")
    assert not reached
