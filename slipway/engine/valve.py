"""Stops and starts what a terminal's programs write, at the terminal itself, while its page can't draw that fast.

Not reading is not enough: the engine buffers a megabyte for each attached client (moby's BytesPipe), which at 2 MB/s
is half a second between Ctrl-C and the prompt. So a small helper runs beside the shell while there is a flood, and asks
the kernel to hold the TTY's output (`tcflow`, TCOOFF), as a Ctrl-S would for programs that allow it. It lets go when
its connection ends, whatever became of us. Where it can't run, the bytes wait in the engine as they always did.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

log = logging.getLogger(__name__)

READY, SHUT, OPEN = b"ready", b"S", b"Q"
HELPER = r"""
sysopen(my $tty, "/dev/console", 0402) or exit 1;
my $shut = 0;
sub turn { $shut = $_[0]; ioctl($tty, 0x540A, $shut ? 0 : 1) }
$SIG{$_} = sub { turn(0); exit } for qw(HUP INT TERM PIPE);
syswrite(STDOUT, "ready");
while (1) {
    my $ears = ""; vec($ears, 0, 1) = 1;
    last if select($ears, undef, undef, 20) == 0 and !$shut;
    next unless vec($ears, 0, 1);
    sysread(STDIN, my $said, 64) or last;
    turn(substr($said, -1) eq "S");
}
turn(0);
"""
"""For perl, which every Debian has; 0402 is O_RDWR | O_NOCTTY, 0x540A is TCXONC.

After 20 quiet seconds it goes, and the next flood brings another."""
AGAIN = 1.0


class Valve:
    """The valve of one shell. `turn` is prompt; what it asks for comes true a moment later, or, without perl, never."""

    def __init__(self, container: Container, spawn: Callable[[Callable[[], None]], object]) -> None:
        self._container = container
        self._spawn = spawn
        self._lock = threading.Lock()
        self._wire: Any = None
        self._told = OPEN
        self._running = False
        self._hopeless = False
        self._closed = False
        self.shut = False

    def turn(self, shut: bool) -> None:
        """Have the TTY hold its output, or let it go on."""
        if shut == self.shut:
            return
        with self._lock:
            self.shut = shut
            if self._wire:
                self._tell()
            elif shut and not self._running and not self._hopeless and not self._closed:
                self._running = True
                self._spawn(self._run)

    def close(self) -> None:
        """Let go of the TTY and of the helper."""
        with self._lock:
            self._closed = True
            if self._wire:
                with suppress(OSError):
                    self._wire.shutdown(socket.SHUT_RDWR)

    def _tell(self) -> None:
        self._told = SHUT if self.shut else OPEN
        with suppress(OSError):  # it has gone: `_run` sees to it
            self._wire.sendall(self._told)

    def _run(self) -> None:
        """One helper after another, as long as one has left the TTY shut."""
        while True:
            try:
                self._converse()
            except (OSError, ValueError, DockerException, RequestException) as error:
                log.debug("No valve: %s", error)
            with self._lock:
                if self._told == OPEN or self._closed or not _runs(self._container):
                    self._running = False
                    return
            threading.Event().wait(AGAIN)

    def _converse(self) -> None:
        api = self._container.client.api  # type: ignore[union-attr]
        made = api.exec_create(self._container.id, ["perl", "-e", HELPER], stdin=True)
        wrapper: Any = api.exec_start(made["Id"], socket=True)
        wire: socket.socket = getattr(wrapper, "_sock", wrapper)
        wire.settimeout(None)
        try:
            self._listen(wire, wrapper._response.raw._fp.fp)  # the first bytes can be glued to the answer: see Line
        finally:
            with self._lock:
                self._wire = None
            for part in (wrapper, wrapper._response, wire):
                with suppress(OSError, ValueError):
                    part.close()

    def _listen(self, wire: socket.socket, reader: Any) -> None:
        said = b""
        while data := reader.read1(4096):
            said = (said + data)[-4096:]
            if READY in said and self._wire is None:
                with self._lock:
                    if self._closed:
                        return
                    self._wire = wire
                    self._tell()
        self._hopeless = READY not in said


def _runs(container: Container) -> bool:
    with suppress(DockerException, RequestException):
        container.reload()
        return bool(container.status == "running")
    return False
