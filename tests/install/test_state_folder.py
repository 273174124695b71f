"""The state folder on a disk that is full or read-only: a sentence that names the file, and nothing broken for good."""

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


def lab(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the command answers, with its state in `folder` and no engine anywhere."""
    where = ["env", "-u", "CI", f"SLIPWAY_STATE={folder}", f"DOCKER_HOST={NOWHERE}"]
    command = [*where, sys.executable, "-m", "slipway.cli", *words]
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def refused(folder: Path, *words: str) -> str:
    """What it says while it does nothing."""
    answer = lab(folder, *words)
    assert answer.returncode == 1, answer.stdout
    assert "Traceback" not in answer.stdout
    assert "SLIPWAY_STATE=" in answer.stdout
    return answer.stdout


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("words", COMMANDS)
def test_a_first_start_on_a_full_disk_names_the_file_and_leaves_none(disk: Disk, words: list[str]) -> None:
    disk.fill()
    said = refused(disk.path, *words)
    assert f"{disk.path}/install.json can't be written: there is no space left on its disk." in said
    assert "Free some space" in said
    assert names(disk.path) == ["filler"]

    disk.free()
    said = lab(disk.path, "doctor").stdout
    assert "state disk" in said
    assert set(json.loads((disk.path / "install.json").read_text())) == {"install", "token"}


@pytest.mark.parametrize("words", COMMANDS)
def test_a_folder_that_can_only_be_read_is_named(disk: Disk, words: list[str]) -> None:
    disk.mount("remount", "ro")
    assert f"{disk.path}/install.json can't be written: read-only file system." in refused(disk.path, *words)


@pytest.mark.parametrize("words", COMMANDS[:2])
def test_a_folder_that_has_become_read_only_or_full_stops_a_start_in_a_sentence(disk: Disk, words: list[str]) -> None:
    identity.load(disk.path)
    disk.fill()
    assert f"{disk.path}/running.json can't be written: there is no space left" in refused(disk.path, *words)
    disk.mount("remount", "ro")
    assert f"{disk.path}/running.json can't be written: read-only file system." in refused(disk.path, *words)


def test_the_doctor_looks_at_a_folder_that_can_not_be_written(disk: Disk) -> None:
    identity.load(disk.path)
    (disk.path / "progress.db").mkdir()
    disk.fill()
    disk.mount("remount", "ro")
    said = lab(disk.path, "doctor").stdout
    assert f"bad   state folder: {disk.path} can't be written" in said
    assert "bad   state disk: 0 MiB free" in said
    assert f"bad   progress: {disk.path}/progress.db is not a file" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("words", COMMANDS)
def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "state").write_text("somebody's notes")
    assert f"{tmp_path}/state can't be the state folder" in refused(tmp_path / "state", *words)


@pytest.mark.parametrize("rest", [b"", b"\n", b"\0" * 64])
def test_an_identity_of_nothing_is_replaced_and_said(
    tmp_path: Path, rest: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "install.json").write_bytes(rest)
    with caplog.at_level(logging.WARNING):
        made = identity.load(tmp_path)
    assert f"{tmp_path}/install.json was empty" in caplog.text
    assert "docker ps -a --filter label=slipway.install" in caplog.text
    assert identity.load(tmp_path) == made
    assert (tmp_path / "install.json").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["install.json"]


@pytest.mark.parametrize(
    "rest",
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
def test_a_damaged_identity_is_left_alone_and_named_with_what_to_do(tmp_path: Path, rest: bytes) -> None:
    (tmp_path / "install.json").write_bytes(rest)
    with pytest.raises(StateError, match=r"install\.json is damaged") as caught:
        identity.load(tmp_path)
    assert "remove it" in caught.value.hint
    assert (tmp_path / "install.json").read_bytes() == rest


def test_an_identity_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "install.json").mkdir()
    assert "install.json can't be read: is a directory." in lab(tmp_path, "doctor").stdout


def test_first_starts_at_once_make_one_identity(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: json.dumps(identity.load(tmp_path)), range(40)))
    assert len(set(found)) == 1


def pins(folder: Path) -> Callable[[], object]:
    return lambda: ImagePins(folder).keep("name:tag", "x" * 5000)


def identity_file(folder: Path) -> Callable[[], object]:
    return lambda: state_folder.write_private(folder / "install.json", "x" * 5000)


@pytest.mark.parametrize("write", [pins, identity_file])
def test_what_was_there_stays_whole_when_there_is_no_room_for_the_new(
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


@pytest.mark.parametrize("words", COMMANDS[:4])
def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path, words: list[str]) -> None:
    identity.load(tmp_path)
    (tmp_path / "running.json").mkdir()
    assert f"{tmp_path}/running.json can't be" in refused(tmp_path, *words)


@pytest.mark.parametrize("words", [["check"], ["doctor"], ["down"]])
def test_a_log_on_a_full_disk_is_no_accident(disk: Disk, tmp_path: Path, words: list[str]) -> None:
    disk.fill()
    where = ["env", "-u", "PYTHONUNBUFFERED", f"SLIPWAY_STATE={tmp_path}/state", f"DOCKER_HOST={NOWHERE}"]
    command = [*where, sys.executable, "-m", "slipway.cli"]
    with (disk.path / "lab.log").open("w") as log:
        answer = subprocess.run([*command, *words], cwd=ROOT, stdout=log, stderr=subprocess.PIPE, text=True)
    assert answer.stderr == ""
    assert answer.returncode == lab(tmp_path / "state", *words).returncode
