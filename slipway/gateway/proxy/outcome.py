"""The outcome of a call: filled in while the call lasts, journalled at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slipway.gateway.journal.progress import CallProgress
from slipway.gateway.journal.stream_sample import StreamSample


@dataclass
class CallOutcome:
    """The outcome of a call. `sent` and `received` are bytes; `cut` means that the client left before the end."""

    status: int = 0
    sent: int = 0
    received: int = 0
    cut: bool = False
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    sample: StreamSample | None = None
    progress: CallProgress | None = None

    def notify_progress(self) -> None:
        """Note that data has been transferred."""
        if self.progress:
            self.progress.notify()
