"""The one kind of WebSocket frame that nearly all are, read in a few steps: a whole text message, masked.

wsproto reads every kind in Python, some 60 µs for a key; whoever types feels what all keys of a room cost together.
What is not of this kind is cut out here and left to wsproto. Pure; RFC 6455, section 5.2.
"""

from __future__ import annotations

FINAL, OPCODE, MASKED = 0x80, 0x0F, 0x80
TEXT, CONTINUED = 0x1, 0x0
WIDE, WIDER = 126, 127
"""Lengths that say: the true one follows, in two or in eight bytes."""
HEAD = 14
"""Bytes of the longest head of a frame."""


def size(data: bytes) -> int | None:
    """Bytes of the frame that `data` begins with, whether they are all there or not; None when that is not said yet."""
    if len(data) < 2:
        return None
    length, at = data[1] & 0x7F, 2
    if length >= WIDE:
        at = 4 if length == WIDE else 10
        if len(data) < at:
            return None
        length = int.from_bytes(data[2:at], "big")
    return at + (4 if data[1] & MASKED else 0) + length


def text(frame: bytes) -> str | None:
    """The message in a frame that is a whole text message from a client; None when it is anything else."""
    if frame[0] != FINAL | TEXT or not frame[1] & MASKED:
        return None
    at = {WIDE: 4, WIDER: 10}.get(frame[1] & 0x7F, 2)
    mask, masked = frame[at : at + 4], frame[at + 4 :]
    repeated = (mask * (len(masked) // 4 + 1))[: len(masked)]
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(repeated, "big")
    try:
        return plain.to_bytes(len(masked), "big").decode()
    except UnicodeDecodeError:
        return None


def leaves_open(frame: bytes, was_open: bool) -> bool:
    """Whether after this frame a message in several frames is still to be continued."""
    kind, final = frame[0] & OPCODE, bool(frame[0] & FINAL)
    return was_open if kind >= 0x8 else not final


def written(message: bytes) -> bytes:
    """A whole text message (in UTF-8) from a server, as a frame."""
    length = len(message)
    if length < WIDE:
        return bytes((FINAL | TEXT, length)) + message
    if length < 1 << 16:
        return bytes((FINAL | TEXT, WIDE)) + length.to_bytes(2, "big") + message
    return bytes((FINAL | TEXT, WIDER)) + length.to_bytes(8, "big") + message
