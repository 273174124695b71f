"""Frames of clients, split and decoded: wsproto and our codec understand each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Ping, TextMessage

from slipway.web.sockets import frames


def from_client(event: TextMessage | BytesMessage | Ping) -> bytes:
    return bytes(Connection(ConnectionType.CLIENT).send(event))


@given(st.text(max_size=70_000))
def test_decodes_what_a_client_writes(text: str) -> None:
    frame = from_client(TextMessage(data=text))
    assert frames.frame_size(frame) == len(frame)
    assert frames.decode_text(frame) == text


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
def test_client_decodes_what_we_encode(length: int) -> None:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(frames.encode_text(("é" * (length // 2) + "x" * (length % 2)).encode()))
    received = [event.data for event in client.events() if isinstance(event, TextMessage)]
    assert "".join(received) == "é" * (length // 2) + "x" * (length % 2)


def test_frame_size_is_known_once_the_header_is_complete() -> None:
    frame = from_client(TextMessage(data="x" * 1000))
    assert [frames.frame_size(frame[:length]) for length in (0, 1, 3)] == [None] * 3
    assert frames.frame_size(frame[:4]) == len(frame)


def test_all_other_frames_are_left_to_wsproto() -> None:
    first, last = (from_client(TextMessage(data="ab", message_finished=done)) for done in (False, True))
    broken = bytearray(from_client(TextMessage(data="ab")))
    broken[-1] ^= 0x80
    others = [first, from_client(BytesMessage(data=b"ab")), from_client(Ping()), b"\x81\x02ab", bytes(broken)]
    assert [frames.decode_text(other) for other in others] == [None] * 5
    assert frames.is_fragmented_after(first, before=False)
    assert frames.is_fragmented_after(from_client(Ping()), before=True)
    assert not frames.is_fragmented_after(last, before=True)
