"""The journal: one JSON object per line, each under 8 KiB, in the format of docs/architecture.md.

Shortens long texts, never the object. Knows nothing about requests and engines.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

LineWriter: TypeAlias = Callable[[str], object]

MAX_LINE = 8000
"""Bytes of a line: the engine's log driver splits at 16 KiB, and the journal's readers expect less than 8."""
_TRUNCATION_STEPS = ((4096, 1000), (1024, 200), (512, 60), (160, 40), (80, 20), (80, 8), (80, 3))
"""Decreasing lengths of texts and of lists. A text of 80 still holds a complete id (64)."""
_SHORTENED = {"shortened": True}
"""Marks a record that is not complete."""


class Journal:
    """Numbers the calls and writes records, each with its time `t` (seconds since the epoch)."""

    def __init__(self, write_line: LineWriter, clock: Callable[[], float] = time.time) -> None:
        self._write_line = write_line
        self._clock = clock
        self._boot = secrets.token_hex(3)
        self._count = 0
        self.bytes_written = 0

    def next_call_id(self) -> str:
        """Return an id for a call that is unique, also across restarts."""
        self._count += 1
        return f"{self._boot}-{self._count}"

    def now(self) -> float:
        """Return the time in seconds; the engine's clock is this machine's."""
        return self._clock()

    def write(self, kind: str, at: float | None = None, **fields: Any) -> None:
        """Write a record immediately; its time `at` defaults to now."""
        record = {"kind": kind, "t": round(self.now() if at is None else at, 6), **fields}
        line = fit_record(record) + "\n"
        self.bytes_written += len(line)
        self._write_line(line)


def fit_record(record: Mapping[str, Any], max_bytes: int = MAX_LINE) -> str:
    """Return the record as one line of ASCII of at most `max_bytes`; shortens long texts, lists and maps."""
    text = _to_json(record)
    for length, count in _TRUNCATION_STEPS:
        if len(text) <= max_bytes:
            return text
        text = _to_json(_truncate(record, length, count) | _SHORTENED)
    if len(text) <= max_bytes:
        return text
    plain = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
    return _to_json(_truncate(plain, 80, 3) | _SHORTENED)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("\x7f", "\\u007f")


def _truncate(value: Any, length: int, count: int) -> Any:
    if isinstance(value, str):
        # Keep the end of a long text too: a program's last output matters. A short text may be an id: leave no gap.
        end = length // 2 if length > 500 else 0
        return value if len(value) <= length else value[: length - end - 1] + "…" + value[len(value) - end :]
    if isinstance(value, Mapping):
        items = [*value.items()][: max(count, 24)]
        return {_truncate(key, length, 1): _truncate(inner, length, count) for key, inner in items}
    if isinstance(value, list | tuple):
        return [_truncate(inner, length, count) for inner in value[:count]]
    return value
