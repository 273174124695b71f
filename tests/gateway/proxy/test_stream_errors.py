"""Why a stream breaks off: the message has the stream's own form, or there is none, and the client sees the break.

One client prints what another does not understand. In each scenario an engine sends a little, then dies or is silent.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.quotas.test_admission import OPENED, UPGRADE
from tests.gateway.recorder import http_request, json_response, serving

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GONE, QUIET = b"The engine of this sandbox doesn't answer", b"Nothing has happened here for a long while"
LAST = b"0\r\n\r\n"
LOGS = http_request(b"/containers/box/logs?follow=1&stdout=1", method=b"GET")
WAIT = http_request(b"/containers/box/wait")
ATTACH = b"POST /containers/box/attach?stream=1 HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def framed(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def run_call(
    folder: Path, raw: bytes, *output: bytes, tty: bool = False, dies: bool = True, limits: GatewayLimits | None = None
) -> tuple[bytes, dict[str, Any]]:
    """Return what the client receives, and the call's last record, for an engine that sends `output` with pauses and
    then `dies` or is silent."""

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" HTTP")[0].endswith(b"/json"):
            writer.write(json_response({"Id": "b" * 64, "Config": {"Tty": tty}}))
            return writer.close()
        for number, piece in enumerate(output):
            await asyncio.sleep(0.5 if number else 0)
            writer.write(piece)
        if not dies:
            await reader.read()
        return writer.close()

    async def scenario() -> bytes:
        async with serving(folder, engine, PolicyOptions(limits=limits or GatewayLimits()), lines), asyncio.timeout(20):
            reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
            writer.write(raw)
            answer = await reader.read()
            writer.close()
        return answer.partition(b"\r\n\r\n")[2]

    lines: list[str] = []
    return asyncio.run(scenario()), json.loads(lines[-1])


def test_wait_may_last_longer_than_an_idle_stream(tmp_path: Path) -> None:
    """The engine answers a wait's head at once, its body when the container has ended; `docker run` depends on it."""
    received, _ = run_call(tmp_path, WAIT, CHUNKED, chunk(b'{"StatusCode":3}') + LAST, limits=GatewayLimits(idle=0.1))
    assert received == chunk(b'{"StatusCode":3}') + LAST


def test_wait_ends_when_its_client_disconnects(tmp_path: Path) -> None:
    async def scenario() -> None:
        left = asyncio.Event()

        async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if (await reader.readuntil(b"\r\n\r\n")).startswith(b"POST"):
                writer.write(CHUNKED)
                await reader.read()  # until the gateway disconnects
                left.set()
            writer.close()

        async with serving(tmp_path, engine, PolicyOptions(), []), asyncio.timeout(20):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "g"))
            writer.write(WAIT)
            await reader.readuntil(b"\r\n\r\n")
            writer.close()
            await left.wait()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("tty", "output", "expected"),
    [
        (False, framed(1, b"tick\n"), framed(2, GONE)),
        (True, b"tick\r\n", b"\r\n" + GONE),
    ],
    ids=["without a terminal: a frame for standard error", "with a terminal: as it is"],
)
def test_logs_end_with_a_message(tmp_path: Path, tty: bool, output: bytes, expected: bytes) -> None:
    received, ended = run_call(tmp_path, LOGS, CHUNKED + chunk(output), tty=tty)
    _, _, word = received.partition(chunk(output))
    assert word.partition(b"\r\n")[2].startswith(expected[:4])
    assert GONE in word
    assert b"errorDetail" not in received
    assert not received.endswith(LAST)
    assert GONE.decode() in ended["message"]
    if not tty:
        size = int.from_bytes(word.partition(b"\r\n")[2][4:8], "big")
        assert word.partition(b"\r\n")[2][8:][:size].endswith(b"again.\n")


def test_no_message_in_the_middle_of_a_frame(tmp_path: Path) -> None:
    output = CHUNKED + chunk(framed(1, b"tick\n")[:10])
    received, ended = run_call(tmp_path, LOGS, output)
    assert received == chunk(framed(1, b"tick\n")[:10])
    assert GONE.decode() in ended["message"]


@pytest.mark.parametrize("target", [b"/images/create?fromImage=busybox", b"/build"])
def test_stream_of_json_messages_ends_with_one(tmp_path: Path, target: bytes) -> None:
    received, _ = run_call(tmp_path, http_request(target), CHUNKED + chunk(b'{"status":"x"}\r\n'))
    line = received.partition(chunk(b'{"status":"x"}\r\n'))[2].partition(b"\r\n")[2]
    assert json.loads(line)["error"].startswith(GONE.decode())
    assert not received.endswith(LAST)


@pytest.mark.parametrize("target", [b"/containers/box/stats", b"/events"])
def test_stream_without_a_form_for_messages_breaks_off(tmp_path: Path, target: bytes) -> None:
    received, ended = run_call(tmp_path, http_request(target, method=b"GET"), CHUNKED + chunk(b"{}\n"))
    assert received == chunk(b"{}\n")
    assert GONE.decode() in ended["message"]


def test_wait_that_breaks_off_ends_with_a_message_in_text(tmp_path: Path) -> None:
    """As text where JSON is expected: the client prints it."""
    received, _ = run_call(tmp_path, WAIT, CHUNKED)
    assert received.partition(b"\r\n")[2].startswith(GONE)
    assert not received.endswith(LAST)


@pytest.mark.parametrize(("tty", "begins"), [(False, framed(2, QUIET)[:4]), (True, b"\r\n" + QUIET)])
def test_idle_tunnel_ends_with_a_message(tmp_path: Path, tty: bool, begins: bytes) -> None:
    output = b"/ # " if tty else framed(1, b"tick\n")
    received, ended = run_call(tmp_path, ATTACH, OPENED + output, tty=tty, dies=False, limits=GatewayLimits(idle=0.2))
    assert received.startswith(output + begins)
    assert QUIET in received
    assert (ended["status"], ended["cut"]) == (101, False)
    assert QUIET.decode() in ended["message"]


def test_idle_tunnel_in_the_middle_of_a_frame_ends_without_a_message(tmp_path: Path) -> None:
    received, _ = run_call(
        tmp_path, ATTACH, OPENED + framed(1, b"tick\n")[:9], dies=False, limits=GatewayLimits(idle=0.2)
    )
    assert received == framed(1, b"tick\n")[:9]
