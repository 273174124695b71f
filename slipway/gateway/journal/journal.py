"""The journal: one JSON object a line, each under 8 KiB, in the words of docs/architecture.md.

Text is cut to fit, never the object. Knows nothing about requests and engines.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Line: TypeAlias = Callable[[str], object]

MOST = 8000
"""Bytes of a line: the engine's log driver splits at 16 KiB, and the contract says under 8."""
_STEPS = ((4096, 1000), (1024, 200), (512, 60), (160, 40), (80, 20), (80, 8), (80, 3))
"""Ever shorter texts and lists. A text of 80 still holds a whole id (64)."""


_SHORTENED = {"shortened": True}
"""Said of a record that is not whole."""


class Journal:
    """Numbers the calls and writes records, each with the time `t` (seconds since the epoch)."""

    def __init__(self, line: Line, clock: Callable[[], float] = time.time) -> None:
        self._line = line
        self._clock = clock
        self._boot = secrets.token_hex(3)
        self._count = 0
        self.written = 0
        """Bytes so far."""

    def next_call(self) -> str:
        """An id that no other call has, across restarts."""
        self._count += 1
        return f"{self._boot}-{self._count}"

    def now(self) -> float:
        """The engine's clock, which is this machine's."""
        return self._clock()

    def write(self, kind: str, at: float | None = None, **rest: Any) -> None:
        """One record, at once on its way: `at` defaults to now."""
        record = {"kind": kind, "t": round(self.now() if at is None else at, 6), **rest}
        text = fitted(record) + "\n"
        self.written += len(text)
        self._line(text)


def fitted(record: Mapping[str, Any], most: int = MOST) -> str:
    """The record as one line of ASCII of at most `most` bytes; long texts, lists and maps are cut."""
    text = _dumped(record)
    for length, count in _STEPS:
        if len(text) <= most:
            return text
        text = _dumped(_cut(record, length, count) | _SHORTENED)
    if len(text) <= most:
        return text
    plain = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
    return _dumped(_cut(plain, 80, 3) | _SHORTENED)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("\x7f", "\\u007f")


def _cut(value: Any, length: int, count: int) -> Any:
    if isinstance(value, str):
        # Of a long text the end counts too: it is what a program said last. A short one may be an id: no gap in that.
        end = length // 2 if length > 500 else 0
        return value if len(value) <= length else value[: length - end - 1] + "…" + value[len(value) - end :]
    if isinstance(value, Mapping):
        return {_cut(key, length, 1): _cut(inner, length, count) for key, inner in [*value.items()][: max(count, 24)]}
    if isinstance(value, list | tuple):
        return [_cut(inner, length, count) for inner in value[:count]]
    return value
