"""Keeps a terminal's shell connected: opens it, reads it, attaches again when the connection is lost, and opens the
next shell on request.

Knows shells, input and output; of clients, only how to wake them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from slipway.engine.attached_shell import AttachedShell
from slipway.terminal.clients import Clients
from slipway.terminal.input_queue import InputQueue
from slipway.terminal.output_reader import OutputReader
from slipway.terminal.reattach import Reattachment
from slipway.terminal.shell_shutdown import ShellShutdown
from slipway.terminal.state import TerminalState
from slipway.terminal.status import TerminalStatus
from slipway.terminal.threads import start_thread

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)

OpenShell = Callable[[bool], AttachedShell]
"""Attach to the terminal's shell; to a new one when given True. May take seconds, and raise anything."""


class ShellRunner:
    """The lifecycle of one terminal's shells. `run` blocks, so it needs its own thread."""

    def __init__(
        self,
        state: TerminalState,
        clients: Clients,
        keys: InputQueue,
        reader: OutputReader,
        reattachment: Reattachment,
        open_shell: OpenShell,
    ) -> None:
        self._state, self._clients, self._input = state, clients, keys
        self._reader, self._reattachment, self._open_shell = reader, reattachment, open_shell
        self._shutdown = ShellShutdown()
        self._shell: AttachedShell | None = None

    def run(self) -> None:
        """Open the shell and follow it, then the next one, until the terminal is closed."""
        failures, new_shell = 0, False
        while not self._state.closed:
            try:
                shell = self._open_shell(new_shell)
            except Exception as error:  # any failure: the learner sees "lost", and the loop retries
                log.warning("terminal %s: no shell: %s", self._state.number, error)
                self._pause("lost", RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1
                continue
            failures, new_shell = 0, self._follow(shell)

    def restart(self) -> None:
        """Open a new shell where the last one has ended, or is being ended."""
        with self._state.lock:
            self._shutdown.restart_requested = self._shutdown.requested
            if self._state.status == "ended":
                self._prepare_next()

    def end(self) -> None:
        """End the shell and what runs in it; one that is starting or lost, as soon as it is attached."""
        with self._state.lock:
            self._shutdown.request(self._shell)

    def close(self) -> None:
        """Disconnect from the shell, which keeps running."""
        with self._state.lock:
            self._state.closed = True
            self._set_status("lost")
            shell, self._shell = self._shell, None
        self._input.close()
        if shell:
            shell.disconnect()

    def _follow(self, shell: AttachedShell) -> bool:
        """Serve the shell until the connection ends; return whether the next one is to be a new shell."""
        self._begin(shell)
        reader = start_thread(lambda: self._reader.read(shell))
        self._join_output(shell)
        reader.join()
        self._input.set_shell(None)
        shell.close()
        return not self._state.closed and self._finish(is_running=shell.is_running())

    def _begin(self, shell: AttachedShell) -> None:
        with self._state.lock:
            self._shell = shell
            self._shutdown.on_attached(shell)
            self._state.output.start_buffering()
            if self._state.closed:
                shell.disconnect()

    def _join_output(self, shell: AttachedShell) -> None:
        """Insert the output from before the shell was attached before what has been read since."""
        output = self._state.output
        history = shell.history if shell.complete else self._reattachment.read_history(shell)
        with self._state.lock:
            complete = output.join(shell.id, history, shell.complete, self._clients.received())
            self._set_status("live")
        self._reader.report_marks()
        self._input.set_shell(shell)
        if not complete:
            self._reattachment.request_prompt(self._input)

    def _finish(self, is_running: bool) -> bool:
        """Wait after the connection has ended: briefly if the shell still runs, else until a new one is requested.

        Returns whether the next shell is a new one.
        """
        with self._state.lock:
            self._shell = None
            if is_running and not self._shutdown.requested:
                self._pause("lost", RETRY_SECONDS[0])
                return False
            self._set_status("ended")
            if self._shutdown.restart_requested:
                self._prepare_next()
            self._state.wake.wait_for(lambda: self._state.closed or self._state.status != "ended")
        return True

    def _prepare_next(self) -> None:
        """Prepare for the next shell: input from now on is for that one."""
        self._shutdown.reset()
        self._input.set_shell(None)
        self._set_status("starting")

    def _pause(self, status: TerminalStatus, seconds: float) -> None:
        with self._state.lock:
            self._set_status(status)
            self._state.wake.wait_for(lambda: self._state.closed, seconds)

    def _set_status(self, status: TerminalStatus) -> None:
        self._state.status = status
        self._clients.notify_all()
