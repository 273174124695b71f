"""Lists the ELF programs in an image, from the files alone: for which processor, and with which interpreter.

The kernel opens the interpreter (the dynamic loader) by the absolute path in the program; without it, nothing in the
image starts ("no such file or directory"). Knows nothing of what the programs are for.
"""

from __future__ import annotations

import posixpath
import struct
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import docker

MACHINES = {62: "amd64", 183: "arm64"}
"""e_machine → Docker's name of the processor."""
_MAGIC, _INTERPRETER, _LINKS = b"\x7fELF", 3, 40


@dataclass(frozen=True)
class Program:
    """An executable file. `found` is whether the image has its `interpreter`, which is "" for a static program."""

    path: str
    machine: str
    interpreter: str
    found: bool


def image_programs(client: docker.DockerClient, image: str, platform: str | None = None) -> list[Program]:
    """Return the ELF programs in `image`, which is exported and not started."""
    with _export(client, image, platform) as file, tarfile.open(fileobj=file) as tar:
        return list(programs(tar))


def programs(tar: tarfile.TarFile) -> Iterator[Program]:
    """Yield the ELF programs in the root filesystem `tar`."""
    members = {posixpath.normpath(f"/{member.name}"): member for member in tar}
    for path, member in sorted(members.items()):
        if not member.isreg() or not member.mode & 0o111:
            continue
        content = tar.extractfile(member)
        if content is None or content.read(len(_MAGIC)) != _MAGIC:
            continue
        interpreter = read_interpreter(content)
        found = not interpreter or _resolve(interpreter, members) in members
        yield Program(path, read_machine(content), interpreter, found)


def read_machine(file: IO[bytes]) -> str:
    """Return for which processor a 64-bit little-endian ELF file is made."""
    (number,) = struct.unpack("<H", _read(file, 18, 2))
    return MACHINES.get(number, f"machine {number}")


def read_interpreter(file: IO[bytes]) -> str:
    """Return the interpreter that a 64-bit little-endian ELF file names, "" without one."""
    (table,) = struct.unpack("<Q", _read(file, 32, 8))
    size, count = struct.unpack("<HH", _read(file, 54, 4))
    for number in range(count):
        kind, _, offset, _, _, length = struct.unpack("<IIQQQQ", _read(file, table + number * size, 40))
        if kind == _INTERPRETER:
            return _read(file, offset, length).rstrip(b"\0").decode()
    return ""


def _read(file: IO[bytes], offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _resolve(path: str, members: Mapping[str, tarfile.TarInfo]) -> str:
    """Follow the symbolic links in `path`, within the image."""
    for _ in range(_LINKS):
        prefixes = _prefixes(path)
        link = next((prefix for prefix in prefixes if prefix in members and members[prefix].issym()), None)
        if link is None:
            break
        target = posixpath.join(posixpath.dirname(link), members[link].linkname)
        path = posixpath.normpath(target + path[len(link) :])
    return path


def _prefixes(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]


@contextmanager
def _export(client: docker.DockerClient, image: str, platform: str | None) -> Iterator[IO[bytes]]:
    container = client.containers.create(image, ["-"], platform=platform, labels={"slipway.role": "export"})
    try:
        with tempfile.TemporaryFile() as file:
            for chunk in client.api.export(str(container.id)):
                file.write(chunk)
            file.seek(0)
            yield file
    finally:
        container.remove(v=True)
