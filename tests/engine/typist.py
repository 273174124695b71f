"""Somebody who types into a terminal container and reads what comes back, command by command."""

from __future__ import annotations

import re
import select
import time
from dataclasses import dataclass

from docker.models.containers import Container

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
    def __init__(self, terminal: Container) -> None:
        where = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1, "logs": 1}
        self._wire = terminal.client.api.attach_socket(terminal.id, where)
        self._socket = self._wire._sock
        self.seen = b""
        self.opening = self.read_until(TURN)

    def types(self, line: str, seconds: float = 40) -> Finished:
        """Types a command line with Enter; waits until the next prompt."""
        before = self.press(line + "\n", seconds)
        ended = FINISHED.search(before)
        printed = before.partition(b"\x1b]133;C\x07")[2].partition(b"\x1b]133;D;")[0]
        return Finished(_plain(printed), int(ended[1]) if ended else -1, before)

    def press(self, keys: str, seconds: float = 40) -> bytes:
        """Types keys as they are; everything up to the learner's next turn."""
        self._socket.sendall(keys.encode())
        return self.read_until(TURN, seconds)

    def send(self, keys: str) -> None:
        """Types keys and waits for nothing."""
        self._socket.sendall(keys.encode())

    def read_until(self, what: bytes, seconds: float = 40) -> bytes:
        """Everything up to and with `what`; AssertionError with all that was seen if it doesn't come."""
        deadline = time.monotonic() + seconds
        while what not in self.seen:
            ready, _, _ = select.select([self._socket], [], [], max(0.0, deadline - time.monotonic()))
            more = self._socket.recv(65536) if ready else b""
            assert more, f"{what!r} did not come; seen: {self.seen!r}"
            self.seen += more
        before, _, self.seen = self.seen.partition(what)
        return before + what

    def leave(self) -> None:
        self._wire.close()
        self._socket.close()


def _plain(printed: bytes) -> str:
    return MARKS.sub(b"", printed).decode().replace("\r\n", "\n")
