"""The lines between chunks, however they are split: the same result, as soon as it is certain."""

from __future__ import annotations

import pytest

from slipway.gateway.proxy.chunked import ChunkFraming

ALLOWED_BODIES = [
    b"5\r\nhello\r\n0\r\n\r\n",
    b"1\r\n\n\r\n2\r\n\r\n\r\n0\r\n\r\n",
    b"0000000A;a=b\r\n0123456789\r\n5 \r\nhello\r\n0\r\nX: y\r\nZ: w\r\n\r\nwhat comes\nbehind",
    b"0\r\n\r\nffffffffffffffffffff\n",
    b"3",
]
BROKEN = [
    b"5\n",
    b"5\r\nhello\r\n0\n",
    b"\r\n",
    b"0x5\r",
    b"-5",
    b"123456789",
    b"5\rx",
    b"00000000000000000005",
    b"5;" + b"a" * 300,
    b"0\r\nX: y\n",
    b"0\r\n\n",
]


def fed(*parts: bytes) -> None:
    pieces = ChunkFraming()
    for part in parts:
        pieces.feed(part)


@pytest.mark.parametrize("raw", ALLOWED_BODIES)
def test_valid_chunks_pass_however_they_are_split(raw: bytes) -> None:
    for cut in range(len(raw) + 1):
        fed(raw[:cut], raw[cut:])


@pytest.mark.parametrize("raw", BROKEN)
def test_invalid_chunks_are_refused(raw: bytes) -> None:
    for cut in range(len(raw) + 1):
        with pytest.raises(ValueError, match=r"size|line"):
            fed(raw[:cut], raw[cut:])


def test_content_of_a_chunk_is_not_checked() -> None:
    fed(b"8\r\n", b"5\nzz", b"\x00\r\n?\r\n0\r\n\r\n")
