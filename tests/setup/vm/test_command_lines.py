"""The command lines with which the virtual machine is built, booted and used."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from slipway.setup.lanes import SuiteCheck
from slipway.setup.vm import disk_image, kvm
from slipway.setup.vm.debian_suite import DEFAULT, SUITES, DebianSuite
from slipway.setup.vm.machine import Machine, qemu_command
from slipway.setup.vm.vm_test import checks

FOLDER = Path("/state/vm/trixie")


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_packages_are_fetched_for_the_python_of_the_machine(suite: DebianSuite) -> None:
    command = disk_image.wheels_command(suite, FOLDER / "wheels")
    assert f"--python-version={suite.python}" in command
    assert "--require-hashes" in command


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_the_machine_has_systemd_apparmor_and_an_engine(suite: DebianSuite) -> None:
    command = disk_image.bootstrap_command(suite, FOLDER / "root", FOLDER)
    packages = next(word for word in command if word.startswith("--include=")).partition("=")[2].split(",")
    assert {"systemd-sysv", "apparmor", "docker.io", "openssh-server", "python3-venv"} <= set(packages)
    assert command[-2:] == [suite.name, str(FOLDER / "root")]


def test_the_default_suite_exists() -> None:
    assert DEFAULT in SUITES


@pytest.mark.parametrize(("accelerator", "processor"), [("kvm", "host"), ("tcg", "max")])
def test_qemu_boots_the_disk_and_forwards_ssh_from_loopback_only(accelerator: str, processor: str) -> None:
    command = qemu_command(FOLDER, 2222, accelerator)
    assert option(command, "-accel").partition(",")[0] == accelerator
    assert option(command, "-cpu") == processor
    assert f"file={FOLDER}/disk.raw" in option(command, "-drive")
    assert "hostfwd=tcp:127.0.0.1:2222-:22" in option(command, "-nic")


def test_the_machine_ends_instead_of_restarting() -> None:
    assert "-no-reboot" in qemu_command(FOLDER, 2222, "tcg")
    assert "panic=-1" in option(qemu_command(FOLDER, 2222, "tcg"), "-append")


def test_kvm_does_not_work_without_a_kernel_to_try(tmp_path: Path) -> None:
    assert not kvm.works(tmp_path / "vmlinuz")


def test_ssh_asks_nobody_and_trusts_the_key_of_this_machine_only() -> None:
    command = Machine(FOLDER, 2222).ssh("docker info")
    assert "BatchMode=yes" in command
    assert option(command, "-i") == f"{FOLDER}/key"
    assert command[-2:] == ["user@127.0.0.1", "docker info"]


def test_every_check_runs_in_the_lab_in_the_machine_without_hurry() -> None:
    for check in checks(Machine(FOLDER, 2222)):
        assert check.command[0] == "ssh"
        assert check.command[-1].startswith("cd slipway && ")
        assert '"start": 900' in check.command[-1]


@pytest.mark.parametrize("check", checks(Machine(FOLDER, 2222)), ids=lambda check: check.label)
def test_every_command_in_the_machine_is_valid_shell(check: SuiteCheck) -> None:
    subprocess.run(["sh", "-n", "-c", check.command[-1]], check=True)
