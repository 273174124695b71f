"""A network between a browser and the lab, which can be cut as real ones are: nothing is refused, nothing is said.

While it is cut, what is sent goes nowhere, and who connects waits. Once it is mended, connections from before are
gone, as behind a router that has forgotten them. `deaf` cuts one way alone: what the lab answers goes nowhere.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE = 65536


class Network:
    """Listens on a port of its own, in its `with`, and passes everything on to `port`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._through = threading.Event()
        self._through.set()
        self._deaf = self._ended = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # a close alone leaves the thread in its accept
        self._listener.close()
        self._through.set()
        self._drop()

    @property
    def used(self) -> bool:
        return bool(self._pairs)

    def cut(self) -> None:
        self._through.clear()

    def deafen(self) -> None:
        """The lab hears, and its answers are lost."""
        self._deaf = True

    def mend(self) -> None:
        self._drop()
        self._deaf = False
        self._through.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._through.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            near.close()
            return
        self._pairs.append((near, far))
        if self._ended:
            self._drop()
        else:
            threading.Thread(target=self._pass, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                if self._through.is_set() and not (answers and self._deaf):
                    target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
