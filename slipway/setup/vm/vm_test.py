"""`./lab test --vm`: builds and boots a Debian as users have it, and runs the lab in it. The checks are listed here."""

from __future__ import annotations

import fcntl
import os
import platform
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slipway.settings import Settings
from slipway.setup import debian, lanes
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent
from slipway.setup.lanes import CompletedCheck, SuiteCheck
from slipway.setup.test_suite import CheckResult, summary
from slipway.setup.up import prepare
from slipway.setup.vm import disk_image
from slipway.setup.vm.debian_suite import SUITES
from slipway.setup.vm.machine import PID, Machine, booted

PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "qemu-system-x86_64": "qemu-system-x86",
    "mke2fs": "e2fsprogs",
    "ssh-keygen": "openssh-client",
}
"""Programs that build and boot the machine, and Debian's packages that have them."""
LESSONS = ("1", "3", "8", "9", "10")
"""Lessons about memory, processes, signals, volumes and networks: what depends on the kernel and its cgroups."""
IN_LAB = """cd slipway && export SLIPWAY_LIMITS='{"start": 900}' && """
MACHINE = """
test "$(cat /proc/1/comm)" = systemd && test -f /sys/fs/cgroup/cgroup.controllers &&
grep -qx Y /sys/module/apparmor/parameters/enabled && uname -sr &&
docker version --format 'Docker {{.Server.Version}}' &&
docker info --format 'cgroup v{{.CgroupVersion}} by {{.CgroupDriver}}, {{.Driver}}, {{.SecurityOptions}}'
"""
LEFTOVERS = 'test -z "$(docker ps --all --quiet; docker volume ls --quiet --filter label=slipway.install)"'


def test_in_vm(settings: Settings, console: Console, consent: Consent, name: str, *, keep: bool) -> int:
    """Run the checks in a virtual machine of the Debian `name`; return 0 if all passed. Raises StageFailed."""
    _ensure_programs(console, consent)
    settings = prepare(settings, console, consent)
    with work_folder(settings.state / "vm" / name, keep=keep) as folder:
        disk_image.build(folder, SUITES[name], settings, console)
        with booted(folder, console, keep=keep) as machine:
            completed = lanes.run([checks(machine)], lambda check: check.command, console)
            if keep:
                console.print(_how_to_use(machine))
    results = [_result(check) for check in completed]
    for line in summary(results):
        console.print(line)
    return 0 if all(result.passed for result in results) else 1


def checks(machine: Machine) -> list[SuiteCheck]:
    """Return what must be true in the machine, in this order."""
    load = "for file in /var/lib/slipway-images/*; do docker load --quiet --input $file; done"
    walk = f"./lab prove --walk --slow {' '.join(LESSONS)}"

    def check(description: str, label: str, command: str) -> SuiteCheck:
        return SuiteCheck(description, label, tuple(machine.ssh(IN_LAB + command)))

    return [
        check("The machine has systemd, cgroup v2 and AppArmor", "machine", MACHINE.strip()),
        check("The images are loaded", "images", load),
        check("./lab up starts the lab", "up", "sh slipway/setup/vm/start-lab.sh"),
        check("./lab doctor finds nothing bad", "doctor", "./lab doctor"),
        check("Limits work in a learner's terminal", "limits", ".venv/bin/python -m slipway.setup.vm.limits"),
        check(f"Lessons {', '.join(LESSONS)} can be completed", "walk", walk),
        check("./lab down stops the lab and leaves nothing", "down", f"./lab down && {LEFTOVERS}"),
    ]


def _ensure_programs(console: Console, consent: Consent) -> None:
    """Install what builds and boots the machine. Raises StageFailed where that is impossible."""
    if platform.machine() != "x86_64":
        raise StageFailed("The virtual machine is an x86-64 one, and this machine is not.")
    if not debian.can_install():
        raise StageFailed("Building a Debian needs root and apt-get.", hint="Run it as root on Debian or Ubuntu.")
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        why = "The virtual machine is built with mmdebstrap and run by qemu."
        debian.install(console, consent, [*missing, "debian-archive-keyring"], why)


@contextmanager
def work_folder(folder: Path, *, keep: bool) -> Iterator[Path]:
    """Yield an empty folder; remove it afterwards, unless `keep` and nothing failed.

    Raises StageFailed while a machine uses it.
    """
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(folder) from None
        os.set_inheritable(lock.fileno(), True)  # a machine that is kept, or whose test was killed, keeps the lock
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> StageFailed:
    pid = folder / PID
    hint = f"Wait until it has ended. To end the machine: kill {pid.read_text().strip()}" if pid.exists() else ""
    return StageFailed(f"Another ./lab test --vm, or a machine that it left, uses {folder}.", hint=hint)


def _how_to_use(machine: Machine) -> str:
    """Return how to log in to a machine that is kept, and how to remove it."""
    pid = (machine.folder / PID).read_text().strip()
    login = shlex.join(machine.ssh("")[:-1])
    return f"The machine runs. Log in: {login}\nTo remove it: kill {pid}; rm -r {machine.folder}"


def _result(completed: CompletedCheck) -> CheckResult:
    return CheckResult(completed.check, completed.status == 0, completed.seconds, Counter())
