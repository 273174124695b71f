"""Which emulator is used: a static one, because a container has no libraries for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from slipway.setup.arm64 import emulator
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent
from tests.elf import elf

DYNAMIC, STATIC = elf(62, "/lib64/ld-linux-x86-64.so.2"), elf(62, "")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    file.chmod(0o755)
    return file


def test_static_emulator_on_the_path_is_used(path: Path, tmp_path: Path) -> None:
    program(tmp_path / "qemu-aarch64", STATIC)
    installed = program(path / "qemu-aarch64-static", STATIC)

    assert emulator.find(tmp_path / "qemu-aarch64") == installed


def test_dynamic_emulator_is_passed_over(path: Path, tmp_path: Path) -> None:
    program(path / "qemu-aarch64", DYNAMIC)
    assert emulator.find(tmp_path / "qemu-aarch64") is None

    kept = program(tmp_path / "qemu-aarch64", STATIC)
    assert emulator.find(kept) == kept


def test_without_debian_the_command_says_what_to_install(path: Path, tmp_path: Path) -> None:
    assert shutil.which("apt-get") is None, path

    with pytest.raises(StageFailed) as failed:
        emulator.ensure(tmp_path, Console(), Consent(True))
    assert "needs an emulator" in failed.value.message
    assert "qemu-user-static" in failed.value.hint
