"""The wire to a shell: one attached connection to the first process of one container, through docker-py.

Knows docker-py's habits and nothing of viewers, text or numbering; how bytes go both ways is connection.py's.
"""

from __future__ import annotations

import contextlib
from typing import Any

from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

from slipway.engine.connection import connection

LINES = 100_000
"""Lines of a log that are read: each is a chunk of HTTP, at some microseconds."""
USUAL = (80, 24)
"""Columns and rows of a terminal to whom nobody has told a size yet."""
PARAMS = {
    "stdin": 1,
    "stdout": 1,
    "stderr": 1,
    "stream": 1,
    # The log is read apart: joined to the stream by the engine, bytes written between the two would be lost.
    "logs": 0,
    # Ctrl-P Ctrl-Q is the engine's default; it belongs to the learner's own `docker attach`, and to history in bash.
    "detachKeys": ",".join(["ctrl-^", "ctrl-_"] * 6),
}


class AttachedShell:
    """An attached shell. Raises docker.errors.APIError or OSError when it cannot be attached.

    A shell that does not run yet is started only when this line listens to it: its first prompt, which no log has until
    its line ends, waits in the connection. `whole` says that it was so: then `past`, an earlier life's log, and what
    comes by the line are all that there ever was.
    """

    def __init__(self, container: Container) -> None:
        attached: Any = container.attach_socket(params=PARAMS)
        self._container = container
        self._connection = connection(attached._response)
        self.past = b""
        container.reload()
        self.whole = container.status != "running"
        if self.whole:
            self._begin()

    @property
    def shell(self) -> str:
        """Which shell this is: the start of its container's id."""
        return str(self._container.id)[:12]

    def runs(self) -> bool:
        """Whether the shell runs, as far as the engine can be asked."""
        try:
            self._container.reload()
        except (DockerException, RequestException):
            return False
        return bool(self._container.status == "running")

    def log(self) -> bytes:
        """The whole lines that the engine's log has kept of the shell's output, the newest at least."""
        try:
            return bytes(self._container.logs(tail=LINES))
        except (DockerException, RequestException):
            return b""

    def read(self) -> bytes:
        """What the shell wrote, as soon as there is anything; b"" when the connection has ended."""
        return self._connection.read()

    def waits(self) -> bool:
        """Whether the engine has sent something that is not read yet."""
        return self._connection.waits()

    def write(self, data: bytes) -> None:
        """Send keys, waiting while the shell takes none. Raises OSError when the connection has ended."""
        self._connection.write(data)

    def push(self, data: bytes) -> bytes:
        """Send what goes without waiting; what is left, for the beginning of the next `write`.

        Raises OSError when the connection has ended.
        """
        return self._connection.push(data)

    def resize(self, cols: int, rows: int) -> None:
        """Tell the TTY its size, in characters. Raises docker.errors.APIError when the shell has gone."""
        self._container.resize(height=rows, width=cols)

    def remove(self) -> None:
        """End the shell, and remove its container with its log."""
        with contextlib.suppress(DockerException, RequestException):
            self._container.remove(force=True, v=True)

    def hang_up(self) -> None:
        """End the connection; a reader that waits in `read` comes back. Closing alone would not wake it."""
        self._connection.hang_up()

    def close(self) -> None:
        """Give back what the connection holds, after its reader has come back."""
        self._connection.close()

    def _begin(self) -> None:
        self.past = self.log()
        self._container.start()
        with contextlib.suppress(DockerException, RequestException):  # it may be over already
            self.resize(*USUAL)
