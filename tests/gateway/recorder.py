"""An engine that records what reaches it, and a client that sends raw bytes to the gateway in front of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from slipway.gateway.journal.journal import Journal
from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.proxy.server import Proxy

EngineHandler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
NOT_FOUND = b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{"message":"gone"}'


def http_request(path: bytes, body: Any = None, method: bytes = b"POST") -> bytes:
    """Return a request as bytes, with a JSON body if one is given."""
    raw = b"" if body is None else json.dumps(body).encode()
    content_type = b"Content-Type: application/json\r\n" if raw else b""
    return b"%b %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n%b" % (method, path, content_type, len(raw), raw)


def json_response(value: Any) -> bytes:
    """Return a response of the engine as bytes."""
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@dataclass(frozen=True)
class RawExchange:
    """The client's response, what reached the engine, and the journal."""

    response: bytes
    forwarded: bytes
    journal: str

    @property
    def status(self) -> int:
        """The response's status; 0 if the gateway disconnected without one."""
        return int(self.response.split(b" ", 2)[1]) if self.response else 0

    @property
    def message(self) -> str:
        """What the docker client would print."""
        body: dict[str, Any] = json.loads(self.response.partition(b"\r\n\r\n")[2])
        return str(body["message"])


def send_raw(
    folder: Path,
    *pieces: bytes,
    limits: GatewayLimits | None = None,
    answer: bytes = NOT_FOUND,
    answer_only_get: bool = False,
    half_close: bool = False,
) -> RawExchange:
    """Send `pieces` one after the other, and read until the gateway disconnects; `half_close` after the last.

    The engine gives the `answer` to each request, or only to GET requests.
    """
    lines: list[str] = []
    options = PolicyOptions(limits=limits or GatewayLimits())
    response, forwarded = asyncio.run(_send_raw(folder, pieces, options, answer, answer_only_get, half_close, lines))
    return RawExchange(response, b"".join(forwarded), "".join(lines))


async def _send_raw(
    folder: Path,
    pieces: Sequence[bytes],
    options: PolicyOptions,
    answer: bytes,
    answer_only_get: bool,
    half_close: bool,
    lines: list[str],
) -> tuple[bytes, list[bytes]]:
    forwarded: list[bytes] = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            forwarded.append(await reader.readuntil(b"\r\n\r\n"))
            silent = answer_only_get and not forwarded[-1].startswith(b"GET ")
            writer.write(b"" if silent else answer)
            if answer:
                forwarded.append(await reader.read())
        writer.close()

    async with serving(folder, record, options, lines), asyncio.timeout(20):
        reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)  # so that the pieces arrive separately
        if half_close:
            writer.write_eof()
        response = await reader.read()
        writer.close()
    return response, forwarded


async def send_with_answers(
    folder: Path, raw: bytes, limits: GatewayLimits, answers: dict[bytes, Any], requests: list[bytes] | None = None
) -> tuple[bytes, str]:
    """Return the response and the journal when the engine has an answer for each path; it notes its `requests`."""

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if requests is not None:
            requests.append(head.split(b" HTTP")[0])
        value = next((answer for path, answer in answers.items() if path in head), None)
        missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        writer.write(missing if value is None else json_response(value))
        writer.close()

    lines: list[str] = []
    async with serving(folder, engine, PolicyOptions(limits=limits), lines), asyncio.timeout(20):
        reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
        writer.write(raw)
        response = await reader.read()
        writer.close()
    return response, "".join(lines)


@asynccontextmanager
async def serving(folder: Path, engine: EngineHandler, options: PolicyOptions, lines: list[str]) -> AsyncIterator[None]:
    """Run a gateway at `folder`/g in front of an engine that handles each connection with `engine`."""
    listening = await asyncio.start_unix_server(engine, str(folder / "e"))
    proxy = Proxy(str(folder / "e"), Journal(lines.append), options)
    server = await proxy.listen(str(folder / "g"))
    try:
        yield
    finally:
        await proxy.stop()
        server.close()
        listening.close()
        await asyncio.sleep(0)  # let the last connections close
