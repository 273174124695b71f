"""Exercise an attached shell: `python -m tests.engine.measured_shell threads|greenlets` ends with 0 if all works.

In a separate process, because gevent's patches cannot be undone; uses the engine that the environment names.
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


class Reader:
    """Reads a shell in a thread or greenlet."""

    def __init__(self, shell: AttachedShell) -> None:
        self._shell, self.output = shell, bytearray()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def see(self, text: str) -> None:
        try:
            eventually(lambda: text.encode() in self.output)
        except AssertionError:
            raise AssertionError(f"{text!r} never came, but {self.output[-300:]!r}") from None

    def _read(self) -> None:
        while part := self._shell.read():
            self.output += part


def main(engine: docker.DockerClient) -> None:
    shells.build(engine)
    container = shells.create(engine)
    try:
        shell = AttachedShell(container)
        first_prompt_is_buffered(shell)
        reader = Reader(shell)
        keys_and_sizes_arrive(shell, reader)
        output_arrives_whole(shell, reader)
        unaccepted_input_arrives_later(shell, reader, container)
        disconnect_wakes_the_reader_and_ends_writing(shell, reader)
        disconnect_in_a_flood_still_reads_text(container)
        disconnect_wakes_the_writer(container)
        nothing_is_left_open(container)
    finally:
        container.remove(force=True)


def random_text() -> bytes:
    """Return random hex digits, not bytes: the engine doubles a byte when a read ends within possible detach keys."""
    return os.urandom(BLOCK // 2).hex().encode()


def first_prompt_is_buffered(shell: AttachedShell) -> None:
    seen = b""
    while b"ready$ " not in seen:
        eventually(shell.has_data)
        seen += shell.read()
    assert not shell.has_data()


def keys_and_sizes_arrive(shell: AttachedShell, reader: Reader) -> None:
    shell.resize(101, 33)
    assert shell.write_nowait(b"stty size\n") == b""
    reader.see("33 101\r\n")
    shell.write(b"bash -c 'echo runs-$((1)); exec sleep 1000'\n")
    reader.see("runs-1")
    assert shell.write_nowait(b"\x03") == b""
    shell.write(b"echo status-$?\n")
    reader.see("status-130\r\n")


def output_arrives_whole(shell: AttachedShell, reader: Reader) -> None:
    shell.write(b"seq 100001 400000; echo end-$((1))\n")
    reader.see("end-1\r\n")
    assert "".join(f"{number}\r\n" for number in range(100_001, 400_001)).encode() in reader.output


def unaccepted_input_arrives_later(shell: AttachedShell, reader: Reader, container: Container) -> None:
    shell.write(SUMS.encode())
    reader.see("ready-1")
    sent = b""
    while not (left := shell.write_nowait(block := random_text())):
        sent += block
    rest = random_text()
    writer = threading.Thread(target=shell.write, args=[left + rest], daemon=True)
    writer.start()
    sent += block + rest
    container.exec_run(["bash", "-c", f"printf {len(sent)} > /number"])
    reader.see(hashlib.md5(sent, usedforsecurity=False).hexdigest())
    writer.join()


def disconnect_wakes_the_reader_and_ends_writing(shell: AttachedShell, reader: Reader) -> None:
    shell.disconnect()
    reader.thread.join()
    for send in (shell.write_nowait, shell.write):
        with pytest.raises(OSError, match=r"\S"):
            send(b"echo too late\n")
    shell.close()
    assert shell.read() == b""
    assert not shell.has_data()


def disconnect_in_a_flood_still_reads_text(container: Container) -> None:
    shell, seen = AttachedShell(container), b""
    shell.write(b"seq 100001 400000\n")
    while b"100100\r\n" not in seen:
        seen += shell.read()
    shell.disconnect()
    while part := shell.read():
        seen += part
    shell.close()
    assert seen.isascii()


def disconnect_wakes_the_writer(container: Container) -> None:
    shell, failures = AttachedShell(container), list[OSError]()
    reader = Reader(shell)
    shell.write(b"stty raw -echo; echo ready-$((1)); sleep 1000\n")
    reader.see("ready-1")
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
    reader.thread.join()
    shell.close()
    writer.join()
    assert failures


def nothing_is_left_open(container: Container) -> None:
    open_files = []
    for _ in range(5):
        shell = AttachedShell(container)
        reader = Reader(shell)
        shell.disconnect()
        reader.thread.join()
        shell.close()
        open_files.append(len(list(Path("/proc/self/fd").iterdir())))
    assert open_files[-1] <= open_files[0]


if __name__ == "__main__":
    with closing(shells.connected()) as connected:
        main(connected)
