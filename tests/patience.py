"""Waiting for what comes by itself, on a machine that may be busy."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
