"""The input of a shell, in order: keys and sizes. What cannot be written at once is queued for one thread, so that
typing never blocks.

Knows a shell's `write`, `write_nowait` and `resize`, and no client.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, deque
from contextlib import suppress

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.threads import start_thread

MAX_QUEUED = 1024 * 1024
"""Bytes that may wait for a program that reads no input; what is typed beyond them is refused."""
REPORTS = re.compile(rb"(?:\x1b\[[?>=]?[\d;]*[Rcn]|\x1b\[[IO]|\x1b\[\?[\d;]+\$y|\x1b[P\]][^\x07\x1b]*(?:\x07|\x1b\\))+")
"""What a terminal answers to a program's query: reports of cursor, device, mode and colour, never a key."""
MAX_RUN_IDS = 1000
"""Commands whose ids are remembered."""
PASTE_END = "\x1b[201~"

Size = tuple[int, int]


class InputQueue:
    """Feeds one terminal's shell. Keys that are typed before there is a shell wait for it."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._keys: deque[bytes] = deque()
        self._queued = 0
        self._run_ids: OrderedDict[str, None] = OrderedDict()
        self._is_feeding = False
        self._shell: AttachedShell | None = None
        self._size: Size | None = None
        self._applied_size: Size | None = None
        self._redraw = False
        self._closed = False
        start_thread(self._feed)

    def send(self, data: bytes) -> bool:
        """Write keys, or queue them; return False, with nothing queued, when the queue is full."""
        with self._wake:
            if self._queued + len(data) > MAX_QUEUED or self._closed:
                return False
            if self._shell and not self._keys and not self._is_feeding and not self._must_resize():
                with suppress(OSError):  # the shell has ended, which its reader reports
                    data = self._shell.write_nowait(data)
            if data:
                self._keys.append(data)
                self._queued += len(data)
                self._wake.notify_all()
        return True

    def send_once(self, data: bytes, run_id: str) -> bool:
        """Write keys once for each `run_id`; return False if they were written before, or the queue is full."""
        if run_id in self._run_ids or not self.send(data):
            return False
        self._run_ids[run_id] = None
        while len(self._run_ids) > MAX_RUN_IDS:
            self._run_ids.popitem(last=False)
        return True

    def resize(self, cols: int, rows: int) -> None:
        """Set the size; only the newest counts, and keys typed after it wait for it."""
        with self._wake:
            self._size = (cols, rows)
            self._wake.notify_all()

    def redraw(self, default: Size | None = None) -> None:
        """Make the program redraw its screen as soon as a size is known; with `default`, at that size if none is.

        The kernel signals only changes, so the size is changed and changed back.
        """
        with self._wake:
            self._size = self._size or default
            self._redraw = True
            self._wake.notify_all()

    def set_shell(self, shell: AttachedShell | None) -> None:
        """Feed this shell from now on. None drops the keys queued for the last shell."""
        with self._wake:
            self._shell, self._applied_size = shell, None
            if shell is None:
                self._keys.clear()
                self._queued = 0
            self._wake.notify_all()

    def close(self) -> None:
        """Take no more input, and end the thread."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()

    def _feed(self) -> None:
        while True:
            with self._wake:
                self._is_feeding = False
                self._wake.wait_for(self._has_work)
                if self._closed:
                    return
                shell, sizes = self._shell, self._take_sizes()
                keys = b"" if sizes else self._take_keys()
                self._is_feeding = True
            assert shell is not None
            with suppress(OSError):  # the shell has ended, which its reader reports
                for size in sizes:
                    shell.resize(*size)
                shell.write(keys)

    def _has_work(self) -> bool:
        return self._closed or (self._shell is not None and (bool(self._keys) or self._must_resize()))

    def _must_resize(self) -> bool:
        return self._size is not None and (self._redraw or self._size != self._applied_size)

    def _take_sizes(self) -> list[Size]:
        if not self._must_resize() or self._size is None:
            return []
        cols, rows = self._applied_size = self._size
        detour = [(cols, rows + 1)] if self._redraw else []
        self._redraw = False
        return [*detour, (cols, rows)]

    def _take_keys(self) -> bytes:
        keys = b"".join(self._keys)
        self._keys.clear()
        self._queued = 0
        return keys


def keystrokes(text: str, bracketed_paste: bool) -> bytes:
    """Return the keys of a command and Enter.

    Several lines are one paste where the program accepts that, so that none runs before all are there.
    """
    text = text.rstrip("\n").replace("\r\n", "\n")
    if "\n" not in text:
        return f"{text}\r".encode()
    if bracketed_paste:
        return f"\x1b[200~{text.replace(PASTE_END, '')}{PASTE_END}\r".encode()
    return (text.replace("\n", "\r") + "\r").encode()
