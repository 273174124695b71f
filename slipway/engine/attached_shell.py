"""One attached connection to the first process of a container, which is a shell, through docker-py.

Knows docker-py's habits, and nothing of clients, text or byte numbering. The bytes travel through connection.py.
"""

from __future__ import annotations

import contextlib
from typing import Any

from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

from slipway.engine.connection import connection_for

LOG_LINES = 100_000
"""Lines of a log that are read: each is a chunk of HTTP, at some microseconds."""
DEFAULT_SIZE = (80, 24)
"""Columns and rows of a terminal whose size has not been set yet."""
ATTACH_PARAMS = {
    "stdin": 1,
    "stdout": 1,
    "stderr": 1,
    "stream": 1,
    # The log is read separately: when the engine joins it to the stream, bytes written between the two are lost.
    "logs": 0,
    # Ctrl-P Ctrl-Q is the engine's default; it belongs to the learner's own `docker attach`, and to history in bash.
    "detachKeys": ",".join(["ctrl-^", "ctrl-_"] * 6),
}


class AttachedShell:
    """An attached shell.

    A shell that is not running yet is started only after attaching: its first prompt, which is in no log until its
    line ends, then waits in the connection. In that case `complete` is True: `history` (the log of an earlier run) and
    the bytes from `read` are the shell's whole output.

    Raises docker.errors.APIError or OSError when it cannot be attached.
    """

    def __init__(self, container: Container) -> None:
        attached: Any = container.attach_socket(params=ATTACH_PARAMS)
        self._container = container
        self._connection = connection_for(attached._response)
        self.history = b""
        container.reload()
        self.complete = container.status != "running"
        if self.complete:
            self._start()

    @property
    def id(self) -> str:
        """The first twelve digits of the container's id."""
        return str(self._container.id)[:12]

    def is_running(self) -> bool:
        """Return whether the shell runs; False as well when the engine cannot be asked."""
        try:
            self._container.reload()
        except (DockerException, RequestException):
            return False
        return bool(self._container.status == "running")

    def read_log(self) -> bytes:
        """Return the last LOG_LINES whole lines of the engine's log; b"" when the engine cannot be asked."""
        try:
            return bytes(self._container.logs(tail=LOG_LINES))
        except (DockerException, RequestException):
            return b""

    def read(self) -> bytes:
        """Return the shell's next output, blocking until there is some; b"" when the connection has ended."""
        return self._connection.read()

    def has_data(self) -> bool:
        """Return whether the engine has sent something that has not been read yet."""
        return self._connection.has_data()

    def write(self, data: bytes) -> None:
        """Send input, waiting while the shell accepts none. Raises OSError when the connection has ended."""
        self._connection.write(data)

    def write_nowait(self, data: bytes) -> bytes:
        """Send what can be sent without waiting; return the rest, with which the next `write` must begin.

        Raises OSError when the connection has ended.
        """
        return self._connection.write_nowait(data)

    def resize(self, cols: int, rows: int) -> None:
        """Set the size of the TTY, in characters. Raises OSError when the shell has gone or the engine cannot be
        asked."""
        try:
            self._container.resize(height=rows, width=cols)
        except DockerException as error:  # requests' own exceptions are OSErrors already
            raise OSError(str(error)) from error

    def remove(self) -> None:
        """End the shell, and remove its container with its log. Raises nothing: it may have gone already."""
        with contextlib.suppress(DockerException, RequestException):
            self._container.remove(force=True, v=True)

    def disconnect(self) -> None:
        """End the connection and wake a reader that waits in `read`, which closing alone would not do."""
        self._connection.disconnect()

    def close(self) -> None:
        """Release what the connection holds, after its reader has returned."""
        self._connection.close()

    def _start(self) -> None:
        self.history = self.read_log()
        self._container.start()
        with contextlib.suppress(OSError):  # it may have ended already
            self.resize(*DEFAULT_SIZE)
