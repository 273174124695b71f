"""The `lab` script: run from other folders, through links, and with an incomplete set-up."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from slipway.settings import ROOT
from tests.disks import Disk
from tests.disks import disk as disk

COMMANDS = ["up", "down", "export", "doctor", "check", "prove", "test", "bench"]
BARE_PATH = "/usr/bin:/bin"


def lab(*arguments: str, at: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `./lab arguments…` without a terminal."""
    clean = {key: value for key, value in os.environ.items() if key not in ("CI", "DOCKER_HOST")}  # noqa: TID251
    return subprocess.run(
        [str(at / "lab"), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean | environment
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the script in a folder with a space in its name, like a fresh clone."""
    folder = tmp_path / "my lab"
    shutil.copytree(ROOT / "slipway", folder / "slipway", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "lessons", folder / "lessons")
    shutil.copytree(ROOT / "static" / "js" / "scenes", folder / "static" / "js" / "scenes")
    shutil.copy(ROOT / "lab", folder / "lab")
    return folder


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty virtual environment, to be copied: creating one takes seconds."""
    folder = tmp_path_factory.mktemp("environment") / "made"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


@pytest.fixture
def installed(checkout: Path, environment: Path) -> Path:
    """The same, with a virtual environment whose stamp matches its empty lock."""
    shutil.copytree(environment, checkout / ".venv", symlinks=True)
    site = next((checkout / ".venv" / "lib").glob("python*/site-packages"))
    (site / "ours.pth").write_text(f"{next((Path(sys.prefix) / 'lib').glob('python*/site-packages'))}\n")
    (checkout / "requirements.txt").write_text("")
    (checkout / "requirements-dev.txt").write_text("")
    (checkout / ".venv" / "installed-requirements-dev.txt").write_text("")
    return checkout


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_help_needs_no_set_up(checkout: Path, arguments: list[str]) -> None:
    result = lab(*arguments, at=checkout, PATH=BARE_PATH)
    assert result.returncode == 0
    assert result.stdout == (ROOT / "slipway/setup/help/lab.txt").read_text()
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_own_help(checkout: Path, command: str) -> None:
    text = (ROOT / f"slipway/setup/help/{command}.txt").read_text()
    assert lab(command, "--help", at=checkout).stdout == text
    assert lab("help", command, at=checkout).stdout == text


def test_help_after_two_dashes_is_passed_on(installed: Path) -> None:
    assert "Sets up what the tests need" not in lab("check", "11", "--", "--help", at=installed).stdout


def test_without_arguments_it_lists_the_commands(checkout: Path) -> None:
    result = lab(at=checkout)
    assert result.returncode == 2
    assert "./lab up" in result.stdout


def test_without_python_it_prints_the_command_to_install_one(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "cmp", "date", "id", "cat"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    (tools / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (tools / "apt-get").chmod(0o755)
    result = lab("doctor", at=checkout, PATH=str(tools))
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed" in result.stderr
    assert "apt-get install python3 python3-venv" in result.stderr


def test_complete_set_up_is_reused(installed: Path) -> None:
    result = lab("check", "11", at=installed)
    assert (result.returncode, result.stderr) == (0, "")
    assert "● Python" not in result.stdout
    assert "Docker on a Mac or on Windows" in result.stdout


def test_output_without_unicode_is_no_error(installed: Path) -> None:
    result = lab("check", "11", at=installed, PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    result = lab("doctor", at=installed, PYTHONIOENCODING="ascii", SLIPWAY_PORT="none")
    assert (result.returncode, result.stderr) == (1, "")
    assert "? SLIPWAY_PORT: 'none' is not a port" in result.stdout


def test_it_works_through_a_symbolic_link(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "lab").symlink_to(Path("..") / "my lab" / "lab")
    result = lab("check", "11", at=tmp_path / "elsewhere")
    assert (result.returncode, result.stderr) == (0, "")


def test_incomplete_environment_is_repaired(installed: Path) -> None:
    (installed / ".venv" / "pyvenv.cfg").unlink()
    result = lab("check", "11", at=installed)
    assert "● Python" in result.stdout
    assert (installed / ".venv" / "pyvenv.cfg").exists()
    assert (installed / ".venv" / "installed-requirements.txt").exists()


def test_changed_lock_is_installed(installed: Path) -> None:
    (installed / "requirements.txt").write_text("# changed\n")
    (installed / "requirements-dev.txt").write_text("# changed\n")
    assert "● Python" in lab("check", "11", at=installed).stdout
    assert (installed / ".venv" / "installed-requirements.txt").read_text() == "# changed\n"
    assert "● Python" not in lab("check", "11", at=installed).stdout


def test_failing_installation_prints_the_last_lines_of_pip(installed: Path) -> None:
    (installed / "requirements.txt").write_text("slipway-does-not-exist @ file:///nowhere/at-all.whl\n")
    (installed / "requirements-dev.txt").write_text("other\n")
    result = lab("check", "11", at=installed)
    assert result.returncode == 1
    assert "pip could not install requirements.txt" in result.stderr
    assert not (installed / ".venv" / "installed-requirements.txt").exists()


@pytest.fixture
def on_disk(disk: Disk) -> Disk:
    """A checkout without .venv on a small disk of its own."""
    (disk.path / "slipway" / "setup" / "help").mkdir(parents=True)
    shutil.copy(ROOT / "lab", disk.path)
    shutil.copy(ROOT / "requirements.txt", disk.path)
    return disk


def test_read_only_checkout_is_one_sentence(on_disk: Disk) -> None:
    on_disk.mount("remount", "ro")
    result = lab("doctor", at=on_disk.path)
    assert result.returncode == 1
    assert result.stderr == (
        f"\n✗ {on_disk.path} is on a read-only disk, and .venv must be made in it.\n"
        "  Copy the folder to a disk of yours, and run ./lab there.\n"
    )


def test_full_disk_is_one_sentence(on_disk: Disk) -> None:
    on_disk.fill()
    result = lab("doctor", at=on_disk.path)
    assert result.returncode == 1
    assert "There is no space left on the disk" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(not Path("/usr/bin/python3.11").exists(), reason="another user needs a Python outside of /root")
@pytest.mark.parametrize("made", [False, True])
def test_checkout_of_root_is_one_sentence_for_a_user(made: bool) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(ROOT / "lab", folder)
        shutil.copy(ROOT / "requirements.txt", folder)
        if made:
            (folder / ".venv").mkdir(mode=0o700)
        command = ["env", f"PATH={BARE_PATH}", str(folder / "lab"), "doctor"]
        result = subprocess.run(command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True)
    assert result.returncode == 1
    assert (
        f"The user nobody may not write to {folder}/.venv: {'.venv' if made else '.'} belongs to root." in result.stderr
    )
    assert f"chown -R nobody '{folder}'" in result.stderr
    assert len(result.stderr.splitlines()) == 3


def test_slow_installation_says_every_ten_seconds_what_it_does(installed: Path) -> None:
    """Without a terminal; a clock that is ahead by nine seconds after each look spares the test the time."""
    (installed / "requirements.txt").write_text("# changed\n")
    (installed / "requirements-dev.txt").write_text("# changed\n")
    tools = installed / "tools"
    tools.mkdir()
    (tools / "date").write_text('#!/bin/sh\necho x >> "$0.calls"; echo $(($(wc -l < "$0.calls") * 9))\n')
    (tools / "date").chmod(0o755)
    result = lab("check", "11", at=installed, PATH=f"{tools}:{os.environ['PATH']}")  # noqa: TID251
    lines = [line for line in result.stdout.splitlines() if line.startswith("  … ")]
    assert lines
    assert re.fullmatch(r"  … \d+ s(  \S.*)?", lines[0])
    assert "\r" not in result.stdout


def test_unknown_option_is_refused_and_points_to_help(installed: Path) -> None:
    result = lab("up", "--prot", "9000", at=installed)
    assert result.returncode == 2
    assert "--prot" in result.stderr
    assert "--help" in result.stderr


def test_port_in_use_stops_it_before_the_long_work(installed: Path, tmp_path: Path) -> None:
    (installed / "app.py").write_text((ROOT / "app.py").read_text())
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = lab("up", "--port", str(port), at=installed, SLIPWAY_STATE=str(tmp_path / "state"))
    assert result.returncode == 1
    assert f"port {port}: another program listens there" in result.stdout
    assert "./lab up --port" in result.stdout
    assert "●" not in result.stdout
