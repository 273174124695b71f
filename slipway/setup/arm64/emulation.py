"""Lets this machine's kernel start arm64 programs for a while, and afterwards only what it started before.

The kernel hands programs of another processor to an interpreter that is registered with binfmt_misc. Ours is Debian's
qemu-user-static, unpacked and not installed: where it is installed, it is registered at every boot. Knows nothing of
which programs are started, or why.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from slipway.setup.console import StageFailed

NAME = "slipway-arm64"
INTERPRETER_AT_REGISTRATION = "F"
"""The kernel opens the interpreter when it is registered, so that containers need not have it."""
_FLAGS = f"OP{INTERPRETER_AT_REGISTRATION}"
_MAGIC = rb"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
_MASK = rb"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
"""A 64-bit little-endian ELF program (type 2 or 3) for machine 183, as in Debian's own registration."""
_MACHINE = slice(36, 40)
USUAL_FOLDER = Path("/proc/sys/fs/binfmt_misc")
"""Where the kernel's registrations are mounted, if an emulator is installed."""
_BUILT_IN = ("register", "status")


@contextmanager
def arm64(get_emulator: Callable[[], Path], name: str = NAME, magic: bytes = _MAGIC) -> Iterator[str]:
    """Have the kernel start arm64 programs, in containers too; yield what does it. Raises StageFailed.

    A registration that was there before and can do it is used and left alone; otherwise one is made, for as long as the
    context lasts, with a static program from `get_emulator`.
    """
    if other := suitable(_entries(USUAL_FOLDER, name), magic):
        yield other
        return
    emulator = get_emulator()
    _unmount_leftovers(name)
    with _binfmt_misc(name) as folder, _registered(folder, name, magic, emulator):
        yield str(emulator)


@contextmanager
def _registered(folder: Path, name: str, magic: bytes, emulator: Path) -> Iterator[None]:
    _unregister(*(entry for entry in folder.iterdir() if is_leftover(entry.name, name)))
    own = f"{name}-{os.getpid()}"
    try:
        _register(folder, own, magic, emulator)
        yield
    finally:
        with _no_signals():
            _unregister(folder / own)


def suitable(entries: dict[str, str], magic: bytes = _MAGIC) -> str:
    """Return the interpreter of a registration that starts programs with this `magic` in containers; "" if none does.

    `entries` has the kernel's description of each registration by name.
    """
    machine = magic.decode("unicode_escape").encode("latin-1").hex()[_MACHINE]
    for text in entries.values():
        fields = {line.partition(" ")[0]: line.partition(" ")[2] for line in text.splitlines()}
        usable = text.startswith("enabled") and INTERPRETER_AT_REGISTRATION in fields.get("flags:", "")
        if usable and fields.get("magic", "").startswith("7f454c4602") and fields["magic"][_MACHINE] == machine:
            return fields["interpreter"]
    return ""


def is_leftover(entry: str, name: str = NAME) -> bool:
    """Whether a registration, or a mounted folder, is one of ours whose process was killed."""
    words = entry.removeprefix(f"{name}-").split("-")
    return entry.startswith(f"{name}-") and words[0].isdigit() and not Path("/proc", words[0]).exists()


@contextmanager
def _binfmt_misc(name: str) -> Iterator[Path]:
    """Yield a folder with the kernel's registrations, mounted for the time being: the usual one may be missing."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-{os.getpid()}-") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "binfmt_misc", "binfmt_misc", folder], capture_output=True, text=True, check=False
        )
        if mounted.returncode:
            raise StageFailed("binfmt_misc can't be mounted.", mounted.stderr, _HINT)
        try:
            yield Path(folder)
        finally:
            with _no_signals():
                subprocess.run(["umount", folder], check=True)


def _unmount_leftovers(name: str) -> None:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    for folder in [Path(words[1]) for words in mounts if words[2] == "binfmt_misc"]:
        if is_leftover(folder.name, name):
            subprocess.run(["umount", str(folder)], check=True)
            folder.rmdir()


def _entries(folder: Path, name: str) -> dict[str, str]:
    """Return the kernel's description of each registration that does not end with a run of this command."""
    files = (file for file in (folder.iterdir() if folder.is_dir() else ()) if file.name not in _BUILT_IN)
    return {file.name: file.read_text() for file in files if not file.name.startswith(f"{name}-")}


def _register(folder: Path, name: str, magic: bytes, emulator: Path) -> None:
    line = b":%s:M::%s:%s:%s:%s" % (name.encode(), magic, _MASK, os.fsencode(emulator), _FLAGS.encode())
    try:
        (folder / "register").write_bytes(line)
    except OSError as error:
        raise StageFailed(f"The kernel does not accept {emulator} for arm64: {error.strerror}.", hint=_HINT) from None


def _unregister(*entries: Path) -> None:
    for entry in entries:
        if entry.exists():
            entry.write_bytes(b"-1")


@contextmanager
def _no_signals() -> Iterator[None]:
    """Hold back a second Ctrl-C until the kernel is as it was."""
    stopping = (signal.SIGINT, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stopping)


_HINT = "It takes root, and a kernel with CONFIG_BINFMT_MISC. Or use a machine with an arm64 processor."
