"""Reports on a call while it lasts: the data on its channels, or the progress of an image's layers.

The page should react within a moment, but the journal is a log of limited size. So a report is written only when
something has changed, at most four times a second per call, and RATE times a second on average for all calls: at worst
some 1.2 kB per second, whatever the traffic.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from slipway.gateway.journal.stream_sample import StreamSample
from slipway.gateway.token_bucket import TokenBucket

INTERVAL = 0.25  # seconds between two reports on a call
RATE, BURST = 1.0, 60
MAX_LINE_LENGTH = 60  # characters of the last line of each channel
MAX_LAYERS = 24  # of one image
_MAX_PENDING = 64 * 1024  # bytes of a line whose end has not arrived

_CONTROL_SEQUENCES = re.compile(
    rb"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_LAYER_STATES = {
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
    """Passes `snapshot()` to `report` when it has changed, within a `budget` that all calls share."""

    def __init__(
        self, snapshot: Callable[[], dict[str, Any]], report: Callable[[dict[str, Any]], None], budget: TokenBucket
    ) -> None:
        self._snapshot, self._report, self._budget = snapshot, report, budget
        self._notified = asyncio.Event()

    def notify(self) -> None:
        """Note that the snapshot may have changed."""
        self._notified.set()

    async def run(self) -> None:
        """Report until cancelled."""
        reported: dict[str, Any] = {}
        while True:
            await self._notified.wait()
            await asyncio.sleep(INTERVAL)
            snapshot = self._snapshot()
            if snapshot != reported and not self._budget.take():
                continue
            self._notified.clear()
            if snapshot != reported:
                self._report(snapshot)
                reported = snapshot


def summarize_flow(sample: StreamSample) -> dict[str, Any]:
    """Return `{channel: [bytes, last line]}` for the channels that carried data.

    Of keys typed into a terminal only their number: the screen shows their effect, and passwords must not appear.
    """
    channels = {
        "stdin": (sample.stdin.byte_count, b"" if sample.tty else sample.stdin.tail),
        "stdout": (sample.stdout.byte_count, sample.stdout.tail),
        "stderr": (sample.stderr.byte_count, sample.stderr.tail),
    }
    return {name: [count, last_line(tail)] for name, (count, tail) in channels.items() if count}


def last_line(data: bytes) -> str:
    """Return the last line of text that a terminal would show; colours and cursor movements are not text."""
    lines = [line.strip() for line in re.split(rb"[\r\n]+", _CONTROL_SEQUENCES.sub(b"", data))]
    visible = [line for line in lines if line]
    return visible[-1].decode("utf-8", "ignore")[-MAX_LINE_LENGTH:] if visible else ""


class LayerProgress:
    """The state of an image's layers, read from the answer to a pull: one JSON object per line."""

    def __init__(self) -> None:
        self._rest = b""
        self._layers: dict[str, list[Any]] = {}

    @property
    def snapshot(self) -> dict[str, Any]:
        """`{"layers": [[id, state, bytes so far, bytes in total], …]}` in the image's order; 0 where unknown."""
        return {"layers": [list(layer) for layer in self._layers.values()]} if self._layers else {}

    def feed(self, data: bytes) -> None:
        """Read the next bytes of the answer."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest if len(rest) < _MAX_PENDING else b""
        for line in lines:
            self._parse_line(line)

    def _parse_line(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            id, state = str(message["id"])[:12], _LAYER_STATES[message["status"]]
            detail = message.get("progressDetail") or {}
            current, total = int(detail.get("current") or 0), int(detail.get("total") or 0)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        if id in self._layers or len(self._layers) < MAX_LAYERS:
            known = self._layers.get(id, [id, state, 0, 0])
            self._layers[id] = [id, state, *_layer_bytes(state, current, total, known[3])]


def _layer_bytes(state: str, current: int, total: int, known_total: int) -> tuple[int, int]:
    """Return a layer's bytes so far and in total; a layer that has arrived is complete."""
    total = total if total > 0 else known_total
    return (total if state in ("arrived", "done") else min(current, total)), total
