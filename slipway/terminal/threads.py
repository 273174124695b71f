"""Daemon threads, which are not joined at exit; with gevent's monkey-patching they are greenlets."""

from __future__ import annotations

import threading
from collections.abc import Callable


def start_thread(run: Callable[[], None]) -> threading.Thread:
    """Start `run` in a daemon thread and return the thread."""
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
