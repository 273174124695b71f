"""What goes into a shell, in order: keys and sizes, fed by one thread so that nobody who types ever waits.

Knows the line's `write` and `resize`, and no viewer.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from docker.errors import DockerException
from requests.exceptions import RequestException

from slipway.engine.line import Line

QUEUE = 1024 * 1024
"""Bytes that may wait for a program that reads no input; what is typed beyond them is refused."""

Size = tuple[int, int]


class Hands:
    """Feeds one terminal. Keys typed before there is a line wait for it."""

    def __init__(self, spawn: Callable[[Callable[[], None]], object]) -> None:
        self._wake = threading.Condition()
        self._keys: deque[bytes] = deque()
        self._waiting = 0
        self._line: Line | None = None
        self._size: Size | None = None
        self._applied: Size | None = None
        self._redraw = False
        self._closed = False
        spawn(self._feed)

    def type(self, data: bytes) -> bool:
        """Queue keys; False when too many already wait, and then none of these is taken."""
        with self._wake:
            if self._waiting + len(data) > QUEUE or self._closed:
                return False
            self._keys.append(data)
            self._waiting += len(data)
            self._wake.notify_all()
        return True

    def resize(self, cols: int, rows: int) -> None:
        """Set the size; only the newest counts, and keys typed after it wait for it."""
        with self._wake:
            self._size = (cols, rows)
            self._wake.notify_all()

    def redraw(self) -> None:
        """Have the program draw its screen again, as soon as the size is known.

        The kernel signals only a change, so the size goes there and back.
        """
        with self._wake:
            self._redraw = True
            self._wake.notify_all()

    def hold(self, line: Line | None) -> None:
        """Feed this line from now on. Without one, keys for the line that has gone are forgotten."""
        with self._wake:
            self._line, self._applied = line, None
            if line is None:
                self._keys.clear()
                self._waiting = 0
            self._wake.notify_all()

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify_all()

    def _feed(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(self._busy)
                if self._closed:
                    return
                line, sizes = self._line, self._sizes()
                keys = b"" if sizes else self._take()
            assert line is not None
            try:
                for size in sizes:
                    line.resize(*size)
                line.write(keys)
            except (OSError, DockerException, RequestException):
                continue  # the shell has gone: its reader says so

    def _busy(self) -> bool:
        return self._closed or (self._line is not None and (bool(self._keys) or self._resizes()))

    def _resizes(self) -> bool:
        return self._size is not None and (self._redraw or self._size != self._applied)

    def _sizes(self) -> list[Size]:
        if not self._resizes() or self._size is None:
            return []
        cols, rows = self._applied = self._size
        detour = [(cols, rows + 1)] if self._redraw else []
        self._redraw = False
        return [*detour, (cols, rows)]

    def _take(self) -> bytes:
        keys = b"".join(self._keys)
        self._keys.clear()
        self._waiting = 0
        return keys
