"""The connection of an attached shell: bytes in both directions over a Unix or TCP socket, with or without TLS.

Uses the private parts of docker-py's `attach_socket`, whose result differs from case to case. Measured with docker-py
7.2, urllib3 2.8 and gevent 26.9: without TLS it is a `socket.SocketIO`, with TLS an `ssl.SSLSocket`. With gevent's
patches the latter is gevent's own class, and its `_sock` is the bare descriptor: after `settimeout(None)` on that one,
each read blocks all greenlets, and what it sends is plain text. The HTTP response has the right socket in all cases.
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
"""Bytes that one read returns at most."""
TLS_RECORD = 16 * 1024
"""Bytes that fit into one TLS record."""


class Connection(ABC):
    """An attached connection, for several threads (with gevent's patches: greenlets).

    One thread calls `read` and `has_data`, one calls `write`; any may call `write_nowait` and `disconnect`.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        # The first output can arrive together with the 101 response and then is in this buffer: always read through it.
        self._reader = response.raw._fp.fp
        self._socket: socket.socket = response.raw.connection.sock

    @abstractmethod
    def read(self) -> bytes:
        """Return the next bytes, blocking until there are some; b"" when the connection has ended."""

    @abstractmethod
    def has_data(self) -> bool:
        """Return whether there are bytes to read without blocking."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send, waiting while the other side accepts nothing. Raises OSError when the connection has ended."""

    @abstractmethod
    def write_nowait(self, data: bytes) -> bytes:
        """Send what can be sent without waiting; return the rest, with which the next `write` must begin.

        Raises OSError when the connection has ended.
        """

    def disconnect(self) -> None:
        """End the connection and wake a reader that waits in `read`, which closing alone would not do."""
        with suppress(OSError):
            # Not SSLSocket.shutdown: it drops TLS; then reads return undecrypted bytes and writes are plain text.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Release what the connection holds, after its reader has returned."""
        for part in (self._reader, self._response, self._socket):
            with suppress(OSError, ValueError):
                part.close()


class PlainConnection(Connection):
    """Without TLS: the kernel keeps reading and writing apart."""

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self._socket.settimeout(None)
        # gevent's own socket would wait regardless of MSG_DONTWAIT.
        self._direct = _socket.socket(fileno=os.dup(self._socket.fileno()))

    def read(self) -> bytes:
        """Return the next bytes, waiting for them; b"" at the end of the connection."""
        try:
            return self._reader.read1(CHUNK) or b""
        except (OSError, ValueError):
            return b""

    def has_data(self) -> bool:
        """Ask the kernel for readable bytes."""
        with suppress(OSError):
            return bool(self._direct.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        return False

    def write(self, data: bytes) -> None:
        """Send all bytes, waiting for the socket."""
        self._socket.sendall(data)

    def write_nowait(self, data: bytes) -> bytes:
        """Send what the kernel accepts now, and return the rest."""
        try:
            return data[self._direct.send(data, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            return data

    def close(self) -> None:
        """Close the socket and its file."""
        super().close()
        self._direct.close()


class TlsConnection(Connection):
    """With TLS. OpenSSL allows one thread at a time per connection: each call takes a lock, and none waits with it.

    What OpenSSL cannot send at once it has encrypted already, so the next bytes sent must begin with the same ones.
    """

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self._socket.settimeout(0)
        self._ssl_lock, self._write_lock = threading.Lock(), threading.Lock()

    def read(self) -> bytes:
        """Return the next decrypted bytes, waiting without the lock; b"" at the end of the connection."""
        while True:
            try:
                with self._ssl_lock:
                    return self._reader.read1(CHUNK) or b""
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as wants:
                self._wait(select.POLLIN if isinstance(wants, ssl.SSLWantReadError) else select.POLLOUT)
            except (OSError, ValueError):
                return b""

    def has_data(self) -> bool:
        """Return whether there are bytes to read, which may turn out to be no output."""
        with suppress(OSError, ValueError), self._ssl_lock:
            return bool(self._reader.peek(1))  # the kernel's bytes may be no output; what this reads, `read` returns
        return False

    def write(self, data: bytes) -> None:
        """Send all bytes, waiting without the lock."""
        with self._write_lock:
            while data := self._send(data):
                self._wait(select.POLLOUT)

    def write_nowait(self, data: bytes) -> bytes:
        """Send what OpenSSL accepts now, and return the rest."""
        if not self._write_lock.acquire(blocking=False):
            return data
        try:
            return self._send(data)
        finally:
            self._write_lock.release()

    def close(self) -> None:
        """Release what the connection holds.

        Wakes a waiting writer first: the descriptor that it polls may be reused for another file.
        """
        self.disconnect()
        with self._write_lock, self._ssl_lock:
            super().close()

    def _send(self, data: bytes) -> bytes:
        """Send what can be sent now; return the rest."""
        done = 0
        with suppress(ssl.SSLWantWriteError), self._ssl_lock:
            # gevent's socket returns 0 when nothing can be sent.
            while done < len(data) and (sent := self._socket.send(data[done : done + TLS_RECORD])):
                done += sent
        return data[done:]

    def _wait(self, event: int) -> None:
        """Wait, without the lock, until the kernel has something to read or room to send, or the connection ends."""
        waiting = select.poll()
        waiting.register(self._socket, event)
        waiting.poll()


def connection_for(response: Any) -> Connection:
    """Return the connection of an attached container, given the HTTP response to docker-py's attach request."""
    secure = isinstance(response.raw.connection.sock, ssl.SSLSocket)
    return TlsConnection(response) if secure else PlainConnection(response)
