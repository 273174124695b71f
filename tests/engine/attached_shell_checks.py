"""Checks an attached shell on a real engine: `python -m tests.engine.attached_shell_checks threads|greenlets`.

Exits with 0 if all works. A separate process, because gevent's patches cannot be undone; uses the engine that the
environment names.
"""

from __future__ import annotations

import sys

if sys.argv[1] == "greenlets":
    from gevent import monkey

    monkey.patch_all()

import hashlib
import os
import threading
from contextlib import closing
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container

from slipway.engine.attached_shell import AttachedShell
from tests import shells
from tests.eventually import eventually

BLOCK = 256 * 1024
WAITS_FOR_A_NUMBER = "stty raw -echo; echo ready-$((1)); until [ -s /number ]; do sleep 0.1; done"
SUMS = f"{WAITS_FOR_A_NUMBER}; head -c $(cat /number) | md5sum; stty sane\n"


class OutputListener:
    """Reads a shell in its own thread or greenlet."""

    def __init__(self, shell: AttachedShell) -> None:
        self._shell, self.heard = shell, bytearray()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def wait_for(self, text: str) -> None:
        try:
            eventually(lambda: text.encode() in self.heard)
        except AssertionError:
            raise AssertionError(f"{text!r} never came, but {self.heard[-300:]!r}") from None

    def _listen(self) -> None:
        while part := self._shell.read():
            self.heard += part


def main(engine: docker.DockerClient) -> None:
    shells.build(engine)
    container = shells.create(engine)
    try:
        shell = AttachedShell(container)
        check_first_prompt_waits(shell)
        listener = OutputListener(shell)
        check_keys_and_sizes(shell, listener)
        check_large_output(shell, listener)
        check_busy_shell_gets_input_later(shell, listener, container)
        check_disconnect_wakes_the_reader(shell, listener)
        check_disconnect_in_a_flood(container)
        check_disconnect_wakes_the_writer(container)
        check_no_file_is_left_open(container)
    finally:
        container.remove(force=True)


def random_text() -> bytes:
    """Return hexadecimal text: of arbitrary bytes, the engine repeats one where a read ends within its detach keys."""
    return os.urandom(BLOCK // 2).hex().encode()


def check_first_prompt_waits(shell: AttachedShell) -> None:
    seen = b""
    while b"ready$ " not in seen:
        eventually(shell.has_data)
        seen += shell.read()
    assert not shell.has_data()


def check_keys_and_sizes(shell: AttachedShell, listener: OutputListener) -> None:
    shell.resize(101, 33)
    assert shell.write_nowait(b"stty size\n") == b""
    listener.wait_for("33 101\r\n")
    shell.write(b"bash -c 'echo runs-$((1)); exec sleep 1000'\n")
    listener.wait_for("runs-1")
    assert shell.write_nowait(b"\x03") == b""
    shell.write(b"echo status-$?\n")
    listener.wait_for("status-130\r\n")


def check_large_output(shell: AttachedShell, listener: OutputListener) -> None:
    shell.write(b"seq 100001 400000; echo end-$((1))\n")
    listener.wait_for("end-1\r\n")
    assert "".join(f"{number}\r\n" for number in range(100_001, 400_001)).encode() in listener.heard


def check_busy_shell_gets_input_later(shell: AttachedShell, listener: OutputListener, container: Container) -> None:
    shell.write(SUMS.encode())
    listener.wait_for("ready-1")
    sent = b""
    while not (left := shell.write_nowait(block := random_text())):
        sent += block
    rest = random_text()
    writer = threading.Thread(target=shell.write, args=[left + rest], daemon=True)
    writer.start()
    sent += block + rest
    container.exec_run(["bash", "-c", f"printf {len(sent)} > /number"])
    listener.wait_for(hashlib.md5(sent, usedforsecurity=False).hexdigest())
    writer.join()


def check_disconnect_wakes_the_reader(shell: AttachedShell, listener: OutputListener) -> None:
    shell.disconnect()
    listener.thread.join()
    for send in (shell.write_nowait, shell.write):
        with pytest.raises(OSError, match=r"\S"):
            send(b"echo too late\n")
    shell.close()
    assert shell.read() == b""
    assert not shell.has_data()


def check_disconnect_in_a_flood(container: Container) -> None:
    shell, seen = AttachedShell(container), b""
    shell.write(b"seq 100001 400000\n")
    while b"100100\r\n" not in seen:
        seen += shell.read()
    shell.disconnect()
    while part := shell.read():
        seen += part
    shell.close()
    assert seen.isascii()


def check_disconnect_wakes_the_writer(container: Container) -> None:
    shell, failures = AttachedShell(container), list[OSError]()
    listener = OutputListener(shell)
    shell.write(b"stty raw -echo; echo ready-$((1)); sleep 1000\n")
    listener.wait_for("ready-1")
    text = random_text() * 100

    def write() -> None:
        try:
            shell.write(text)
        except OSError as error:
            failures.append(error)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    eventually(lambda: shell.write_nowait(b"x") == b"x")
    shell.disconnect()
    listener.thread.join()
    shell.close()
    writer.join()
    assert failures


def check_no_file_is_left_open(container: Container) -> None:
    open_files = []
    for _ in range(5):
        shell = AttachedShell(container)
        listener = OutputListener(shell)
        shell.disconnect()
        listener.thread.join()
        shell.close()
        open_files.append(len(list(Path("/proc/self/fd").iterdir())))
    assert open_files[-1] <= open_files[0]


if __name__ == "__main__":
    with closing(shells.connected()) as connected:
        main(connected)
