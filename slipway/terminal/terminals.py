"""Every learner's terminals, each opened when somebody first asks for it. Handed to the web by the composition root."""

from __future__ import annotations

import threading
from collections.abc import Callable

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.shell_integration import Mark
from slipway.terminal.terminal import WINDOW, Terminal

OpenShell = Callable[[str, int, bool], AttachedShell]
"""(learner, number, fresh) → a line to the terminal's shell. May take seconds, and raise."""

OnMark = Callable[[str, int, Mark], None]
"""(learner, number, mark). After a restart the log is read anew and marks come again, with the times they had."""


class Terminals:
    """The learners' terminals by learner and number; at most `most` each."""

    def __init__(self, open_shell: OpenShell, on_mark: OnMark, most: int = 4, window: int = WINDOW) -> None:
        self._open_shell = open_shell
        self._on_mark = on_mark
        self._most = most
        self._window = window
        self._lock = threading.Lock()
        self._terminals: dict[tuple[str, int], Terminal] = {}

    def terminal(self, learner: str, number: int, fresh: bool = False) -> Terminal:
        """The terminal, at once; its shell may still be starting. `fresh` opens a new shell where one has ended.

        Raises LookupError when the number is not between 1 and the most that a learner may have.
        """
        if not 1 <= number <= self._most:
            raise LookupError(f"there are terminals 1 to {self._most}, not {number}")
        with self._lock:
            terminal = self._terminals.get((learner, number))
            if terminal is None:
                terminal = self._terminals[learner, number] = self._make(learner, number)
        if fresh:
            terminal.renew()
        return terminal

    def end(self, learner: str, number: int) -> None:
        """End a terminal's shell and all that runs in it; one that nobody opened is left alone."""
        if terminal := self._terminals.get((learner, number)):
            terminal.end()

    def close(self, learner: str) -> None:
        """Let go of a learner's terminals (their containers are the sandbox's business)."""
        with self._lock:
            gone = [self._terminals.pop(key) for key in list(self._terminals) if key[0] == learner]
        for terminal in gone:
            terminal.close()

    def close_all(self) -> None:
        """Let go of everybody's."""
        for learner in {key[0] for key in self._terminals}:
            self.close(learner)

    def _make(self, learner: str, number: int) -> Terminal:
        return Terminal(
            number,
            lambda fresh: self._open_shell(learner, number, fresh),
            lambda number, mark: self._on_mark(learner, number, mark),
            self._window,
        )
