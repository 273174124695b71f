"""A thread that nobody waits for at the end; under gevent's monkey-patching it is a greenlet."""

from __future__ import annotations

import threading
from collections.abc import Callable


def spawn(run: Callable[[], None]) -> threading.Thread:
    """The thread, running."""
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
