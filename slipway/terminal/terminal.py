"""One terminal of one learner: a shell in a container, its latest output, and the pages that are attached to it.

Written with blocking calls and threads; with gevent's monkey-patching these are greenlets.
"""

from __future__ import annotations

from slipway.terminal.client import OnOutput, TerminalClient
from slipway.terminal.clients import Clients
from slipway.terminal.input_queue import REPORTS, InputQueue, keystrokes
from slipway.terminal.interrupt_skip import InterruptSkip
from slipway.terminal.output_reader import OnMark, OutputReader
from slipway.terminal.reattach import Reattachment
from slipway.terminal.resume import ClientOffset
from slipway.terminal.shell_runner import OpenShell, ShellRunner
from slipway.terminal.spectator import OnScreen, Spectator
from slipway.terminal.state import WINDOW, TerminalState
from slipway.terminal.subscriber import OnStatus
from slipway.terminal.threads import start_thread


class Terminal:
    """A shell with any number of clients; it is opened at once, in the background."""

    def __init__(self, number: int, open_shell: OpenShell, on_mark: OnMark, window: int = WINDOW) -> None:
        self.state = TerminalState(number, window)
        self._input = InputQueue()
        self._clients = Clients(self.state, self._input.resize)
        self._skip = InterruptSkip(self.state)
        reattachment = Reattachment(self.state)
        reader = OutputReader(self.state, self._clients, self._skip, reattachment.on_output, on_mark)
        self._runner = ShellRunner(self.state, self._clients, self._input, reader, reattachment, open_shell)
        start_thread(self._runner.run)

    def add_client(
        self,
        on_output: OnOutput,
        on_status: OnStatus,
        offset: int | None = None,
        tail: str = "",
        shell_id: str = "",
        stayed: bool = False,
    ) -> TerminalClient:
        """Attach a page. It gets the output from the oldest kept byte on, or from byte number `offset` on.

        `tail` (the last text that it has) and `shell_id` prove that its bytes are this shell's. `stayed` says that the
        page was attached until now.
        """
        received = None if offset is None else ClientOffset(offset, tail.encode(errors="replace"), shell_id)
        is_returning = received is not None and not stayed
        client = TerminalClient(self.state, self, on_output, on_status, received, is_returning)
        with self.state.lock:
            self._clients.add(client)
        start_thread(client.pump)
        return client

    def add_spectator(self, on_screen: OnScreen, on_status: OnStatus) -> Spectator:
        """Attach a read-only view, for followers: it has no size, and the shell never waits for it."""
        spectator = Spectator(self.state, on_screen, on_status, self._clients.remove_spectator)
        with self.state.lock:
            self._clients.add_spectator(spectator)
        start_thread(spectator.pump)
        return spectator

    def type_command(self, text: str, run_id: str) -> bool:
        """Type a command and Enter, once for each `run_id`; return False if it was typed before or cannot be now."""
        state = self.state
        with state.lock:
            keys = keystrokes(text, state.output.bracketed_paste)
            return state.status == "live" and self._input.send_once(keys, run_id)

    def send_keys(self, keys: str) -> bool:
        """Send input not typed in a page; return False if the terminal is not live or its queue is full."""
        with self.state.lock:
            return self.state.status == "live" and self._input.send(keys.encode(errors="replace"))

    def restart(self) -> None:
        """Open a new shell where the last one has ended, or is being ended."""
        self._runner.restart()

    def end(self) -> None:
        """End the shell and what runs in it; one that is starting or lost, as soon as it is attached."""
        self._runner.end()

    def close(self) -> None:
        """Disconnect from the shell, which keeps running; the clients get the status "lost"."""
        self._runner.close()

    # ClientHost: what clients ask for

    def send_input(self, client: TerminalClient, data: bytes) -> bool:
        """Send a client's keys, and make it the active one; return False when the queue is full.

        xterm.js replies to a program's query in every page; only the active page's reply is sent. Keys for a shell that
        has ended are dropped: they are not for the next shell.
        """
        state = self.state
        if REPORTS.fullmatch(data):
            return state.active is not client or self._input.send(data)
        with state.lock:
            self._clients.activate(client)
            if state.status == "ended":
                return True
            is_flooded = client.is_slow and state.output.ring.end > client.acknowledged
            if self._skip.on_input(data, is_flooded, client.skip_ahead):
                state.wake.notify_all()
        return self._input.send(data)

    def resize(self, client: TerminalClient, size: tuple[int, int]) -> None:
        """Set a client's size, which is the terminal's while that client is active."""
        with self.state.lock:
            self._clients.resize(client, size)

    def activate(self, client: TerminalClient) -> None:
        """Make this the active client: its size and its pace become the terminal's."""
        with self.state.lock:
            self._clients.activate(client)

    def remove(self, client: TerminalClient) -> None:
        """Detach a client that has closed."""
        with self.state.lock:
            self._clients.remove(client)

    def resume(self, received: ClientOffset | None) -> int | None:
        """Return the number of the byte after those that a page has; None when it has to start over.

        From now on this page's own position counts, not that of the last one that left. Called with the lock held.
        """
        self._clients.forget_last()
        self.state.wake.notify_all()
        return self.state.output.resume(received)
