"""The one kind of WebSocket frame that nearly all are, decoded in a few steps: a whole text message, masked.

wsproto decodes every kind in Python, in some 60 µs for a key, and each learner feels what all keys of a class cost
together. All other frames are only cut out here, and left to wsproto. Pure; RFC 6455, section 5.2.
"""

from __future__ import annotations

FINAL, OPCODE, MASKED = 0x80, 0x0F, 0x80
TEXT, CONTROL = 0x1, 0x8
LENGTH_16, LENGTH_64 = 126, 127
"""Values of the length byte after which the length follows, in two or in eight bytes."""
MAX_HEADER = 14
"""Bytes of the longest header of a frame."""


def frame_size(data: bytes) -> int | None:
    """Return the bytes of the frame that `data` begins with, complete or not; None while its header is incomplete."""
    if len(data) < 2:
        return None
    length, header = data[1] & 0x7F, 2
    if length >= LENGTH_16:
        header = 4 if length == LENGTH_16 else 10
        if len(data) < header:
            return None
        length = int.from_bytes(data[2:header], "big")
    return header + (4 if data[1] & MASKED else 0) + length


def decode_text(frame: bytes) -> str | None:
    """Return the message in a frame that is a whole text message of a client; None for any other frame."""
    if frame[0] != FINAL | TEXT or not frame[1] & MASKED:
        return None
    header = {LENGTH_16: 4, LENGTH_64: 10}.get(frame[1] & 0x7F, 2)
    mask, masked = frame[header : header + 4], frame[header + 4 :]
    repeated = (mask * (len(masked) // 4 + 1))[: len(masked)]
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(repeated, "big")
    try:
        return plain.to_bytes(len(masked), "big").decode()
    except UnicodeDecodeError:
        return None


def is_fragmented_after(frame: bytes, before: bool) -> bool:
    """Return whether a fragmented message is incomplete after this frame; `before` is the same for the frame before."""
    opcode, final = frame[0] & OPCODE, bool(frame[0] & FINAL)
    return before if opcode >= CONTROL else not final


def encode_text(message: bytes) -> bytes:
    """Return the frame of a whole text message (in UTF-8) of a server."""
    length = len(message)
    if length < LENGTH_16:
        return bytes((FINAL | TEXT, length)) + message
    if length < 1 << 16:
        return bytes((FINAL | TEXT, LENGTH_16)) + length.to_bytes(2, "big") + message
    return bytes((FINAL | TEXT, LENGTH_64)) + length.to_bytes(8, "big") + message
