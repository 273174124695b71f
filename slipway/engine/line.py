"""The wire to a shell: one attached connection to the first process of one container, through docker-py.

Knows docker-py's habits and nothing of viewers, text or numbering.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from docker.models.containers import Container

CHUNK = 64 * 1024
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
    """An attached shell. Raises docker.errors.APIError or OSError when it cannot be attached."""

    def __init__(self, container: Container) -> None:
        wrapper: Any = container.attach_socket(params=PARAMS)
        self._container = container
        self._socket: socket.socket = getattr(wrapper, "_sock", wrapper)
        self._socket.settimeout(None)
        # The first output can be glued to the 101 answer and sit in this buffer: read through it, always.
        self._reader = wrapper._response.raw._fp.fp
        self._wrapper = wrapper

    def read(self) -> bytes:
        """What the shell wrote, as soon as there is anything; b"" when the connection has ended."""
        try:
            return self._reader.read1(CHUNK) or b""
        except (OSError, ValueError):
            return b""

    def write(self, data: bytes) -> None:
        """Send keys, waiting while the shell takes none. Raises OSError when the connection has ended."""
        self._socket.sendall(data)

    def resize(self, cols: int, rows: int) -> None:
        """Tell the TTY its size, in characters. Raises docker.errors.APIError when the shell has gone."""
        self._container.resize(height=rows, width=cols)

    def hang_up(self) -> None:
        """End the connection; a reader that waits in `read` comes back. Closing alone would not wake it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give back what the connection holds, after its reader has come back."""
        for part in (self._wrapper, self._wrapper._response, self._socket):
            with contextlib.suppress(OSError, ValueError):
                part.close()
