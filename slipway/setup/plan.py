"""Plans what a machine needs, from facts alone: an action that the lab performs, or the exact command to type.

Pure. Knows neither how facts are collected (machine_facts.py) nor how actions are performed (docker_engine.py,
tools.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

NO_ENGINE = "There is no Docker engine on this machine."
MOUNTING = "cgroupfs-mount"
PACKAGE_MANAGERS = ("apt-get", "dnf", "zypper", "pacman", "apk", "brew")

INSTALL_DOCKER = {
    "apt-get": "apt-get install docker.io",
    "dnf": "dnf install moby-engine",
    "zypper": "zypper install docker",
    "pacman": "pacman -S docker",
    "apk": "apk add docker",
    "brew": "brew install --cask docker",
}
INSTALL_CHROMIUM = {
    "apt-get": "apt-get install chromium",
    "dnf": "dnf install chromium",
    "zypper": "zypper install chromium",
    "pacman": "pacman -S chromium",
    "apk": "apk add chromium",
    "brew": "brew install --cask chromium",
}


@dataclass(frozen=True)
class MachineFacts:
    """The facts of a machine. `engine` is "answers", "no permission" or "silent"."""

    system: str = "Linux"
    root: bool = False
    package_manager: str = ""
    systemd: bool = False
    engine: str = "silent"
    docker_host: str = ""
    tls_error: str = ""
    dockerd: bool = False
    docker_desktop: bool = False
    npm: bool = False
    chromium: bool = False
    headless_shell: bool = False
    apparmor_on: bool = False
    apparmor_parser: bool = False
    cgroups_mounted: bool = True
    cgroupfs_mount: bool = False


@dataclass(frozen=True)
class UseExisting:
    """It is available already."""


@dataclass(frozen=True)
class StartService:
    """Start the installed engine with systemd."""


@dataclass(frozen=True)
class StartDaemon:
    """Start the installed `dockerd` directly, without systemd; mount the cgroups first if they are missing."""

    mount_cgroups: bool = False


@dataclass(frozen=True)
class Install:
    """Install these Debian packages because of `why`, then collect the facts again."""

    packages: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class TellUser:
    """The lab can't do it: tell the user why, and which command does it on this machine."""

    why: str
    command: str


Action: TypeAlias = UseExisting | StartService | StartDaemon | Install | TellUser


def for_engine(facts: MachineFacts) -> Action:
    """Plan how to get a Docker engine that answers; never starts or installs one when DOCKER_HOST names another."""
    if facts.engine == "answers":
        return UseExisting()
    if facts.tls_error:
        return TellUser(facts.tls_error, "unset DOCKER_HOST   (to use this machine's own engine instead)")
    if facts.docker_host:
        return TellUser(
            f"No Docker engine answers at DOCKER_HOST={facts.docker_host}.",
            "Start that engine, or use this machine's own: unset DOCKER_HOST",
        )
    if facts.engine == "no permission":
        return TellUser(
            "A Docker engine is running, but this user has no permission to use it.",
            'sudo usermod -aG docker "$USER"   (then log out and in again)',
        )
    if facts.system == "Darwin":
        return _for_mac(facts)
    if facts.system != "Linux":
        return TellUser(
            "Slipway runs on Linux, macOS and Windows' WSL 2.", "wsl --install -d Debian   (then run ./lab up there)"
        )
    return _start(facts) if facts.dockerd else _install_engine(facts)


def for_chromium(facts: MachineFacts) -> Action:
    """Plan how to get a browser for the tests."""
    if facts.headless_shell:
        return UseExisting()
    if facts.root and facts.package_manager == "apt-get":
        return Install(("chromium-headless-shell",))
    if facts.chromium:
        return UseExisting()
    return TellUser(
        "The browser tests need chromium, and there is none on the PATH.", _command(facts, INSTALL_CHROMIUM)
    )


def _for_mac(facts: MachineFacts) -> TellUser:
    if facts.docker_desktop:
        return TellUser(
            "Docker Desktop is installed but not running.", "open -a Docker   (wait until its whale icon stands still)"
        )
    return TellUser("There is no Docker engine on this Mac.", f"{INSTALL_DOCKER['brew']} && open -a Docker")


def _start(facts: MachineFacts) -> Action:
    if facts.root:
        return StartService() if facts.systemd else _start_daemon(facts)
    start = "systemctl start docker" if facts.systemd else "sh -c 'dockerd >/var/log/dockerd.log 2>&1 &'"
    return TellUser("Docker is installed but not running, and starting it needs root.", f"sudo {start}")


def _start_daemon(facts: MachineFacts) -> Action:
    """A Debian package mounts cgroups. An engine also starts when some are missing; the doctor reports it."""
    missing = not facts.cgroups_mounted
    if missing and not facts.cgroupfs_mount and facts.package_manager == "apt-get":
        return Install((MOUNTING,), "Not all cgroups of this kernel are mounted.")
    return StartDaemon(mount_cgroups=missing and facts.cgroupfs_mount)


def _install_engine(facts: MachineFacts) -> Action:
    if facts.root and facts.package_manager == "apt-get":
        return Install(engine_packages(facts), NO_ENGINE)
    return TellUser(NO_ENGINE, _command(facts, INSTALL_DOCKER))


def engine_packages(facts: MachineFacts) -> tuple[str, ...]:
    """Return Debian's engine and those of its recommended packages that this kernel requires."""
    packages = ["docker.io", "iptables", "ca-certificates"]
    if facts.apparmor_on and not facts.apparmor_parser:
        packages.append("apparmor")  # else: "docker-default profile could not be loaded", and no container starts
    if not facts.cgroups_mounted:
        packages.append(MOUNTING)
    return tuple(packages)


def _command(facts: MachineFacts, commands: dict[str, str]) -> str:
    command = commands.get(facts.package_manager)
    if command is None:
        return "see docs.docker.com/engine/install" if commands is INSTALL_DOCKER else "install chromium"
    as_root = "" if facts.root or facts.package_manager == "brew" else "sudo "
    start = " && sudo systemctl start docker" if commands is INSTALL_DOCKER and not facts.root and facts.systemd else ""
    return f"{as_root}{command}{start}"
