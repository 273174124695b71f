"""`docker run -i … </dev/null`: the client half-closes before the engine has answered, or at any other moment.

Each scenario is one attach with its own timing. Whatever the timing, the engine receives the client's data and its end,
the client gets all output of the container, and both end.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from slipway.gateway.limits import GatewayLimits
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.recorder import serving

ATTACH = (
    b"POST /containers/x/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)
OPENED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
AT_ONCE, ROUNDS = 10, 30


class Timing:
    """Pauses of zero, of a turn of the event loop, or of a few milliseconds, reproducible by seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test's timing is no secret

    async def pause(self) -> None:
        kind = self._random.random()
        if kind > 0.3:
            await asyncio.sleep(0 if kind < 0.6 else self._random.random() / 50)

    def some(self, *choices: bytes) -> bytes:
        return self._random.choice(choices)


async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Open the stream, write some output, wait for the end of the input, and echo it."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"POST"):
        writer.write(MISSING)
    else:
        timing = Timing(random.randrange(10**9))  # noqa: S311
        await timing.pause()
        writer.write(timing.some(OPENED, OPENED + b"hello "))
        await timing.pause()
        received = await reader.read()
        await timing.pause()
        writer.write(b"heard " + received)
    writer.close()


async def client(place: str, timing: Timing) -> tuple[bytes, bytes]:
    """Return what was sent, and what followed the response's head."""
    reader, writer = await asyncio.open_unix_connection(place)
    output = timing.some(b"", b"x", b"y" * 200_000)
    writer.write(ATTACH)
    await timing.pause()
    writer.write(output)
    await timing.pause()
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), answer[:200]
    return output, rest


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_attach_ends_whenever_the_client_half_closes(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        limits = GatewayLimits(rate=10_000, burst=10_000)
        async with serving(tmp_path, engine, PolicyOptions(limits=limits), []), asyncio.timeout(60):
            clients = [client(str(tmp_path / "g"), Timing(seed * AT_ONCE + number)) for number in range(AT_ONCE)]
            for output, rest in await asyncio.gather(*clients):
                assert rest.removeprefix(b"hello ") == b"heard " + output

    asyncio.run(scenario())
