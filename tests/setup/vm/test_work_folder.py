"""The folder of a virtual machine: empty at the start, removed at the end, and used by one machine at a time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from slipway.setup.console import StageFailed
from slipway.setup.vm.machine import PID
from slipway.setup.vm.vm_test import work_folder


def test_what_an_earlier_run_left_is_removed_at_the_start_and_everything_at_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "vm" / "trixie"
    folder.mkdir(parents=True)
    (folder / "disk.raw").touch()
    with work_folder(folder, keep=False) as work:
        assert work == folder
        assert list(work.iterdir()) == []
    assert not folder.exists()


@pytest.mark.parametrize("keep", [False, True])
def test_a_failure_removes_everything_too(tmp_path: Path, keep: bool) -> None:
    def fail() -> None:
        with work_folder(tmp_path / "trixie", keep=keep):
            raise StageFailed("mmdebstrap failed.")

    with pytest.raises(StageFailed, match=r"mmdebstrap failed\."):
        fail()
    assert not (tmp_path / "trixie").exists()


def test_keep_leaves_the_folder(tmp_path: Path) -> None:
    with work_folder(tmp_path / "trixie", keep=True):
        pass
    assert (tmp_path / "trixie").is_dir()


def test_a_machine_that_still_runs_keeps_its_folder_until_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "trixie"
    with work_folder(folder, keep=True):
        machine = subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False)
        (folder / PID).write_text(f"{machine.pid}\n")
    with pytest.raises(StageFailed) as caught, work_folder(folder, keep=False):
        pass
    assert f"kill {machine.pid}" in caught.value.hint
    assert (folder / PID).exists()
    machine.communicate()
    with work_folder(folder, keep=False):
        assert not (folder / PID).exists()
