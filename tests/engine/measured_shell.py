"""Exercise an attached shell: `python -m tests.engine.measured_shell threads|greenlets` ends with 0 if all works.

In a process of its own, because what gevent patches stays patched; at the engine that the environment names.
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


class Ear:
    """Reads a line in a thread or greenlet of its own."""

    def __init__(self, line: AttachedShell) -> None:
        self._line, self.heard = line, bytearray()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def hear(self, text: str) -> None:
        try:
            eventually(lambda: text.encode() in self.heard)
        except AssertionError:
            raise AssertionError(f"{text!r} never came, but {self.heard[-300:]!r}") from None

    def _listen(self) -> None:
        while part := self._line.read():
            self.heard += part


def main(engine: docker.DockerClient) -> None:
    shells.build(engine)
    container = shells.create(engine)
    try:
        line = AttachedShell(container)
        the_first_prompt_waits(line)
        ear = Ear(line)
        keys_and_sizes_arrive(line, ear)
        output_comes_whole(line, ear)
        what_a_busy_shell_does_not_take_arrives_later(line, ear, container)
        who_hangs_up_wakes_the_reader_and_sends_no_more(line, ear)
        who_hangs_up_in_a_flood_still_reads_text(container)
        who_hangs_up_wakes_the_writer(container)
        nothing_is_left_open(container)
    finally:
        container.remove(force=True)


def some_text() -> bytes:
    """Not just any bytes: the engine doubles one where a read ends in the midst of what could be its detach keys."""
    return os.urandom(BLOCK // 2).hex().encode()


def the_first_prompt_waits(line: AttachedShell) -> None:
    seen = b""
    while b"ready$ " not in seen:
        eventually(line.has_data)
        seen += line.read()
    assert not line.has_data()


def keys_and_sizes_arrive(line: AttachedShell, ear: Ear) -> None:
    line.resize(101, 33)
    assert line.write_nowait(b"stty size\n") == b""
    ear.hear("33 101\r\n")
    line.write(b"bash -c 'echo runs-$((1)); exec sleep 1000'\n")
    ear.hear("runs-1")
    assert line.write_nowait(b"\x03") == b""
    line.write(b"echo status-$?\n")
    ear.hear("status-130\r\n")


def output_comes_whole(line: AttachedShell, ear: Ear) -> None:
    line.write(b"seq 100001 400000; echo end-$((1))\n")
    ear.hear("end-1\r\n")
    assert "".join(f"{number}\r\n" for number in range(100_001, 400_001)).encode() in ear.heard


def what_a_busy_shell_does_not_take_arrives_later(line: AttachedShell, ear: Ear, container: Container) -> None:
    line.write(SUMS.encode())
    ear.hear("ready-1")
    sent = b""
    while not (left := line.write_nowait(block := some_text())):
        sent += block
    rest = some_text()
    writer = threading.Thread(target=line.write, args=[left + rest], daemon=True)
    writer.start()
    sent += block + rest
    container.exec_run(["bash", "-c", f"printf {len(sent)} > /number"])
    ear.hear(hashlib.md5(sent, usedforsecurity=False).hexdigest())
    writer.join()


def who_hangs_up_wakes_the_reader_and_sends_no_more(line: AttachedShell, ear: Ear) -> None:
    line.disconnect()
    ear.thread.join()
    for send in (line.write_nowait, line.write):
        with pytest.raises(OSError, match=r"\S"):
            send(b"echo too late\n")
    line.close()
    assert line.read() == b""
    assert not line.has_data()


def who_hangs_up_in_a_flood_still_reads_text(container: Container) -> None:
    line, seen = AttachedShell(container), b""
    line.write(b"seq 100001 400000\n")
    while b"100100\r\n" not in seen:
        seen += line.read()
    line.disconnect()
    while part := line.read():
        seen += part
    line.close()
    assert seen.isascii()


def who_hangs_up_wakes_the_writer(container: Container) -> None:
    line, failures = AttachedShell(container), list[OSError]()
    ear = Ear(line)
    line.write(b"stty raw -echo; echo ready-$((1)); sleep 1000\n")
    ear.hear("ready-1")
    text = some_text() * 100

    def write() -> None:
        try:
            line.write(text)
        except OSError as error:
            failures.append(error)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    eventually(lambda: line.write_nowait(b"x") == b"x")
    line.disconnect()
    ear.thread.join()
    line.close()
    writer.join()
    assert failures


def nothing_is_left_open(container: Container) -> None:
    open_files = []
    for _ in range(5):
        line = AttachedShell(container)
        ear = Ear(line)
        line.disconnect()
        ear.thread.join()
        line.close()
        open_files.append(len(list(Path("/proc/self/fd").iterdir())))
    assert open_files[-1] <= open_files[0]


if __name__ == "__main__":
    with closing(shells.connected()) as connected:
        main(connected)
