"""What goes into a shell, in order: keys and sizes. What can't go at once is fed by one thread, so that nobody who
types ever waits.

Knows the line's `write`, `push` and `resize`, and no viewer.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress

from slipway.engine.attached_shell import DEFAULT_SIZE, AttachedShell

QUEUE = 1024 * 1024
"""Bytes that may wait for a program that reads no input; what is typed beyond them is refused."""
REPORTS = re.compile(rb"(?:\x1b\[[?>=]?[\d;]*[Rcn]|\x1b\[[IO]|\x1b\[\?[\d;]+\$y|\x1b[P\]][^\x07\x1b]*(?:\x07|\x1b\\))+")
"""What a terminal answers to a program that asks: reports of cursor, device, mode and colour, never a key."""
RUNS = 1000
"""Commands whose ids are remembered."""
PASTE_END = "\x1b[201~"

Size = tuple[int, int]


class InputQueue:
    """Feeds one terminal. Keys typed before there is a line wait for it."""

    def __init__(self, spawn: Callable[[Callable[[], None]], object]) -> None:
        self._wake = threading.Condition()
        self._keys: deque[bytes] = deque()
        self._waiting = 0
        self._runs: OrderedDict[str, None] = OrderedDict()
        self._feeding = False
        self._line: AttachedShell | None = None
        self._size: Size | None = None
        self._applied: Size | None = None
        self._redraw = False
        self._closed = False
        spawn(self._feed)

    def type(self, data: bytes) -> bool:
        """Send keys, or queue them; False when too many already wait, and then none of these is taken."""
        with self._wake:
            if self._waiting + len(data) > QUEUE or self._closed:
                return False
            if self._line and not self._keys and not self._feeding and not self._resizes():
                with suppress(OSError):  # the shell has gone: its reader says so
                    data = self._line.write_nowait(data)
            if data:
                self._keys.append(data)
                self._waiting += len(data)
                self._wake.notify_all()
        return True

    def type_once(self, data: bytes, run: str) -> bool:
        """The same, once for each `run`; False, too, when it was typed before."""
        if run in self._runs or not self.type(data):
            return False
        self._runs[run] = None
        while len(self._runs) > RUNS:
            self._runs.popitem(last=False)
        return True

    def resize(self, cols: int, rows: int) -> None:
        """Set the size; only the newest counts, and keys typed after it wait for it."""
        with self._wake:
            self._size = (cols, rows)
            self._wake.notify_all()

    @property
    def size(self) -> Size:
        """Columns and rows, as they were last set."""
        return self._size or DEFAULT_SIZE

    def redraw(self, usual: Size | None = None) -> None:
        """Have the program draw its screen again, as soon as a size is known; at the `usual` one if none is.

        The kernel signals only a change, so the size goes there and back.
        """
        with self._wake:
            self._size = self._size or usual
            self._redraw = True
            self._wake.notify_all()

    def hold(self, line: AttachedShell | None) -> None:
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
                self._feeding = False
                self._wake.wait_for(self._busy)
                if self._closed:
                    return
                line, sizes = self._line, self._sizes()
                keys = b"" if sizes else self._take()
                self._feeding = True
            assert line is not None
            try:
                for size in sizes:
                    line.resize(*size)
                line.write(keys)
            except OSError:
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


def keystrokes(text: str, bracketed: bool) -> bytes:
    """A command with Enter.

    Several lines go in as one paste where the program takes that, so that none runs before all are there.
    """
    text = text.rstrip("\n").replace("\r\n", "\n")
    if "\n" not in text:
        return f"{text}\r".encode()
    if bracketed:
        return f"\x1b[200~{text.replace(PASTE_END, '')}{PASTE_END}\r".encode()
    return (text.replace("\n", "\r") + "\r").encode()
