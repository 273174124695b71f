"""How a terminal attaches to a shell that runs already: its log is awaited, and its prompt is requested.

Knows shells, logs and redrawing, and no client.
"""

from __future__ import annotations

from slipway.engine.attached_shell import DEFAULT_SIZE, AttachedShell
from slipway.terminal.input_queue import InputQueue
from slipway.terminal.state import TerminalState

LOG_DELAYS = (0.03, 0.1, 0.3)
"""Seconds to wait after each reading of the log."""
PROMPT_TRIES = 5
PROMPT_SECONDS = 0.2
"""How long to wait for a prompt before it is requested again."""


class Reattachment:
    """Everything here waits, and gives up when the terminal is closed."""

    def __init__(self, state: TerminalState) -> None:
        self._state = state
        self._awaits_prompt = False

    def read_history(self, shell: AttachedShell) -> bytes:
        """Return the log as soon as it reaches the first attached byte: in a flood it is a megabyte behind at first."""
        for delay in LOG_DELAYS:
            history = shell.read_log()
            with self._state.wake:
                self._state.wake.wait_for(lambda: self._state.closed, delay)
                if not self._state.output.has_gap(history):
                    break
        return history

    def request_prompt(self, keys: InputQueue) -> None:
        """Have the prompt drawn again, which is not in the log. A bash that is just starting misses some signals.

        A page sets its size right after it attaches; without one, the default size is used.
        """
        state = self._state
        for turn in range(PROMPT_TRIES):
            before = state.output.ring.end
            keys.redraw(DEFAULT_SIZE if turn else None)
            with state.wake:
                self._awaits_prompt = True
                is_drawn = state.wake.wait_for(
                    lambda: state.closed or state.output.ring.end > before,  # noqa: B023
                    PROMPT_SECONDS,
                )
                self._awaits_prompt = False
            if is_drawn:
                return

    def on_output(self) -> None:
        """Wake a thread that waits for the prompt. Called with the lock held."""
        if self._awaits_prompt:
            self._state.wake.notify_all()
