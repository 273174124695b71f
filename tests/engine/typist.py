"""Types into a terminal container and reads the output, command by command."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread

from docker.models.containers import Container

from slipway.engine.attached_shell import AttachedShell
from tests.eventually import PATIENCE

FINISHED = re.compile(rb"\x1b\]133;D;(\d+);[\d.]+\x07")
TURN = b"\x1b]133;B\x07"
MARKS = re.compile(rb"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[a-zA-Z]")


@dataclass(frozen=True)
class Finished:
    """The result of a command: its output without marks and colours, its exit status, and the raw bytes."""

    output: str
    status: int
    raw: bytes


class Typist:
    """A user at a terminal container; its last prompt has been read."""

    def __init__(self, terminal: Container) -> None:
        self._shell = AttachedShell(terminal)
        self._arriving: Queue[bytes] = Queue()
        self._reader = Thread(target=self._listen, daemon=True)
        self._reader.start()
        self.seen = b""
        # Docker's log holds whole lines only, so a prompt appears there only with the next command.
        self.send(": the typist is here\n")
        self.read_until(b"\x1b]133;D;")
        self.read_until(TURN)
        self.opening = terminal.logs()

    def types(self, line: str, seconds: float = PATIENCE) -> Finished:
        """Type a command line and Enter; wait for the next prompt."""
        before = self.press(line + "\n", seconds)
        ended = FINISHED.search(before)
        printed = before.partition(b"\x1b]133;C\x07")[2].partition(b"\x1b]133;D;")[0]
        return Finished(_plain(printed), int(ended[1]) if ended else -1, before)

    def press(self, keys: str, seconds: float = PATIENCE) -> bytes:
        """Type keys as they are; return the output up to the next prompt."""
        self.send(keys)
        return self.read_until(TURN, seconds)

    def send(self, keys: str) -> None:
        """Type keys without waiting."""
        self._sent = keys
        self._shell.write(keys.encode())

    def read_until(self, what: bytes, seconds: float = PATIENCE) -> bytes:
        """Return the output through `what`. Raises AssertionError, with the output, if it does not appear in time."""
        deadline = time.monotonic() + seconds
        while what not in self.seen:
            with suppress(Empty):
                self.seen += self._arriving.get(timeout=0.5)
            if time.monotonic() >= deadline and what not in self.seen:
                context = f"in the terminal, after {self._sent!r}"
                raise AssertionError(f"waited {seconds:g} s for: {what!r} {context}\nsaw: {self.seen!r}")
        before, _, self.seen = self.seen.partition(what)
        return before + what

    def leave(self) -> None:
        self._shell.disconnect()
        self._reader.join()
        self._shell.close()

    def _listen(self) -> None:
        while part := self._shell.read():
            self._arriving.put(part)


def _plain(printed: bytes) -> str:
    return MARKS.sub(b"", printed).decode().replace("\r\n", "\n")
