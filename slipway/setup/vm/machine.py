"""One virtual machine under qemu: boots it, builds command lines for it, and ends it.

Nothing in the machine is timed: without hardware virtualisation it is about ten times slower than this one.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from slipway.setup.console import Console, StageFailed
from slipway.setup.vm import kvm
from slipway.setup.vm.disk_image import DISK, INITRD, KERNEL, KEY

BOOT_TIMEOUT = 900.0
"""Seconds from the start of qemu to the first answer of ssh; emulated and idle it takes half a minute."""
STOP_TIMEOUT = 10.0
CONSOLE, LOG, PID = "console.log", "qemu.log", "qemu.pid"
EXPLAINED = {"kvm": "with KVM", "tcg": "emulated, about ten times slower than this machine"}
USER, ROOT_USER = "user", "root"
MEMORY, PROCESSORS = "4096", "2"
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SSH_OPTIONS = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes")
ALIVE = ("ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=20")


@dataclass(frozen=True)
class Machine:
    """A virtual machine in `folder`, whose ssh answers at `port` of this machine's loopback address."""

    folder: Path
    port: int

    def ssh(self, command: str, user: str = USER) -> list[str]:
        """Return the command line that runs a shell command in the machine."""
        options = [word for option in (*SSH_OPTIONS, *ALIVE) for word in ("-o", option)]
        where = ["-i", str(self.folder / KEY), "-p", str(self.port), f"{user}@127.0.0.1"]
        return ["ssh", *options, *where, command]

    def last_words(self) -> str:
        """Return the end of what the machine's kernel and services wrote to its console, without colours."""
        log = self.folder / CONSOLE
        return ESCAPES.sub("", log.read_text(errors="replace")[-4000:]).strip() if log.exists() else ""


def qemu_command(folder: Path, port: int, accelerator: str) -> list[str]:
    """Return the command line of qemu; `accelerator` is kvm or tcg (emulation)."""
    acceleration = {"kvm": ["kvm", "host"], "tcg": ["tcg,thread=multi,tb-size=1024", "max"]}[accelerator]
    return [
        *("qemu-system-x86_64", "-machine", "q35", "-accel", acceleration[0], "-cpu", acceleration[1]),
        *("-smp", PROCESSORS, "-m", MEMORY, "-nodefaults", "-display", "none", "-no-reboot"),
        *("-kernel", str(folder / KERNEL), "-initrd", str(folder / INITRD)),
        *("-append", "root=/dev/vda rw console=ttyS0 panic=-1"),
        *("-drive", f"file={folder / DISK},format=raw,if=virtio,cache=unsafe,discard=unmap"),
        *("-nic", f"user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:{port}-:22", "-device", "virtio-rng-pci"),
        *("-serial", f"file:{folder / CONSOLE}"),
    ]


@contextmanager
def booted(folder: Path, console: Console, *, keep: bool) -> Iterator[Machine]:
    """Boot the disk in `folder` and yield the machine once ssh answers; end it afterwards unless `keep`."""
    machine = Machine(folder, _free_port())
    accelerator = "kvm" if kvm.works(folder / KERNEL) else "tcg"
    command = qemu_command(folder, machine.port, accelerator)
    qemu = _start(command, folder)
    try:
        with console.stage(f"The virtual machine boots ({EXPLAINED[accelerator]})"):
            _wait_for_ssh(machine, qemu, console)
        yield machine
    except BaseException:
        _end(qemu)
        raise
    if not keep:
        _end(qemu)


def _start(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start qemu in a session of its own, so that Ctrl-C ends it in order; it inherits the lock of its folder."""
    with (folder / LOG).open("wb") as log:
        qemu = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, close_fds=False
        )
    (folder / PID).write_text(f"{qemu.pid}\n")
    return qemu


def _wait_for_ssh(machine: Machine, qemu: subprocess.Popen[bytes], console: Console) -> None:
    began = time.monotonic()
    while subprocess.run(machine.ssh("true"), capture_output=True, check=False).returncode:
        waited = time.monotonic() - began
        if qemu.poll() is not None:
            details = (machine.folder / LOG).read_text(errors="replace") + machine.last_words()
            hint = "It needs 4 GB of free memory."
            raise StageFailed("qemu ended before the machine had booted.", details, hint)
        if waited > BOOT_TIMEOUT:
            raise StageFailed(f"The machine does not answer to ssh after {waited:.0f} s.", machine.last_words())
        console.progress((machine.last_words().splitlines() or ["no output yet"])[-1].strip())
        time.sleep(1)


def _end(qemu: subprocess.Popen[bytes]) -> None:
    qemu.terminate()
    try:
        qemu.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        qemu.kill()
        qemu.wait()


def _free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
