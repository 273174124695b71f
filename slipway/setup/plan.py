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

AGAIN = "then log out and in again"

INSTALL_DOCKER = {
    "apt-get": "apt-get install docker.io",
    "dnf": "dnf install moby-engine",
    "zypper": "zypper install docker",
    "pacman": "pacman -S docker",
    "apk": "apk add docker",
    "brew": "brew install --cask docker",
}
OPEN_DESKTOP = "open -a Docker   (wait until its whale icon stands still)"
START_CONTEXT = {
    "desktop-linux": {"Darwin": OPEN_DESKTOP, "Linux": "systemctl --user start docker-desktop"},
    "colima": {"Darwin": "colima start", "Linux": "colima start"},
    "orbstack": {"Darwin": "orb start"},
}
"""How the engines of well-known contexts are started, by system."""
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
    """The facts of a machine. `engine` is "answers", "no permission" or "silent".

    `socket` is the engine's socket that this `user` may not use, `socket_group` the group that may, and `group_member`
    whether the user belongs to it, from the next login on.
    """

    system: str = "Linux"
    root: bool = False
    user: str = ""
    sudo: bool = True
    package_manager: str = ""
    systemd: bool = False
    engine: str = "silent"
    docker_host: str = ""
    docker_context: str = ""
    address_problem: str = ""
    socket: str = ""
    socket_group: str = ""
    group_member: bool = False
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
    """Plan how to get a Docker engine that answers.

    Never starts or installs one when DOCKER_HOST or a Docker context names another.
    """
    if facts.engine == "answers":
        return UseExisting()
    if facts.address_problem:
        return TellUser(facts.address_problem, _own_engine(facts))
    if facts.engine == "no permission":
        return _for_no_permission(facts)
    if facts.docker_host:
        return _for_named_engine(facts)
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


def _for_named_engine(facts: MachineFacts) -> TellUser:
    """An engine that something names, and that does not answer."""
    if not facts.docker_context:
        why = f"No Docker engine answers at DOCKER_HOST={facts.docker_host}."
        return TellUser(why, "Start that engine, or use this machine's own: unset DOCKER_HOST")
    why = f"No Docker engine answers at {facts.docker_host}, which the Docker context {facts.docker_context} names."
    start = START_CONTEXT.get(facts.docker_context, {}).get(facts.system)
    return TellUser(why, f"{start}   (or {_own_engine(facts)})" if start else _own_engine(facts))


def _own_engine(facts: MachineFacts) -> str:
    unset = "DOCKER_CONTEXT=default ./lab up" if facts.docker_context else "unset DOCKER_HOST"
    return f"{unset}   (to use this machine's own engine instead)"


def _for_no_permission(facts: MachineFacts) -> TellUser:
    """An engine whose socket this user may not use: by the group that owns it, as Debian's package sets it up."""
    running = f"A Docker engine is running, but the user {facts.user} has no permission to use it"
    group, alone = facts.socket_group, as_root(facts, "./lab up")
    if not group or group == "root" or facts.user.isdigit():  # no group to join, or nobody who could
        return TellUser(f"{running} ({facts.socket}).", alone)
    if facts.group_member:
        why = f"The user {facts.user} is in the group {group}, but this login does not know that yet."
        return TellUser(why, f"newgrp {group}   (in this shell; or log out and in again), then ./lab up")
    join = as_root(facts, _join_group(facts, group))
    return TellUser(f"{running} (it is not in the group {group}).", f"{join}   ({AGAIN}), or: {alone}")


def _for_mac(facts: MachineFacts) -> TellUser:
    if facts.docker_desktop:
        return TellUser("Docker Desktop is installed but not running.", OPEN_DESKTOP)
    return TellUser("There is no Docker engine on this Mac.", f"{INSTALL_DOCKER['brew']} && open -a Docker")


def _start(facts: MachineFacts) -> Action:
    if facts.root:
        return StartService() if facts.systemd else _start_daemon(facts)
    start = "systemctl start docker" if facts.systemd else "./lab up"
    return TellUser("Docker is installed but not running, and starting it needs root.", as_root(facts, start))


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


def as_root(facts: MachineFacts, *commands: str) -> str:
    """Return the commands as this user types them: with sudo, or with su where there is no sudo (Debian's default)."""
    if facts.root:
        return " && ".join(commands)
    if facts.sudo:
        return " && ".join(f"sudo {command}" for command in commands)
    return f"su root -c 'PATH=$PATH:/usr/sbin && {' && '.join(commands)}'"


def _command(facts: MachineFacts, commands: dict[str, str]) -> str:
    command = commands.get(facts.package_manager)
    if command is None:
        return "see docs.docker.com/engine/install" if commands is INSTALL_DOCKER else "install chromium"
    if facts.root or facts.package_manager == "brew":
        return command
    return _install_docker(facts, command) if commands is INSTALL_DOCKER else as_root(facts, command)


def _install_docker(facts: MachineFacts, install: str) -> str:
    """Install and start it, and let this user use it."""
    start = ("systemctl start docker",) if facts.systemd else ()
    return f"{as_root(facts, install, *start, _join_group(facts, 'docker'))}   ({AGAIN})"


def _join_group(facts: MachineFacts, group: str) -> str:
    return f"usermod -aG {group} {facts.user or '$USER'}"
