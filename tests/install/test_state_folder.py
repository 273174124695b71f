"""The state folder on a disk that is full or read-only: an error message that names the file, and no lasting damage."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from slipway.engine.image_pins import ImagePins
from slipway.install import identity, state_folder
from slipway.install.state_folder import StateError
from slipway.settings import ROOT
from tests.disks import Disk

NOWHERE = "unix:///nonexistent/docker.sock"
COMMANDS = [["up", "--no-browser"], ["up", "--watch", "--no-browser"], ["down"], ["doctor"], ["test", "--fast"]]


def lab(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with its state in `folder` and no engine."""
    where = ["env", "-u", "CI", f"SLIPWAY_STATE={folder}", f"DOCKER_HOST={NOWHERE}"]
    command = [*where, sys.executable, "-m", "slipway.cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def fails(folder: Path, *arguments: str) -> str:
    """Return the output of a command that fails and changes nothing."""
    result = lab(folder, *arguments)
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stdout
    assert "SLIPWAY_STATE=" in result.stdout
    return result.stdout


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("arguments", COMMANDS)
def test_first_start_on_full_disk_names_the_file_and_leaves_none(disk: Disk, arguments: list[str]) -> None:
    disk.fill()
    output = fails(disk.path, *arguments)
    assert f"{disk.path}/install.json can't be written: there is no space left on its disk." in output
    assert "Free some space" in output
    assert names(disk.path) == ["filler"]

    disk.free()
    output = lab(disk.path, "doctor").stdout
    assert "state disk" in output
    assert set(json.loads((disk.path / "install.json").read_text())) == {"install", "token"}


@pytest.mark.parametrize("arguments", COMMANDS)
def test_read_only_folder_is_named(disk: Disk, arguments: list[str]) -> None:
    disk.mount("remount", "ro")
    assert f"{disk.path}/install.json can't be written: read-only file system." in fails(disk.path, *arguments)


@pytest.mark.parametrize("arguments", COMMANDS[:2])
def test_folder_that_became_read_only_or_full_is_an_error_message(disk: Disk, arguments: list[str]) -> None:
    identity.load(disk.path)
    disk.fill()
    assert f"{disk.path}/running.json can't be written: there is no space left" in fails(disk.path, *arguments)
    disk.mount("remount", "ro")
    assert f"{disk.path}/running.json can't be written: read-only file system." in fails(disk.path, *arguments)


def test_doctor_reports_a_folder_that_cannot_be_written(disk: Disk) -> None:
    identity.load(disk.path)
    (disk.path / "progress.db").mkdir()
    disk.fill()
    disk.mount("remount", "ro")
    output = lab(disk.path, "doctor").stdout
    assert f"bad   state folder: {disk.path} can't be written" in output
    assert "bad   state disk: 0 MiB free" in output
    assert f"bad   progress: {disk.path}/progress.db is not a file" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("arguments", COMMANDS)
def test_file_in_place_of_the_folder_is_named(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "state").write_text("other notes")
    assert f"{tmp_path}/state can't be the state folder" in fails(tmp_path / "state", *arguments)


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 64])
def test_empty_identity_is_replaced_and_logged(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "install.json").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        created = identity.load(tmp_path)
    assert f"{tmp_path}/install.json was empty" in caplog.text
    assert "docker ps -a --filter label=slipway.install" in caplog.text
    assert identity.load(tmp_path) == created
    assert (tmp_path / "install.json").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["install.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"7",
        b'{"install": "a"}',
        b'{"install": "", "token": "t"}',
        b'{"install": 7, "token": "t"}',
        b"\xff",
    ],
)
def test_damaged_identity_is_kept_and_named_with_a_hint(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "install.json").write_bytes(content)
    with pytest.raises(StateError, match=r"install\.json is damaged") as caught:
        identity.load(tmp_path)
    assert "remove it" in caught.value.hint
    assert (tmp_path / "install.json").read_bytes() == content


def test_identity_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "install.json").mkdir()
    assert "install.json can't be read: is a directory." in lab(tmp_path, "doctor").stdout


def test_concurrent_first_starts_create_one_identity(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: json.dumps(identity.load(tmp_path)), range(40)))
    assert len(set(found)) == 1


def pins(folder: Path) -> Callable[[], object]:
    return lambda: ImagePins(folder).set("name:tag", "x" * 5000)


def identity_file(folder: Path) -> Callable[[], object]:
    return lambda: state_folder.write_private(folder / "install.json", "x" * 5000)


@pytest.mark.parametrize("write", [pins, identity_file])
def test_file_is_unchanged_when_there_is_no_space_for_the_new_one(
    disk: Disk, write: Callable[[Path], Callable[[], object]]
) -> None:
    name = "pins.json" if write is pins else "install.json"
    (disk.path / name).write_text("{}")
    disk.fill()
    with pytest.raises(StateError, match=f"{name} can't be written: there is no space left"):
        write(disk.path)()
    assert (disk.path / name).read_text() == "{}"
    assert names(disk.path) == ["filler", name]
    disk.free()
    write(disk.path)()
    assert (disk.path / name).stat().st_size > 5000 - 1


@pytest.mark.parametrize("arguments", COMMANDS[:4])
def test_folder_in_place_of_a_file_is_named(tmp_path: Path, arguments: list[str]) -> None:
    identity.load(tmp_path)
    (tmp_path / "running.json").mkdir()
    assert f"{tmp_path}/running.json can't be" in fails(tmp_path, *arguments)


@pytest.mark.parametrize("arguments", [["check", "11"], ["doctor"], ["down"]])
def test_log_on_full_disk_does_not_fail_the_command(disk: Disk, tmp_path: Path, arguments: list[str]) -> None:
    disk.fill()
    where = ["env", "-u", "PYTHONUNBUFFERED", f"SLIPWAY_STATE={tmp_path}/state", f"DOCKER_HOST={NOWHERE}"]
    command = [*where, sys.executable, "-m", "slipway.cli"]
    with (disk.path / "lab.log").open("w") as log:
        result = subprocess.run([*command, *arguments], cwd=ROOT, stdout=log, stderr=subprocess.PIPE, text=True)
    assert result.stderr == ""
    assert result.returncode == lab(tmp_path / "state", *arguments).returncode
