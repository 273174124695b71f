"""The headers of programs for tests that read them."""

from __future__ import annotations

import struct


def elf(machine: int, interpreter: str) -> bytes:
    """Return the headers of an ELF program with two program headers, the second of which names its interpreter."""
    text = interpreter.encode() + b"\0"
    table, offset = 64, 64 + 2 * 56
    header = b"\x7fELF\2\1\1".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, table, 0, 0, 64, 56, 2 if interpreter else 1, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 0, 0, 0)
    return header + load + struct.pack("<IIQQQQQQ", 3, 4, offset, 0, 0, len(text), len(text), 1) + text
