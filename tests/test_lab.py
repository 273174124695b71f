"""The command itself, run as a person would: from other folders, through links, and on a half-made set-up."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from slipway.settings import ROOT

COMMANDS = ["up", "down", "export", "doctor", "check", "prove", "test", "bench"]
BARE_PATH = "/usr/bin:/bin"


def lab(*words: str, at: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """What `./lab words…` answers, with nobody at the keyboard."""
    clean = {key: value for key, value in os.environ.items() if key not in ("CI", "DOCKER_HOST")}  # noqa: TID251
    return subprocess.run(
        [str(at / "lab"), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean | environment
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the command in a folder with a blank in its name, as bare as a fresh clone."""
    folder = tmp_path / "my lab"
    shutil.copytree(ROOT / "slipway", folder / "slipway", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "lessons", folder / "lessons")
    shutil.copy(ROOT / "lab", folder / "lab")
    return folder


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment, to be copied: Python makes one in seconds."""
    made = tmp_path_factory.mktemp("environment") / "made"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True)
    return made


@pytest.fixture
def installed(checkout: Path, environment: Path) -> Path:
    """The same, with an environment that is said to hold what its lock names (nothing)."""
    shutil.copytree(environment, checkout / ".venv", symlinks=True)
    site = next((checkout / ".venv" / "lib").glob("python*/site-packages"))
    (site / "ours.pth").write_text(f"{next((Path(sys.prefix) / 'lib').glob('python*/site-packages'))}\n")
    (checkout / "requirements.txt").write_text("")
    (checkout / "requirements-dev.txt").write_text("")
    (checkout / ".venv" / "installed-requirements-dev.txt").write_text("")
    return checkout


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_needs_no_set_up_at_all(checkout: Path, words: list[str]) -> None:
    answer = lab(*words, at=checkout, PATH=BARE_PATH)
    assert answer.returncode == 0
    assert answer.stdout == (ROOT / "slipway/setup/help/lab.txt").read_text()
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_own_help(checkout: Path, command: str) -> None:
    told = (ROOT / f"slipway/setup/help/{command}.txt").read_text()
    assert lab(command, "--help", at=checkout).stdout == told
    assert lab("help", command, at=checkout).stdout == told


def test_help_after_two_dashes_is_not_ours(installed: Path) -> None:
    assert "Sets up what the tests need" not in lab("check", "--", "--help", at=installed).stdout


def test_without_a_word_it_says_what_there_is(checkout: Path) -> None:
    answer = lab(at=checkout)
    assert answer.returncode == 2
    assert "./lab up" in answer.stdout


def test_without_python_it_gives_the_command_to_install_one(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "cmp", "date", "id", "cat"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    (tools / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (tools / "apt-get").chmod(0o755)
    answer = lab("doctor", at=checkout, PATH=str(tools))
    assert answer.returncode == 1
    assert "Python 3.11 or newer is needed" in answer.stderr
    assert "apt-get install python3 python3-venv" in answer.stderr


def test_a_finished_set_up_is_used_as_it_is(installed: Path) -> None:
    answer = lab("check", at=installed)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "● Python" not in answer.stdout
    assert "The life of a container" in answer.stdout


def test_it_works_through_a_link_from_anywhere(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "lab").symlink_to(Path("..") / "my lab" / "lab")
    answer = lab("check", at=tmp_path / "elsewhere")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_half_made_environment_is_made_whole(installed: Path) -> None:
    (installed / ".venv" / "pyvenv.cfg").unlink()
    answer = lab("check", at=installed)
    assert "● Python" in answer.stdout
    assert (installed / ".venv" / "pyvenv.cfg").exists()
    assert (installed / ".venv" / "installed-requirements.txt").exists()


def test_a_changed_lock_is_installed_again(installed: Path) -> None:
    (installed / "requirements.txt").write_text("# changed\n")
    (installed / "requirements-dev.txt").write_text("# changed\n")
    assert "● Python" in lab("check", at=installed).stdout
    assert (installed / ".venv" / "installed-requirements.txt").read_text() == "# changed\n"
    assert "● Python" not in lab("check", at=installed).stdout


def test_a_lock_that_can_not_be_had_is_said_with_pips_last_lines(installed: Path) -> None:
    (installed / "requirements.txt").write_text("slipway-does-not-exist @ file:///nowhere/at-all.whl\n")
    (installed / "requirements-dev.txt").write_text("other\n")
    answer = lab("check", at=installed)
    assert answer.returncode == 1
    assert "pip could not install requirements.txt" in answer.stderr
    assert not (installed / ".venv" / "installed-requirements.txt").exists()


def test_words_it_does_not_know_are_refused_with_a_way_to_help(installed: Path) -> None:
    answer = lab("up", "--prot", "9000", at=installed)
    assert answer.returncode == 2
    assert "--prot" in answer.stderr
    assert "--help" in answer.stderr


def test_a_port_in_use_stops_it_before_the_long_work(installed: Path, tmp_path: Path) -> None:
    (installed / "app.py").write_text((ROOT / "app.py").read_text())
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = lab("up", "--port", str(port), at=installed, SLIPWAY_STATE=str(tmp_path / "state"))
    assert answer.returncode == 1
    assert f"port {port}: another program listens there" in answer.stdout
    assert "./lab up --port" in answer.stdout
    assert "●" not in answer.stdout
