"""An engine that only notes what reaches it, and a client that writes raw bytes to the gateway in front of it."""

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
MISSING = b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{"message":"gone"}'


@dataclass(frozen=True)
class Talk:
    """One conversation: what the client was answered, what reached the engine, and the journal."""

    answer: bytes
    reached: bytes
    journal: str

    @property
    def status(self) -> int:
        """The answer's status; 0 when the gateway hung up without one."""
        return int(self.answer.split(b" ", 2)[1]) if self.answer else 0

    @property
    def message(self) -> str:
        """What the docker client would print."""
        said: dict[str, Any] = json.loads(self.answer.partition(b"\r\n\r\n")[2])
        return str(said["message"])


def talk(
    folder: Path,
    *pieces: bytes,
    limits: GatewayLimits | None = None,
    says: bytes = MISSING,
    holds: bool = False,
    end: bool = False,
) -> Talk:
    """Send `pieces` one after the other, and read until the gateway hangs up; `end` half-closes after the last.

    The engine answers `says` to each request, or, if it `holds`, nothing to those that would change something.
    """
    lines: list[str] = []
    answer, reached = asyncio.run(
        _talk(folder, pieces, PolicyOptions(limits=limits or GatewayLimits()), says, holds, end, lines)
    )
    return Talk(answer, b"".join(reached), "".join(lines))


async def _talk(
    folder: Path, pieces: Sequence[bytes], options: PolicyOptions, says: bytes, holds: bool, end: bool, lines: list[str]
) -> tuple[bytes, list[bytes]]:
    reached: list[bytes] = []

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            reached.append(await reader.readuntil(b"\r\n\r\n"))
            held = holds and not reached[-1].startswith(b"GET ")
            writer.write(b"" if held else says)
            if says:
                reached.append(await reader.read())
        writer.close()

    reached: list[bytes] = []
    async with serving(folder, record, options, lines), asyncio.timeout(20):
        reader, writer = await asyncio.open_unix_connection(str(folder / "g"))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)  # so that the pieces arrive apart
        if end:
            writer.write_eof()
        answer = await reader.read()
        writer.close()
    return answer, reached


@asynccontextmanager
async def serving(folder: Path, engine: EngineHandler, options: PolicyOptions, lines: list[str]) -> AsyncIterator[None]:
    """A gateway at `folder`/g in front of whatever `engine` does with each connection, for a while."""
    listening = await asyncio.start_unix_server(engine, str(folder / "e"))
    proxy = Proxy(str(folder / "e"), Journal(lines.append), options)
    server = await proxy.listen(str(folder / "g"))
    try:
        yield
    finally:
        await proxy.stop()
        server.close()
        listening.close()
        await asyncio.sleep(0)  # the last connections close
