"""What became of a call: filled while it lasts, written into the journal at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slipway.gateway.journal.progress import CallProgress
from slipway.gateway.journal.stream_sample import StreamSample


@dataclass
class CallOutcome:
    """What became of a call, for the journal."""

    status: int = 0
    sent: int = 0
    received: int = 0
    cut: bool = False
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    sample: StreamSample | None = None
    underway: CallProgress | None = None

    def moved(self) -> None:
        """Something has flowed."""
        if self.underway:
            self.underway.moved()
