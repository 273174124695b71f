"""The wire to a shell: one attached connection to the first process of one container, through docker-py.

Knows docker-py's habits and nothing of viewers, text or numbering.
"""

from __future__ import annotations

import _socket
import contextlib
import os
import socket
import ssl
from typing import Any

from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

CHUNK = 64 * 1024
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


class Line:
    """An attached shell. Raises docker.errors.APIError or OSError when it cannot be attached.

    A shell that does not run yet is started only when this line listens to it: its first prompt, which no log has until
    its line ends, waits in the connection. `whole` says that it was so: then `past`, an earlier life's log, and what
    comes by the line are all that there ever was.
    """

    def __init__(self, container: Container) -> None:
        wrapper: Any = container.attach_socket(params=PARAMS)
        self._container = container
        self._socket: socket.socket = getattr(wrapper, "_sock", wrapper)
        self._socket.settimeout(None)
        # The first output can be glued to the 101 answer and sit in this buffer: read through it, always.
        self._reader = wrapper._response.raw._fp.fp
        self._wrapper = wrapper
        # gevent's own socket would wait whatever the flags say; TLS needs its wrapping.
        plain = not isinstance(self._socket, ssl.SSLSocket)
        self._direct = _socket.socket(fileno=os.dup(self._socket.fileno())) if plain else None
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
        try:
            return self._reader.read1(CHUNK) or b""
        except (OSError, ValueError):
            return b""

    def waits(self) -> bool:
        """Whether the engine has sent something that is not read yet; False where that can't be known."""
        if self._direct is None:
            return False
        with contextlib.suppress(OSError):
            return bool(self._direct.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        return False

    def write(self, data: bytes) -> None:
        """Send keys, waiting while the shell takes none. Raises OSError when the connection has ended."""
        self._socket.sendall(data)

    def push(self, data: bytes) -> bytes:
        """Send what goes without waiting; what is left. Raises OSError when the connection has ended."""
        if self._direct is None:
            return data
        try:
            return data[self._direct.send(data, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            return data

    def resize(self, cols: int, rows: int) -> None:
        """Tell the TTY its size, in characters. Raises docker.errors.APIError when the shell has gone."""
        self._container.resize(height=rows, width=cols)

    def remove(self) -> None:
        """End the shell, and remove its container with its log."""
        with contextlib.suppress(DockerException, RequestException):
            self._container.remove(force=True, v=True)

    def hang_up(self) -> None:
        """End the connection; a reader that waits in `read` comes back. Closing alone would not wake it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give back what the connection holds, after its reader has come back."""
        for part in (self._reader, self._wrapper, self._wrapper._response, self._socket, self._direct):
            with contextlib.suppress(OSError, ValueError):
                if part is not None:
                    part.close()

    def _begin(self) -> None:
        self.past = self.log()
        self._container.start()
        with contextlib.suppress(DockerException, RequestException):  # it may be over already
            self.resize(*USUAL)
