"""Somebody who types into a terminal container and reads what comes back, command by command."""

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
    """What a command printed, without marks and colours, how it ended, and the bytes themselves."""

    output: str
    status: int
    raw: bytes


class Typist:
    """Attached to a terminal container, from its last prompt on."""

    def __init__(self, terminal: Container) -> None:
        self._line = AttachedShell(terminal)
        self._arriving: Queue[bytes] = Queue()
        self._ear = Thread(target=self._listen, daemon=True)
        self._ear.start()
        self.seen = b""
        # Docker's log holds whole lines only, so a prompt comes there with the first command after it.
        self.send(": the typist is here\n")
        self.read_until(b"\x1b]133;D;")
        self.read_until(TURN)
        self.opening = terminal.logs()

    def types(self, line: str, seconds: float = PATIENCE) -> Finished:
        """Types a command line with Enter; waits until the next prompt."""
        before = self.press(line + "\n", seconds)
        ended = FINISHED.search(before)
        printed = before.partition(b"\x1b]133;C\x07")[2].partition(b"\x1b]133;D;")[0]
        return Finished(_plain(printed), int(ended[1]) if ended else -1, before)

    def press(self, keys: str, seconds: float = PATIENCE) -> bytes:
        """Types keys as they are; everything up to the learner's next turn."""
        self.send(keys)
        return self.read_until(TURN, seconds)

    def send(self, keys: str) -> None:
        """Types keys and waits for nothing."""
        self._sent = keys
        self._line.write(keys.encode())

    def read_until(self, what: bytes, seconds: float = PATIENCE) -> bytes:
        """Everything up to and with `what`; fails with all that was seen if it doesn't come."""
        deadline = time.monotonic() + seconds
        while what not in self.seen:
            with suppress(Empty):
                self.seen += self._arriving.get(timeout=0.5)
            if time.monotonic() >= deadline and what not in self.seen:
                told = f"in the terminal, after {self._sent!r}"
                raise AssertionError(f"waited {seconds:g} s for: {what!r} {told}\nsaw: {self.seen!r}")
        before, _, self.seen = self.seen.partition(what)
        return before + what

    def leave(self) -> None:
        self._line.disconnect()
        self._ear.join()
        self._line.close()

    def _listen(self) -> None:
        while part := self._line.read():
            self._arriving.put(part)


def _plain(printed: bytes) -> str:
    return MARKS.sub(b"", printed).decode().replace("\r\n", "\n")
