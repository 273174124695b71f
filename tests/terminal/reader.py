"""A terminal page without a browser."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from slipway.terminal.client import TerminalClient
from slipway.terminal.terminal import Terminal
from tests.eventually import PATIENCE, missed

Make = Callable[..., Terminal]
NUMBERED = re.compile(r"(?<![\d-])(\d+)\r\n")


class Reader:
    """A client of a terminal that keeps what a page would keep.

    It acknowledges output if `parses`, at `draws` bytes a second if given, else at once. `after` is the page that it
    returns as.
    """

    def __init__(
        self, terminal: Terminal, *, parses: bool = True, after: Reader | None = None, draws: float = 0
    ) -> None:
        self.text, self.news, self.have, self.shell = "", list[dict[str, Any]](), 0, ""
        self.parses, self._draws, self._drawn_at = parses, draws, 0.0
        self.changed, self._attached = threading.Condition(), threading.Event()
        self.client: TerminalClient = terminal.add_client(
            self._on_output, self._on_status, *(after.memory() if after else ())
        )
        self._attached.set()

    def _on_output(self, seq: int, end: int, text: str, left: Callable[[], None]) -> None:
        with self.changed:
            assert seq == self.have, "output comes without gaps"
            self.text, self.have = self.text + text, end
            self.changed.notify_all()
        self._attached.wait()  # the first output may come before `add_client` has returned
        if self._draws:
            threading.Timer(self._later(len(text)), self.client.acknowledge, [end]).start()
        elif self.parses:
            self.client.acknowledge(end)

    def _later(self, count: int) -> float:
        """Return the seconds until `count` more bytes will have been drawn."""
        self._drawn_at = max(self._drawn_at, time.monotonic()) + count / self._draws
        return self._drawn_at - time.monotonic()

    def _on_status(self, status: dict[str, Any]) -> None:
        with self.changed:
            self.news.append(status)
            if "from" in status:
                self.have, self.shell = status["from"], status["shell"]
            self.changed.notify_all()

    def memory(self) -> tuple[int, str, str]:
        return self.have, self.text[-128:], self.shell

    def wait(self, done: Callable[[], object], seconds: float = PATIENCE, what: str = "") -> None:
        """Wait until what was received makes `done` true; fail with what was awaited and what was received."""
        with self.changed:
            if not self.changed.wait_for(done, seconds):
                raise AssertionError(missed(done, what, lambda: (self.text[-400:], self.news), seconds))

    def see(self, text: str) -> None:
        self.wait(lambda: text in self.text, what=f"{text!r} to be shown")

    def run(self, line: str) -> None:
        self.client.type(f"{line}\r")
