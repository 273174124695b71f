"""The connection beneath an attached shell: bytes both ways over a Unix or TCP socket, with TLS or without.

Reaches behind docker-py's `attach_socket`, whose answer differs from case to case. Measured with docker-py 7.2, urllib3
2.8 and gevent 26.9: without TLS it is a `socket.SocketIO`, with TLS an `ssl.SSLSocket`. Under gevent's patches the
latter is gevent's own, and its `_sock` is the bare descriptor: after `settimeout(None)` on that one each read blocks
all greenlets, and what it sends is plain text. The response behind the answer has the right socket in all cases.
"""

from __future__ import annotations

import _socket
import os
import select
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

CHUNK = 64 * 1024
RECORD = 16 * 1024
"""Bytes that fit into one record of TLS."""


class Connection(ABC):
    """One thread (under gevent's patches a greenlet) reads and asks what waits; one writes; any pushes and hangs up."""

    def __init__(self, response: Any) -> None:
        self._response = response
        # The first output can be glued to the 101 answer and sit in this buffer: read through it, always.
        self._reader = response.raw._fp.fp
        self._socket: socket.socket = response.raw.connection.sock

    @abstractmethod
    def read(self) -> bytes:
        """What came, as soon as there is anything; b"" when the connection has ended."""

    @abstractmethod
    def waits(self) -> bool:
        """Whether something came that is not read yet."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send, waiting while the other side takes nothing. Raises OSError when the connection has ended."""

    @abstractmethod
    def push(self, data: bytes) -> bytes:
        """Send what goes without waiting; what is left, which is to be the beginning of what is sent next.

        Raises OSError when the connection has ended.
        """

    def hang_up(self) -> None:
        """End the connection; a reader that waits in `read` comes back. Closing alone would not wake it."""
        with suppress(OSError):
            # Not SSLSocket's own: that forgets TLS, and then reads what is left as it is, and writes plain text.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give back what the connection holds, after its reader has come back."""
        for part in (self._reader, self._response, self._socket):
            with suppress(OSError, ValueError):
                part.close()


class PlainConnection(Connection):
    """Without TLS: the kernel sees to it that reading and writing don't disturb each other."""

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self._socket.settimeout(None)
        # gevent's own socket would wait whatever the flags say.
        self._direct = _socket.socket(fileno=os.dup(self._socket.fileno()))

    def read(self) -> bytes:
        try:
            return self._reader.read1(CHUNK) or b""
        except (OSError, ValueError):
            return b""

    def waits(self) -> bool:
        with suppress(OSError):
            return bool(self._direct.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        return False

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def push(self, data: bytes) -> bytes:
        try:
            return data[self._direct.send(data, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            return data

    def close(self) -> None:
        super().close()
        self._direct.close()


class TlsConnection(Connection):
    """With TLS. OpenSSL lets no two threads work at one connection: each call takes its turn, and none waits in it.

    What OpenSSL can't send at once it has encrypted already; so the next bytes sent must begin with the same ones.
    """

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self._socket.settimeout(0)
        self._turn, self._sending = threading.Lock(), threading.Lock()

    def read(self) -> bytes:
        while True:
            try:
                with self._turn:
                    return self._reader.read1(CHUNK) or b""
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as wants:
                self._wait(select.POLLIN if isinstance(wants, ssl.SSLWantReadError) else select.POLLOUT)
            except (OSError, ValueError):
                return b""

    def waits(self) -> bool:
        with suppress(OSError, ValueError), self._turn:
            return bool(self._reader.peek(1))  # what the kernel has may be no output; what this reads, `read` gives
        return False

    def write(self, data: bytes) -> None:
        with self._sending:
            while data := self._send(data):
                self._wait(select.POLLOUT)

    def push(self, data: bytes) -> bytes:
        if not self._sending.acquire(blocking=False):
            return data
        try:
            return self._send(data)
        finally:
            self._sending.release()

    def close(self) -> None:
        """A writer that still waits is woken first: the descriptor that it waits for may soon mean another file."""
        self.hang_up()
        with self._sending, self._turn:
            super().close()

    def _send(self, data: bytes) -> bytes:
        """Send what goes; what is left."""
        done = 0
        with suppress(ssl.SSLWantWriteError), self._turn:
            while done < len(data) and (sent := self._socket.send(data[done : done + RECORD])):  # gevent: 0, if none
                done += sent
        return data[done:]

    def _wait(self, event: int) -> None:
        """Wait outside the turn, until the kernel has something to read or room to send; or the connection ends."""
        waiting = select.poll()
        waiting.register(self._socket, event)
        waiting.poll()


def connection(response: Any) -> Connection:
    """The connection of a container that docker-py has attached, by the response to that request."""
    secure = isinstance(response.raw.connection.sock, ssl.SSLSocket)
    return TlsConnection(response) if secure else PlainConnection(response)
