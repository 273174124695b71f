"""What is told of a call while it lasts: what flows on its channels, how far the layers of its image have come.

A picture wants to be drawn within a blink, and the journal is kept in a log of limited size. So it is told only when
something has moved, at most four times a second for a call, and for all calls together RATE a second on average: at the
very worst some 1.2 kB a second, whatever flows.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from slipway.gateway.journal.stream_sample import StreamSample
from slipway.gateway.quotas.admission import TokenBucket

PAUSE = 0.25  # seconds: what moves again and again is told once in each
RATE, BURST = 1.0, 60
LETTERS = 60  # of the last line of each channel
LAYERS = 24  # of one image
_PATIENCE = 64 * 1024  # bytes of a line whose end is still to come

_MOVES = re.compile(
    rb"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_STATES = {
    "Pulling fs layer": "waiting",
    "Waiting": "waiting",
    "Downloading": "travelling",
    "Verifying Checksum": "arrived",
    "Download complete": "arrived",
    "Extracting": "unpacking",
    "Pull complete": "done",
    "Already exists": "here",
}


class CallProgress:
    """Tells what `seen` says, through `tell`, whenever that has `moved`; all calls share one `allowance`."""

    def __init__(
        self, seen: Callable[[], dict[str, Any]], tell: Callable[[dict[str, Any]], None], allowance: TokenBucket
    ) -> None:
        self._seen, self._tell, self._allowance = seen, tell, allowance
        self._moved = asyncio.Event()

    def moved(self) -> None:
        """There may be something new to tell."""
        self._moved.set()

    async def follow(self) -> None:
        """Until cancelled."""
        told: dict[str, Any] = {}
        while True:
            await self._moved.wait()
            await asyncio.sleep(PAUSE)
            seen = self._seen()
            if seen != told and not self._allowance.take():
                continue
            self._moved.clear()
            if seen != told:
                self._tell(seen)
                told = seen


def flow(sample: StreamSample) -> dict[str, Any]:
    """`{channel: [bytes, last line]}` of the channels that carried something.

    Of keys that went to a terminal only their number: the screen shows what they made, and no passwords.
    """
    out, err = sample.strands[False], sample.strands[True]
    carried = {
        "stdin": (sample.stdin.count, b"" if sample.tty else sample.stdin.end),
        "stdout": (out.count, out.end),
        "stderr": (err.count, err.end),
    }
    return {name: [count, last_line(end)] for name, (count, end) in carried.items() if count}


def last_line(data: bytes) -> str:
    """The last line of text that a terminal would show of these bytes: colours and cursor movements are no text."""
    lines = [line.strip() for line in re.split(rb"[\r\n]+", _MOVES.sub(b"", data))]
    said = [line for line in lines if line]
    return said[-1].decode("utf-8", "ignore")[-LETTERS:] if said else ""


class LayerProgress:
    """How far the layers of an image have come, read from the answer to a pull: one JSON object a line."""

    def __init__(self) -> None:
        self._rest = b""
        self._layers: dict[str, list[Any]] = {}

    @property
    def seen(self) -> dict[str, Any]:
        """`{"layers": [[id, state, bytes so far, bytes in all], …]}` in the image's order; 0 where nobody said."""
        return {"layers": [list(one) for one in self._layers.values()]} if self._layers else {}

    def feed(self, data: bytes) -> None:
        """The next bytes of the answer."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest if len(rest) < _PATIENCE else b""
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        try:
            told = json.loads(line)
            id, state = str(told["id"])[:12], _STATES[told["status"]]
            detail = told.get("progressDetail") or {}
            current, total = int(detail.get("current") or 0), int(detail.get("total") or 0)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        if id in self._layers or len(self._layers) < LAYERS:
            known = self._layers.get(id, [id, state, 0, 0])
            self._layers[id] = [id, state, *_amount(state, current, total, known[3])]


def _amount(state: str, current: int, total: int, known: int) -> tuple[int, int]:
    """Of a layer: bytes so far, and in all. One that has come has come whole."""
    total = total if total > 0 else known
    return (total if state in ("arrived", "done") else min(current, total)), total
