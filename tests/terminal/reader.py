"""A terminal client without a browser."""

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
    """A page without a browser: collects the output and what a page needs to resume.

    `parses`: it acknowledges output at once. `draws`: it draws and acknowledges that many bytes per second. `after` is
    the page whose output it continues.
    """

    def __init__(
        self, terminal: Terminal, *, parses: bool = True, after: Reader | None = None, draws: float = 0
    ) -> None:
        self.text, self.news, self.have, self.shell = "", list[dict[str, Any]](), 0, ""
        self.parses, self._draws, self._drawn_at = parses, draws, 0.0
        self.changed, self._seated = threading.Condition(), threading.Event()
        self.client: TerminalClient = terminal.add_client(self._show, self._say, *(after.memory() if after else ()))
        self._seated.set()

    def _show(self, seq: int, end: int, text: str, left: Callable[[], None]) -> None:
        with self.changed:
            assert seq == self.have, "output comes without gaps"
            self.text, self.have = self.text + text, end
            self.changed.notify_all()
        self._seated.wait()  # the first output may come before `add_client` has returned
        if self._draws:
            threading.Timer(self._later(len(text)), self.client.acknowledge, [end]).start()
        elif self.parses:
            self.client.acknowledge(end)

    def _later(self, count: int) -> float:
        """Return the seconds until `count` more bytes will have been drawn."""
        self._drawn_at = max(self._drawn_at, time.monotonic()) + count / self._draws
        return self._drawn_at - time.monotonic()

    def _say(self, news: dict[str, Any]) -> None:
        with self.changed:
            self.news.append(news)
            if "from" in news:
                self.have, self.shell = news["from"], news["shell"]
            self.changed.notify_all()

    def memory(self) -> tuple[int, str, str]:
        return self.have, self.text[-128:], self.shell

    def wait(self, done: Callable[[], object], seconds: float = PATIENCE, what: str = "") -> None:
        """Wait until `done` is true. Raises AssertionError with what was expected and what was shown."""
        with self.changed:
            if not self.changed.wait_for(done, seconds):
                raise AssertionError(missed(done, what, lambda: (self.text[-400:], self.news), seconds))

    def see(self, text: str) -> None:
        self.wait(lambda: text in self.text, what=f"{text!r} to be shown")

    def run(self, line: str) -> None:
        self.client.type(f"{line}\r")
