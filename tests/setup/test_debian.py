"""A file out of a Debian package that is not installed: a real package, made by dpkg-deb."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from slipway.setup.debian import extract

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="Debian's tools are needed")

CONTROL = (
    "Package: emulator\nVersion: 1\nArchitecture: all\nMaintainer: Slipway <slipway@example.org>\nDescription: test\n"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with the program usr/bin/emulator, and usr/bin/link, a symbolic link to it."""
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(CONTROL)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "emulator").write_bytes(b"program")
    (root / "usr" / "bin" / "link").symlink_to("emulator")
    archive = tmp_path / "emulator.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", str(root), str(archive)], check=True, capture_output=True)
    return archive


def test_file_is_written_as_a_program(package: Path, tmp_path: Path) -> None:
    target = tmp_path / "emulator"

    assert extract(package, "usr/bin/emulator", target)
    assert target.read_bytes() == b"program"
    assert target.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("file", ["usr/bin/link", "usr/bin/other"])
def test_link_and_missing_file_leave_no_target(package: Path, tmp_path: Path, file: str) -> None:
    assert not extract(package, file, tmp_path / "emulator")
    assert not (tmp_path / "emulator").exists()
