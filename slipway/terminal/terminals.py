"""All learners' terminals, each opened on first use. app.py passes them to the web."""

from __future__ import annotations

import threading
from collections.abc import Callable

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.shell_integration import Mark
from slipway.terminal.state import WINDOW
from slipway.terminal.terminal import Terminal

OpenLearnerShell = Callable[[str, int, bool], AttachedShell]
"""(learner, number, new_shell) → the terminal's attached shell. May take seconds, and raise."""

OnLearnerMark = Callable[[str, int, Mark], None]
"""(learner, number, mark). After a restart the log is read again, and marks are repeated with the times they had."""


class Terminals:
    """The terminals by learner and number; each learner has at most `limit`."""

    def __init__(
        self, open_shell: OpenLearnerShell, on_mark: OnLearnerMark, limit: int = 4, window: int = WINDOW
    ) -> None:
        self._open_shell = open_shell
        self._on_mark = on_mark
        self._limit = limit
        self._window = window
        self._lock = threading.Lock()
        self._terminals: dict[tuple[str, int], Terminal] = {}

    def terminal(self, learner: str, number: int, new_shell: bool = False) -> Terminal:
        """Return the terminal, at once; its shell may still be starting.

        `new_shell` opens a new shell where one has ended. Raises LookupError unless the number is between 1 and the
        limit.
        """
        if not 1 <= number <= self._limit:
            raise LookupError(f"there are terminals 1 to {self._limit}, not {number}")
        with self._lock:
            terminal = self._terminals.get((learner, number))
            if terminal is None:
                terminal = self._terminals[learner, number] = self._open(learner, number)
        if new_shell:
            terminal.restart()
        return terminal

    def end(self, learner: str, number: int) -> None:
        """End a terminal's shell and all that runs in it; does nothing if the terminal was never opened."""
        if terminal := self._terminals.get((learner, number)):
            terminal.end()

    def close(self, learner: str) -> None:
        """Close a learner's terminals, but not their containers, which belong to the sandbox."""
        with self._lock:
            closing = [self._terminals.pop(key) for key in list(self._terminals) if key[0] == learner]
        for terminal in closing:
            terminal.close()

    def close_all(self) -> None:
        """Close the terminals of all learners."""
        for learner in {key[0] for key in self._terminals}:
            self.close(learner)

    def _open(self, learner: str, number: int) -> Terminal:
        return Terminal(
            number,
            lambda new_shell: self._open_shell(learner, number, new_shell),
            lambda number, mark: self._on_mark(learner, number, mark),
            self._window,
        )
