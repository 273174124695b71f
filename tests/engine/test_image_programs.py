"""Every program in the stand-in images finds its interpreter at the path that it names, on any processor."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

import docker
import pytest

from slipway.engine.base_image import ensure_base
from slipway.engine.course_images import CATALOGUE, COURSE_IMAGES
from slipway.engine.image_claims import release
from slipway.engine.image_programs import Program, image_programs, programs
from slipway.engine.image_sources import sources
from slipway.engine.registry import ensure_stand_in
from slipway.settings import Settings
from tests.elf import elf

ARM64_LOADER = "/lib/ld-linux-aarch64.so.1"
MAIN_PROGRAMS = {
    "hello-world": "/hello",
    "busybox": "/bin/busybox",
    "redis": "/usr/bin/redis-server",
    "nginx": "/usr/sbin/nginx",
}


def root(*entries: tuple[str, bytes | str]) -> tarfile.TarFile:
    """Return a root filesystem of programs (bytes) and symbolic links (str)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            entry.mode = 0o755
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
            else:
                entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content) if isinstance(content, bytes) else None)
    packed.seek(0)
    return tarfile.open(fileobj=packed)


def test_interpreter_at_its_own_path_is_found() -> None:
    found = list(programs(root(("usr/bin/nginx", elf(183, ARM64_LOADER)), ("lib/ld-linux-aarch64.so.1", b""))))

    assert found == [Program("/usr/bin/nginx", "arm64", ARM64_LOADER, found=True)]


def test_interpreter_elsewhere_is_missing() -> None:
    found = list(programs(root(("bin/nginx", elf(183, ARM64_LOADER)), ("usr/lib/ld-linux-aarch64.so.1", b""))))

    assert found == [Program("/bin/nginx", "arm64", ARM64_LOADER, found=False)]


@pytest.mark.parametrize("target", ["usr/lib", "/usr/lib", "./usr/../usr/lib"])
def test_links_of_the_image_are_followed(target: str) -> None:
    tar = root(("lib", target), ("bin/nginx", elf(183, ARM64_LOADER)), ("usr/lib/ld-linux-aarch64.so.1", b""))

    assert [program.found for program in programs(tar)] == [True]


def test_circle_of_links_is_missing() -> None:
    tar = root(("lib", "lib64"), ("lib64", "lib"), ("bin/nginx", elf(183, ARM64_LOADER)))

    assert [program.found for program in programs(tar)] == [False]


def test_static_program_needs_none_and_scripts_are_no_programs() -> None:
    tar = root(("hello", elf(62, "")), ("entrypoint", b"#!/bin/sh\n"))

    assert list(programs(tar)) == [Program("/hello", "amd64", "", found=True)]


@pytest.fixture(scope="module")
def stand_ins(client: docker.DockerClient, settings: Settings) -> Iterator[dict[str, str]]:
    here = sources(client, settings, lambda *_: None)
    base = ensure_base(here)
    yield {image.name: ensure_stand_in(here, image, base.id) for image in COURSE_IMAGES}
    release(client, settings.install)


@pytest.mark.engine
@pytest.mark.parametrize("name", CATALOGUE)
def test_programs_in_stand_in_find_their_interpreter(
    client: docker.DockerClient, stand_ins: dict[str, str], name: str
) -> None:
    found = image_programs(client, stand_ins[name])

    assert MAIN_PROGRAMS[name] in [program.path for program in found]
    assert [program for program in found if not program.found] == []


@pytest.mark.engine
@pytest.mark.parametrize(("name", "command"), [("redis", ["redis-cli", "--version"]), ("nginx", ["nginx", "-t"])])
def test_programs_in_stand_in_find_their_libraries(
    client: docker.DockerClient, stand_ins: dict[str, str], name: str, command: list[str]
) -> None:
    client.containers.run(stand_ins[name], command, remove=True, network_mode="none")  # raises when it fails
